package org.pktlab.rendezvous;

import java.util.Objects;

/**
 * A PacketLab URI, {@code pktlab://HOST[:PORT]/TYPE/} (packetlab-rendezvous.md section 5.1).
 *
 * @param host 1 to 255 of letters, digits and dots
 * @param port 0 to 65535; 0 means none was given
 * @param type what is found there
 */
public record PacketLabUri(String host, int port, Type type) {
  /** What a URI leads to. */
  public enum Type {
    /** A controller with an experiment. */
    EXPERIMENT("exp"),
    /** A broker. */
    BROKER("broker");

    private final String word;

    Type(String word) {
      this.word = word;
    }

    /** The word in the URI. */
    public String word() {
      return word;
    }
  }

  private static final String SCHEME = "pktlab://";
  private static final int MAX_HOST = 255;

  public PacketLabUri {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(type, "type");
    if (host.isEmpty() || host.length() > MAX_HOST || hostEnd(host, 0) != host.length()) {
      throw new IllegalArgumentException("not a host of a PacketLab URI: " + Quoted.of(host));
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("not a port: " + port);
    }
  }

  /**
   * @throws RendezvousException when the text is not exactly such a URI
   */
  public static PacketLabUri parse(String text) throws RendezvousException {
    if (!text.startsWith(SCHEME)) {
      throw new RendezvousException(0, "does not begin with " + SCHEME);
    }
    int start = SCHEME.length();
    int at = hostEnd(text, start);
    if (at == start) {
      throw new RendezvousException(start, "empty host");
    }
    if (at - start > MAX_HOST) {
      throw new RendezvousException(start + MAX_HOST, "host longer than " + MAX_HOST + " octets");
    }
    String host = text.substring(start, at);
    int port = 0;
    if (at < text.length() && text.charAt(at) == ':') {
      int slash = text.indexOf('/', at);
      String digits = text.substring(at + 1, slash < 0 ? text.length() : slash);
      if (!Numbers.isDigits(digits) || digits.length() > 5 || Integer.parseInt(digits) > 65_535) {
        throw new RendezvousException(at + 1, "port is not 1 to 5 digits up to 65535");
      }
      port = Integer.parseInt(digits);
      at += 1 + digits.length();
    }
    for (Type type : Type.values()) {
      if (text.length() == at + type.word.length() + 2 && text.startsWith("/" + type.word + "/", at)) {
        return new PacketLabUri(host, port, type);
      }
    }
    throw new RendezvousException(at, "host and port are not followed by /exp/ or /broker/ and the end");
  }

  private static int hostEnd(String text, int from) {
    int at = from;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.')) {
        break;
      }
      at++;
    }
    return at;
  }

  /** The URI; without a port when it is 0. */
  @Override
  public String toString() {
    return SCHEME + host + (port == 0 ? "" : ":" + port) + "/" + type.word + "/";
  }
}
