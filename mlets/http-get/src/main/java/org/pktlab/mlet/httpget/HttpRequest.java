package org.pktlab.mlet.httpget;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.pktlab.mlet.Arguments;

/**
 * What to ask for.
 *
 * @param method request method
 * @param version {@code 1.0} or {@code 1.1}
 * @param headers the experimenter's own, as {@code Name: value}
 * @param data request body, or null for none
 */
record HttpRequest(String method, String version, List<String> headers, String data) {
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
  private static final Pattern VALUE = Pattern.compile("[\\t\\x20-\\x7e\\x80-\\uffff]*");
  private static final List<String> SECRETS = List.of("authorization", "cookie", "proxy-authorization");
  private static final int SEE_OTHER = 303;

  static HttpRequest of(Arguments arguments) throws IOException {
    String data = arguments.text("data");
    String method = arguments.has("method") ? arguments.text("method") : data == null ? "GET" : "POST";
    if (!TOKEN.matcher(method).matches()) {
      throw new IOException("--method '" + method + "' is not a word that HTTP takes as a method");
    }
    List<String> headers = new ArrayList<>();
    for (String header : arguments.texts("header")) {
      int colon = header.indexOf(':');
      String name = colon < 0 ? "" : header.substring(0, colon);
      String value = colon < 0 ? "" : header.substring(colon + 1).strip();
      if (!TOKEN.matcher(name).matches() || !VALUE.matcher(value).matches()) {
        throw new IOException("--header '" + header + "' is not of the form NAME:VALUE");
      }
      headers.add(name + ": " + value);
    }
    return new HttpRequest(method, arguments.text("http"), List.copyOf(headers), data);
  }

  /** The request for the next place of a redirect. Secrets are not carried to another origin. */
  HttpRequest redirected(int status, boolean sameOrigin) {
    boolean becomesGet = (status == SEE_OTHER && !method.equals("HEAD")) || (status < SEE_OTHER && method.equals("POST"));
    List<String> kept = headers.stream().filter(h -> keeps(name(h), becomesGet, sameOrigin)).toList();
    return new HttpRequest(becomesGet ? "GET" : method, version, kept, becomesGet ? null : data);
  }

  private static boolean keeps(String name, boolean becomesGet, boolean sameOrigin) {
    return (sameOrigin || !SECRETS.contains(name)) && !name.equals("host") && !(becomesGet && name.startsWith("content-"));
  }

  private static String name(String header) {
    return header.substring(0, header.indexOf(':')).toLowerCase(Locale.ROOT);
  }

  /** The request as it is sent. */
  byte[] octets(HttpUrl url) {
    byte[] body = data == null ? new byte[0] : data.getBytes(StandardCharsets.UTF_8);
    StringBuilder head = new StringBuilder();
    head.append(method).append(' ').append(url.target()).append(" HTTP/").append(version).append("\r\n");
    add(head, "Host", url.authority());
    add(head, "User-Agent", "pktlab-http-get/0.1");
    add(head, "Accept", "*/*");
    if (version.equals("1.1")) {
      add(head, "Connection", "close");
    }
    if (data != null) {
      add(head, "Content-Type", "application/x-www-form-urlencoded");
      add(head, "Content-Length", String.valueOf(body.length));
    }
    headers.forEach(h -> head.append(h).append("\r\n"));
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    octets.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    octets.writeBytes(body);
    return octets.toByteArray();
  }

  private void add(StringBuilder head, String name, String value) {
    if (headers.stream().noneMatch(h -> name(h).equals(name.toLowerCase(Locale.ROOT)))) {
      head.append(name).append(": ").append(value).append("\r\n");
    }
  }
}
