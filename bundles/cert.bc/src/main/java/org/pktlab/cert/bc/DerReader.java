package org.pktlab.cert.bc;

import java.util.Arrays;

/**
 * Reads DER elements one after the other from a range of octets. Only what X.509 needs: single-octet tags, definite lengths in their
 * shortest form. It descends only where it is told to, so that nesting costs nothing, and never reads beyond its range.
 */
final class DerReader {
  static final int BOOLEAN = 0x01;
  static final int INTEGER = 0x02;
  static final int BIT_STRING = 0x03;
  static final int OCTET_STRING = 0x04;
  static final int NULL = 0x05;
  static final int OID = 0x06;
  static final int UTF8_STRING = 0x0c;
  static final int UTC_TIME = 0x17;
  static final int GENERALIZED_TIME = 0x18;
  static final int SEQUENCE = 0x30;
  static final int SET = 0x31;

  private final byte[] octets;
  private final int end;
  private int position;

  DerReader(byte[] octets) {
    this(octets, 0, octets.length);
  }

  private DerReader(byte[] octets, int position, int end) {
    this.octets = octets;
    this.position = position;
    this.end = end;
  }

  /** One element: its tag, where it starts, and where its content lies. */
  static final class Element {
    private final byte[] octets;
    final int tag;
    final int start;
    final int contentStart;
    final int end;

    private Element(byte[] octets, int tag, int start, int contentStart, int end) {
      this.octets = octets;
      this.tag = tag;
      this.start = start;
      this.contentStart = contentStart;
      this.end = end;
    }

    int contentLength() {
      return end - contentStart;
    }

    byte[] content() {
      return Arrays.copyOfRange(octets, contentStart, end);
    }

    /** Returns the element with tag and length. */
    byte[] whole() {
      return Arrays.copyOfRange(octets, start, end);
    }

    DerReader open() {
      return new DerReader(octets, contentStart, end);
    }

    /** Returns whether the element, with tag and length, has exactly these octets. */
    boolean is(byte[] expected) {
      return Arrays.equals(octets, start, end, expected, 0, expected.length);
    }

    /** Returns the content of an INTEGER, at least one octet, after checking that it is in its shortest form. */
    byte[] integer() throws MalformedDerException {
      int length = contentLength();
      if (length == 0) {
        throw new MalformedDerException("an INTEGER is empty");
      }
      if (length > 1) {
        int first = octets[contentStart];
        boolean negative = octets[contentStart + 1] < 0;
        if ((first == 0 && !negative) || (first == -1 && negative)) {
          throw new MalformedDerException("an INTEGER is padded");
        }
      }
      return content();
    }

    boolean bool() throws MalformedDerException {
      if (contentLength() != 1) {
        throw new MalformedDerException("a BOOLEAN has not one octet");
      }
      return octets[contentStart] != 0;
    }

    /** Returns the number of unused bits of a BIT STRING after checking it. */
    int unusedBits() throws MalformedDerException {
      int length = contentLength();
      if (length == 0) {
        throw new MalformedDerException("a BIT STRING is empty");
      }
      int unused = octets[contentStart] & 0xff;
      if (unused > 7 || (length == 1 && unused != 0)) {
        throw new MalformedDerException("a BIT STRING has " + unused + " unused bits");
      }
      return unused;
    }

    /** Returns the octets of a BIT STRING; unused bits are cleared. */
    byte[] bits() throws MalformedDerException {
      int unused = unusedBits();
      byte[] bits = Arrays.copyOfRange(octets, contentStart + 1, end);
      if (unused > 0) {
        bits[bits.length - 1] &= (byte) (0xff << unused);
      }
      return bits;
    }

    Element checkOid() throws MalformedDerException {
      if (contentLength() == 0 || octets[end - 1] < 0) {
        throw new MalformedDerException("an OBJECT IDENTIFIER is cut off");
      }
      for (int i = contentStart; i < end; i++) {
        boolean first = i == contentStart || octets[i - 1] >= 0;
        if (first && octets[i] == (byte) 0x80) {
          throw new MalformedDerException("an OBJECT IDENTIFIER is padded");
        }
      }
      return this;
    }
  }

  boolean hasMore() {
    return position < end;
  }

  /** Returns whether there is another element and it has this tag. */
  boolean isNext(int tag) {
    return position < end && (octets[position] & 0xff) == tag;
  }

  Element next() throws MalformedDerException {
    int start = position;
    if (end - position < 2) {
      throw new MalformedDerException("an element is missing or cut off at octet " + start);
    }
    int tag = octets[position++] & 0xff;
    if ((tag & 0x1f) == 0x1f) {
      throw new MalformedDerException("a long tag at octet " + start);
    }
    int length = octets[position++] & 0xff;
    if (length >= 0x80) {
      int count = length & 0x7f;
      if (count == 0 || count > 3 || end - position < count) {
        throw new MalformedDerException("a length that is indefinite, too long or cut off at octet " + start);
      }
      length = 0;
      for (int i = 0; i < count; i++) {
        length = length << 8 | octets[position++] & 0xff;
      }
      if (length < 0x80 || length >>> (8 * (count - 1)) == 0) {
        throw new MalformedDerException("a length that is not in its shortest form at octet " + start);
      }
    }
    if (length > end - position) {
      throw new MalformedDerException("an element of " + length + " octets at octet " + start + " does not fit");
    }
    int contentStart = position;
    position += length;
    return new Element(octets, tag, start, contentStart, position);
  }

  Element next(int tag) throws MalformedDerException {
    Element element = next();
    if (element.tag != tag) {
      throw new MalformedDerException(String.format("tag %02x instead of %02x at octet %d", element.tag, tag, element.start));
    }
    return element;
  }

  void end() throws MalformedDerException {
    if (position != end) {
      throw new MalformedDerException((end - position) + " octets too many at octet " + position);
    }
  }

  /** Reads the only element of the range. */
  Element only(int tag) throws MalformedDerException {
    Element element = next(tag);
    end();
    return element;
  }
}
