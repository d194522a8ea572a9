package org.pktlab.mlet.dns;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pktlab.mlet.Vantage;

/** Which server is asked. Addresses only: nothing is looked up here. */
final class DnsServer {
  private static final int PORT = 53;
  private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[0-9]{1,2})";
  private static final Pattern IPV4 = Pattern.compile("(" + OCTET + "(?:\\." + OCTET + "){3})(?::([0-9]{1,5}))?");
  private static final Pattern IPV6 = Pattern.compile("\\[([0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)\\](?::([0-9]{1,5}))?");
  private static final Pattern BARE_IPV6 = Pattern.compile("([0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)()");

  private DnsServer() {}

  /** The named server, or the endpoint's first resolver. */
  static InetSocketAddress of(Vantage vantage, String text) throws IOException, InterruptedException {
    if (text != null) {
      return parse(text);
    }
    List<InetAddress> resolvers = vantage.resolvers();
    if (resolvers.isEmpty()) {
      throw new IOException("the endpoint exports no resolver; name a server with --server ADDR");
    }
    return new InetSocketAddress(resolvers.get(0), PORT);
  }

  static InetSocketAddress parse(String text) throws IOException {
    for (Pattern pattern : new Pattern[] {IPV4, IPV6, BARE_IPV6}) {
      Matcher matcher = pattern.matcher(text);
      if (matcher.matches()) {
        String port = matcher.group(2);
        int number = port == null || port.isEmpty() ? PORT : Integer.parseInt(port);
        if (number >= 1 && number <= 0xFFFF) {
          try {
            return new InetSocketAddress(InetAddress.getByName(matcher.group(1)), number);
          } catch (java.net.UnknownHostException e) {
            break;
          }
        }
      }
    }
    throw new IOException("--server '" + text + "' is not of the form ADDR, ADDR:PORT or [V6]:PORT");
  }

  static String text(InetSocketAddress server) {
    String host = server.getAddress().getHostAddress();
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + server.getPort();
  }
}
