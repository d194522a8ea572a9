package org.pktlab.mlet.httpget;

import java.net.IDN;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * An http URL, taken apart.
 *
 * @param host name in ASCII, or an address without brackets
 * @param port 1 to 65,535
 * @param target path and query as they go into the request line; begins with a slash
 */
record HttpUrl(String host, int port, String target) {
  private static final int DEFAULT_PORT = 80;
  private static final int LONGEST = 8192;

  static HttpUrl parse(String text) throws BadUrlException {
    String trimmed = text.strip();
    boolean hasScheme = trimmed.regionMatches(true, 0, "http://", 0, 7) || trimmed.contains("://");
    return of(uri(hasScheme ? trimmed : "http://" + trimmed));
  }

  /** Where a Location header of an answer from here points. */
  HttpUrl resolve(String location) throws BadUrlException {
    if (location == null || location.isBlank()) {
      throw new BadUrlException("there is no Location");
    }
    try {
      return of(uri(toString()).resolve(uri(location.strip())));
    } catch (IllegalArgumentException e) {
      throw new BadUrlException("'" + location + "' is not a URL");
    }
  }

  private static URI uri(String text) throws BadUrlException {
    if (text.length() > LONGEST) {
      throw new BadUrlException("the URL has more than " + LONGEST + " characters");
    }
    StringBuilder escaped = new StringBuilder(text.length());
    int slashes = text.indexOf("://");
    int hostEnds = slashes < 0 ? 0 : end(text, slashes + 3);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (i < hostEnds || c > 0x7f || " \"<>\\^`{|}".indexOf(c) < 0) {
        escaped.append(c);
      } else {
        escaped.append(String.format("%%%02X", (int) c));
      }
    }
    try {
      return new URI(escaped.toString());
    } catch (URISyntaxException e) {
      throw new BadUrlException("'" + text + "' is not a URL: " + e.getReason());
    }
  }

  private static int end(String text, int from) {
    for (int i = from; i < text.length(); i++) {
      if ("/?#".indexOf(text.charAt(i)) >= 0) {
        return i;
      }
    }
    return text.length();
  }

  private static HttpUrl of(URI uri) throws BadUrlException {
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (scheme.equals("https")) {
      throw new BadUrlException("https needs TLS, which this mlet does not have; use an http:// URL");
    }
    if (!scheme.equals("http")) {
      throw new BadUrlException("only http:// URLs can be fetched, not '" + scheme + "'");
    }
    String authority = uri.getRawAuthority();
    if (authority == null || authority.isEmpty()) {
      throw new BadUrlException("the URL names no host");
    }
    if (authority.indexOf('@') >= 0) {
      throw new BadUrlException("user names do not belong into the URL; use --header Authorization:...");
    }
    int colon = authority.lastIndexOf(':');
    boolean hasPort = colon >= 0 && authority.indexOf(']', colon) < 0;
    String host = hasPort ? authority.substring(0, colon) : authority;
    int port = hasPort && colon + 1 < authority.length() ? port(authority.substring(colon + 1)) : DEFAULT_PORT;
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String target = (path.startsWith("/") ? path : "/" + path) + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
    return new HttpUrl(host(host), port, URI.create(target.startsWith("//") ? "/." + target : target).toASCIIString());
  }

  private static int port(String text) throws BadUrlException {
    try {
      int port = Integer.parseInt(text);
      if (port >= 1 && port <= 0xFFFF) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new BadUrlException("'" + text + "' is not a port from 1 to 65535");
  }

  private static String host(String text) throws BadUrlException {
    if (text.startsWith("[") && text.endsWith("]")) {
      String literal = text.substring(1, text.length() - 1);
      if (literal.matches("[0-9A-Fa-f:.]+") && literal.indexOf(':') >= 0) {
        return literal;
      }
      throw new BadUrlException("'" + text + "' is not an IPv6 address");
    }
    try {
      String ascii = IDN.toASCII(text, IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT);
      if (ascii.matches("[a-z0-9._-]{1,253}")) {
        return ascii;
      }
    } catch (IllegalArgumentException e) {
      // Told below.
    }
    throw new BadUrlException("'" + text + "' is not a host name");
  }

  /** The host as it goes into a Host header. */
  String authority() {
    String named = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return port == DEFAULT_PORT ? named : named + ":" + port;
  }

  boolean sameOrigin(HttpUrl other) {
    return host.equals(other.host) && port == other.port;
  }

  @Override
  public String toString() {
    return "http://" + authority() + target;
  }
}
