package org.pktlab.cert.bc;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes DER elements: each method returns a whole element. */
final class DerWriter {
  private DerWriter() {}

  static byte[] sequence(byte[]... parts) {
    return element(DerReader.SEQUENCE, parts);
  }

  static byte[] set(byte[]... parts) {
    return element(DerReader.SET, parts);
  }

  static byte[] octetString(byte[] content) {
    return element(DerReader.OCTET_STRING, content);
  }

  static byte[] bitString(byte[] octets) {
    return element(DerReader.BIT_STRING, new byte[1], octets);
  }

  static byte[] ascii(int tag, String text) {
    return element(tag, text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Returns a positive INTEGER of the big-endian magnitude, in its shortest form. */
  static byte[] unsignedInteger(byte[] magnitude) {
    int first = 0;
    while (first < magnitude.length - 1 && magnitude[first] == 0) {
      first++;
    }
    int pad = magnitude[first] < 0 ? 1 : 0;
    byte[] content = new byte[magnitude.length - first + pad];
    System.arraycopy(magnitude, first, content, pad, magnitude.length - first);
    return element(DerReader.INTEGER, content);
  }

  static byte[] unsignedInteger(long value) {
    byte[] magnitude = new byte[8];
    for (int i = 0; i < 8; i++) {
      magnitude[i] = (byte) (value >>> (56 - 8 * i));
    }
    return unsignedInteger(magnitude);
  }

  static byte[] element(int tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(length + 6);
    out.write(tag);
    if (length < 0x80) {
      out.write(length);
    } else {
      int count = (32 - Integer.numberOfLeadingZeros(length) + 7) / 8;
      out.write(0x80 | count);
      for (int i = count - 1; i >= 0; i--) {
        out.write(length >>> (8 * i));
      }
    }
    for (byte[] part : parts) {
      out.write(part, 0, part.length);
    }
    return out.toByteArray();
  }
}
