package org.pktlab.mlet.dns;

import java.util.Arrays;

/** Reads a DNS message with bounds on everything (RFC 1035, section 4). */
final class DnsReader {
  private static final int LONGEST_NAME = 255;
  private static final int POINTER = 0xC0;

  private final byte[] message;
  private int at;
  private int limit;

  DnsReader(byte[] message) {
    this.message = message;
    this.limit = message.length;
  }

  int position() {
    return at;
  }

  int remaining() {
    return limit - at;
  }

  /** Lets reads go up to here only; from the present position. Gives the limit before. */
  int within(int length) throws MalformedDnsException {
    need(length);
    int before = limit;
    limit = at + length;
    return before;
  }

  /** Goes to the end of what was bounded and restores the limit. */
  void leave(int before) {
    at = limit;
    limit = before;
  }

  private void need(int length) throws MalformedDnsException {
    if (length > limit - at) {
      throw new MalformedDnsException("it ends too early", limit);
    }
  }

  int u8() throws MalformedDnsException {
    need(1);
    return message[at++] & 0xFF;
  }

  int u16() throws MalformedDnsException {
    return u8() << 8 | u8();
  }

  long u32() throws MalformedDnsException {
    return (long) u16() << 16 | u16();
  }

  byte[] octets(int length) throws MalformedDnsException {
    need(length);
    at += length;
    return Arrays.copyOfRange(message, at - length, at);
  }

  /** A domain name in presentation form with a dot at its end. Every pointer must point further back than the last, so that none loops. */
  String name() throws MalformedDnsException {
    StringBuilder out = new StringBuilder();
    int from = at;
    int end = -1;
    int lowest = at;
    int wire = 1;
    while (true) {
      if (from >= (end < 0 ? limit : message.length)) {
        throw new MalformedDnsException("a name ends too early", from);
      }
      int length = message[from] & 0xFF;
      if (length == 0) {
        at = end < 0 ? from + 1 : end;
        return out.length() == 0 ? "." : out.toString();
      }
      if ((length & POINTER) == POINTER) {
        if (from + 1 >= (end < 0 ? limit : message.length)) {
          throw new MalformedDnsException("a name ends too early", from);
        }
        int target = (length & 0x3F) << 8 | message[from + 1] & 0xFF;
        if (target >= lowest) {
          throw new MalformedDnsException("a name points forward or in a circle", from);
        }
        end = end < 0 ? from + 2 : end;
        lowest = target;
        from = target;
        continue;
      }
      wire += length + 1;
      if ((length & POINTER) != 0 || wire > LONGEST_NAME || from + 1 + length > (end < 0 ? limit : message.length)) {
        throw new MalformedDnsException("a name is not well formed", from);
      }
      label(out, from + 1, length);
      from += 1 + length;
    }
  }

  private void label(StringBuilder out, int from, int length) {
    for (int i = from; i < from + length; i++) {
      int c = message[i] & 0xFF;
      if (c <= 0x20 || c >= 0x7f) {
        out.append(String.format("\\%03d", c));
      } else {
        if (".\\\"();@$".indexOf(c) >= 0) {
          out.append('\\');
        }
        out.append((char) c);
      }
    }
    out.append('.');
  }
}
