package org.pktlab.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** What this machine's network looks like, as far as a configuration needs it. */
final class LocalNetwork {
  private static final Path RESOLVERS = Path.of("/etc/resolv.conf");
  private static final int LONGEST_FILE = 1 << 16;
  private static final int MOST_RESOLVERS = 16;

  private LocalNetwork() {}

  /** Returns the first IPv4 address that is neither loopback nor link-local, of the interface with the lowest index that is up. */
  static Optional<InterfaceAddress> ipv4() {
    List<NetworkInterface> interfaces = new ArrayList<>();
    try {
      interfaces.addAll(Collections.list(NetworkInterface.getNetworkInterfaces()));
      interfaces.sort((a, b) -> Integer.compare(a.getIndex(), b.getIndex()));
      for (NetworkInterface each : interfaces) {
        if (each.isUp() && !each.isLoopback()) {
          for (InterfaceAddress address : each.getInterfaceAddresses()) {
            if (address.getAddress() instanceof Inet4Address && !address.getAddress().isLinkLocalAddress()) {
              return Optional.of(address);
            }
          }
        }
      }
    } catch (SocketException e) {
      // as if there were none
    }
    return Optional.empty();
  }

  /** Returns {@code A.B.C.D/LEN} of {@link #ipv4}, or that of loopback. */
  static String ipv4WithPrefix() {
    return ipv4().map(found -> found.getAddress().getHostAddress() + "/" + found.getNetworkPrefixLength()).orElse("127.0.0.1/8");
  }

  /** Returns the IPv4 name servers of this machine, at most {@value #MOST_RESOLVERS}. */
  static List<String> resolvers() {
    List<String> found = new ArrayList<>();
    try (InputStream in = Files.newInputStream(RESOLVERS)) {
      String text = new String(in.readNBytes(LONGEST_FILE), StandardCharsets.ISO_8859_1);
      text.lines()
          .map(line -> line.trim().split("[ \t]+"))
          .filter(words -> words.length > 1 && words[0].equals("nameserver") && words[1].matches("((25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.(?!$)|$)){4}"))
          .limit(MOST_RESOLVERS)
          .forEach(words -> found.add(words[1]));
    } catch (IOException e) {
      // no such file here: the endpoint tells of no resolvers
    }
    return found;
  }

  /** Returns this machine's name without its domain, fit for an endpoint's attributes. */
  static String hostName() {
    String name;
    try {
      name = InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      name = "";
    }
    String fit = name.split("\\.", 2)[0].replaceAll("[^A-Za-z0-9_-]", "-");
    return fit.isEmpty() || fit.length() > 63 ? "endpoint1" : fit;
  }
}
