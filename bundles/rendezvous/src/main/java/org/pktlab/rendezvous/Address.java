package org.pktlab.rendezvous;

import java.util.Objects;

/**
 * Host and port as configuration files, command lines and descriptors write them (packetlab-rendezvous.md section 5.2). Nothing is
 * resolved here.
 *
 * @param host a name or IPv4 literal (1 to 255 of letters, digits, {@code . - _}) or an IPv6 literal without brackets, which may end
 *     in a zone ({@code %eth0})
 * @param port 0 to 65535; 0 lets a listener choose
 */
public record Address(String host, int port) {
  /** Where managers publish at a broker. */
  public static final int PUBLICATION_PORT = 20_556;

  /** Where endpoints subscribe at a broker. */
  public static final int SUBSCRIPTION_PORT = 20_557;

  /** Where endpoints reach a manager or a proxy. */
  public static final int EXPERIMENT_PORT = 20_556;

  /** Where managers register at a proxy. */
  public static final int PROXY_SETUP_PORT = 20_557;

  private static final int MAX_HOST = 255;
  private static final int MAX_TEXT = 512;

  public Address {
    Objects.requireNonNull(host, "host");
    if (host.length() > MAX_HOST || !isName(host) && !Ipv6Literal.isValid(host)) {
      throw new IllegalArgumentException("not a host: " + Quoted.of(host));
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("not a port: " + port);
    }
  }

  /**
   * Reads {@code HOST}, {@code HOST:}, {@code HOST:PORT}, {@code [HOST]}, {@code [HOST]:}, {@code [HOST]:PORT} or a bare IPv6 literal,
   * which is anything with two colons or more.
   *
   * @param defaultPort port when none is given, 0 to 65535
   * @throws RendezvousException when it is none of these
   */
  public static Address parse(String text, int defaultPort) throws RendezvousException {
    if (text.length() > MAX_TEXT) {
      throw new RendezvousException(MAX_TEXT, "address longer than " + MAX_TEXT + " characters");
    }
    int from = 0;
    int to;
    int after;
    if (text.startsWith("[")) {
      from = 1;
      to = text.indexOf(']');
      if (to < 0) {
        throw new RendezvousException(text.length(), "'[' without ']'");
      }
      after = to + 1;
      if (after < text.length() && text.charAt(after) != ':') {
        throw new RendezvousException(after, "']' is followed by something else than ':'");
      }
    } else {
      int colon = text.indexOf(':');
      boolean one = colon >= 0 && text.indexOf(':', colon + 1) < 0;
      to = one ? colon : text.length();
      after = to;
    }
    String host = text.substring(from, to);
    checkHost(host, from);
    return new Address(host, after < text.length() ? port(text, after + 1, defaultPort) : defaultPort);
  }

  private static void checkHost(String host, int at) throws RendezvousException {
    if (host.isEmpty()) {
      throw new RendezvousException(at, "empty host");
    }
    if (host.length() > MAX_HOST) {
      throw new RendezvousException(at + MAX_HOST, "host longer than " + MAX_HOST + " characters");
    }
    if (host.indexOf(':') >= 0) {
      if (!Ipv6Literal.isValid(host)) {
        throw new RendezvousException(at, Quoted.of(host) + " is not an IPv6 literal");
      }
    } else if (!isName(host)) {
      throw new RendezvousException(at, Quoted.of(host) + " is not a host name");
    }
  }

  private static int port(String text, int at, int defaultPort) throws RendezvousException {
    String digits = text.substring(at);
    if (digits.isEmpty()) {
      return defaultPort;
    }
    var number = Numbers.unsigned(digits);
    if (number.isEmpty() || Long.compareUnsigned(number.getAsLong(), 65_535) > 0) {
      throw new RendezvousException(at, Quoted.of(digits) + " is not a port from 0 to 65535");
    }
    return (int) number.getAsLong();
  }

  private static boolean isName(String host) {
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_')) {
        return false;
      }
    }
    return !host.isEmpty();
  }

  /** Whether the host is an IPv6 literal. */
  public boolean isIpv6Literal() {
    return host.indexOf(':') >= 0;
  }

  /** The same host with another port. */
  public Address withPort(int other) {
    return new Address(host, other);
  }

  /** {@code HOST:PORT}, or {@code [HOST]:PORT} for an IPv6 literal; {@link #parse} reads it back. */
  @Override
  public String toString() {
    return isIpv6Literal() ? "[" + host + "]:" + port : host + ":" + port;
  }
}
