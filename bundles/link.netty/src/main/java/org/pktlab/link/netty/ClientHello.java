package org.pktlab.link.netty;

import java.nio.charset.StandardCharsets;

/**
 * Reads the server_name extension of a ClientHello from the first TLS records of a connection, before any TLS engine exists (trust
 * specification, section 10.2). A hello that breaks the rules must not be answered with an alert, which an engine would send.
 */
final class ClientHello {
  /** The longest ClientHello that is read, octets of handshake message. */
  static final int LONGEST = 16 * 1024;

  private static final int RECORD_HEADER = 5;
  private static final int MESSAGE_HEADER = 4;
  private static final int LONGEST_RECORD = 16 * 1024;
  private static final byte HANDSHAKE = 22;
  private static final byte CLIENT_HELLO = 1;
  private static final int SERVER_NAME = 0;

  private ClientHello() {}

  /** The first octets are no ClientHello, or one with an SNI that is not a key. */
  static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    RefusedException(String reason) {
      super(reason, null, false, false);
    }
  }

  /**
   * The outcome of looking at the octets so far.
   *
   * @param complete whether the whole hello is there
   * @param sniKey the key, or null when there is none or the hello is not complete
   * @param needed how many octets there must be before it makes sense to look again
   */
  record Seen(boolean complete, String sniKey, int needed) {}

  /**
   * Looks at what has arrived.
   *
   * @param octets TLS records from the start of the connection
   * @param length how many octets of the array have arrived
   */
  static Seen look(byte[] octets, int length) throws RefusedException {
    byte[] message = new byte[Math.min(length, LONGEST + MESSAGE_HEADER)];
    int have = 0;
    int at = 0;
    while (at < length) {
      if (octets[at] != HANDSHAKE) {
        throw new RefusedException("the first octets are not a TLS handshake");
      }
      if (length - at >= 2 && octets[at + 1] != 3) {
        throw new RefusedException("the first record has no version of TLS");
      }
      if (length - at < RECORD_HEADER) {
        return new Seen(false, null, at + RECORD_HEADER);
      }
      int record = u16(octets, at + 3);
      if (record == 0 || record > LONGEST_RECORD) {
        throw new RefusedException("the first records have a length that TLS does not allow");
      }
      at += RECORD_HEADER;
      int part = Math.min(record, length - at);
      int taken = Math.min(part, message.length - have);
      System.arraycopy(octets, at, message, have, taken);
      have += taken;
      at += part;
      if (have > 0 && message[0] != CLIENT_HELLO) {
        throw new RefusedException("the first message is not a ClientHello");
      }
      if (have >= MESSAGE_HEADER) {
        int body = (message[1] & 0xFF) << 16 | u16(message, 2);
        if (body > LONGEST) {
          throw new RefusedException("a ClientHello of " + body + " octets");
        }
        if (have >= MESSAGE_HEADER + body) {
          return new Seen(true, sniKey(message, MESSAGE_HEADER, MESSAGE_HEADER + body), length);
        }
      }
      if (part < record) {
        return new Seen(false, null, at - part + record);
      }
    }
    return new Seen(false, null, length + 1);
  }

  private static String sniKey(byte[] m, int from, int to) throws RefusedException {
    int at = skip(m, from, to, 2 + 32); // version, random
    at = skipVector(m, at, to, 1); // session id
    at = skipVector(m, at, to, 2); // cipher suites
    at = skipVector(m, at, to, 1); // compression methods
    if (at == to) {
      return null;
    }
    int end = skipVector(m, at, to, 2);
    if (end != to) {
      throw malformed();
    }
    at += 2;
    String key = null;
    boolean seen = false;
    while (at < end) {
      int type = at + 2 <= end ? u16(m, at) : -1;
      int next = skipVector(m, skip(m, at, end, 2), end, 2);
      if (type == SERVER_NAME) {
        if (seen) {
          throw new RefusedException("two server_name extensions");
        }
        seen = true;
        key = serverName(m, at + 4, next);
      }
      at = next;
    }
    return key;
  }

  /** An extension of at most 2 octets counts as none; otherwise one name of type 0 fills the list, and the list the extension. */
  private static String serverName(byte[] m, int from, int to) throws RefusedException {
    int length = to - from;
    if (length <= 2) {
      return null;
    }
    boolean wellFormed = length >= 5 && u16(m, from) == length - 2 && m[from + 2] == 0 && u16(m, from + 3) == length - 5;
    if (!wellFormed || !SniKey.isValid(m, from + 5, length - 5)) {
      throw new RefusedException("the SNI is not a key");
    }
    return new String(m, from + 5, length - 5, StandardCharsets.US_ASCII);
  }

  private static int skipVector(byte[] m, int at, int to, int prefix) throws RefusedException {
    int start = skip(m, at, to, prefix);
    int length = prefix == 1 ? m[at] & 0xFF : u16(m, at);
    return skip(m, start, to, length);
  }

  private static int skip(byte[] m, int at, int to, int octets) throws RefusedException {
    if (to - at < octets || to > m.length) {
      throw malformed();
    }
    return at + octets;
  }

  private static RefusedException malformed() {
    return new RefusedException("a malformed ClientHello");
  }

  private static int u16(byte[] m, int at) {
    return (m[at] & 0xFF) << 8 | m[at + 1] & 0xFF;
  }
}
