package org.pktlab.endpoint.core;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pktlab.protocol.MemoryMap;

/**
 * What the vantage point knows about itself, as far as its operator lets it tell (docs/reference/extensions.md): lines {@code item=value}, read from the system when
 * somebody asks, at most once a second. What the system does not tell is left out. Only the interfaces that carry exported addresses are spoken of. Any thread.
 */
final class HostFacts {
  /** What the operator may allow to be told. */
  enum Item {
    ADDRESSES,
    GATEWAY,
    RESOLVERS,
    DHCP,
    MTU,
    CLOCK,
    /** The address that a controller saw us under; the controller writes it. */
    EXTERNAL;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final long FRESH_NS = 1_000_000_000L;
  private static final int LONGEST_FILE = 65_536;
  private static final int MOST_LEASES = 8;
  private static final Pattern DHCLIENT_LEASE = Pattern.compile("lease \\{([^}]*)}");
  private static final Pattern DHCLIENT_FIELD = Pattern.compile("(?:option )?([a-z-]+) \"?([^\";]*)\"?;");

  private final Set<Item> allowed;
  private final ExportedHost host;
  private final Path root;
  private String text = "";
  private long readAt;
  private boolean read;
  private volatile InetAddress lastExternal;

  /**
   * @param allowed what may be told
   * @param root where the system's files are: {@code /}, except in tests
   */
  HostFacts(Set<Item> allowed, ExportedHost host, Path root) {
    this.allowed = allowed;
    this.host = host;
    this.root = root;
  }

  /** All lines for the operator, the address that the last controller told included; each ended by a line feed. */
  String text() {
    return system() + externalLine(lastExternal);
  }

  private static String externalLine(InetAddress external) {
    StringBuilder told = new StringBuilder();
    if (external != null) {
      line(told, Item.EXTERNAL.word(), external.getHostAddress());
    }
    return told.toString();
  }

  private synchronized String system() {
    long now = System.nanoTime();
    if (!read || now - readAt >= FRESH_NS) {
      read = true;
      readAt = now;
      text = gather();
    }
    return text;
  }

  private String gather() {
    StringBuilder lines = new StringBuilder();
    for (NetworkInterface each : allowed.isEmpty() ? List.<NetworkInterface>of() : interfaces()) {
      tellInterface(each, lines);
    }
    if (allowed.contains(Item.RESOLVERS)) {
      lines("etc/resolv.conf").stream()
          .map(line -> line.trim().split("\\s+"))
          .filter(words -> words.length > 1 && words[0].equals("nameserver"))
          .forEach(words -> line(lines, "resolver", words[1]));
    }
    if (allowed.contains(Item.CLOCK)) {
      lines("sys/devices/system/clocksource/clocksource0/current_clocksource").stream().limit(1).forEach(source -> line(lines, "clock", source.trim()));
    }
    return lines.toString();
  }

  private void tellInterface(NetworkInterface each, StringBuilder lines) {
    if (allowed.contains(Item.ADDRESSES)) {
      for (InterfaceAddress address : each.getInterfaceAddresses()) {
        String literal = address.getAddress().getHostAddress();
        line(lines, "address", literal.replaceFirst("%.*", "") + "/" + address.getNetworkPrefixLength());
      }
    }
    if (allowed.contains(Item.MTU)) {
      try {
        line(lines, "mtu", Integer.toString(each.getMTU()));
      } catch (SocketException e) {
        // it has gone
      }
    }
    if (allowed.contains(Item.GATEWAY)) {
      gateways(each.getName()).forEach(gateway -> line(lines, "gateway", gateway));
    }
    if (allowed.contains(Item.DHCP)) {
      leases(each).forEach(lease -> line(lines, "dhcp", lease));
    }
  }

  /** Values come from files: whatever they hold, a fact is one line. */
  private static void line(StringBuilder lines, String item, String value) {
    lines.append(item).append('=').append(value.replaceAll("\\p{Cntrl}", " ")).append('\n');
  }

  private List<NetworkInterface> interfaces() {
    List<InetAddress> exported = new ArrayList<>(host.ipv6());
    host.ipv4().forEach(prefix -> exported.add(prefix.address()));
    List<NetworkInterface> found = new ArrayList<>();
    for (InetAddress address : exported) {
      try {
        NetworkInterface carrier = NetworkInterface.getByInetAddress(address);
        if (carrier != null && !found.contains(carrier)) {
          found.add(carrier);
        }
      } catch (SocketException e) {
        // it has gone
      }
    }
    return found;
  }

  // ------------------------------------------------------------------------------------------------ what Linux tells in files

  /** Default routes through an interface: from the kernel's tables. */
  private Set<String> gateways(String device) {
    Set<String> found = new LinkedHashSet<>();
    for (String line : lines("proc/net/route")) {
      String[] fields = line.trim().split("\\s+"); // device, destination, gateway: hexadecimal, in the machine's byte order
      if (fields.length > 7 && fields[0].equals(device) && fields[1].equals("00000000") && fields[2].matches("[0-9A-F]{8}") && !fields[2].equals("00000000")) {
        found.add(literal(HexFormat.of().parseHex(fields[2]), true));
      }
    }
    for (String line : lines("proc/net/ipv6_route")) {
      String[] fields = line.trim().split("\\s+"); // destination, its length, source, its length, next hop, ..., device
      if (fields.length > 9 && fields[9].equals(device) && fields[1].equals("00") && fields[4].matches("[0-9a-f]{32}") && !fields[4].matches("0+")) {
        found.add(literal(HexFormat.of().parseHex(fields[4]), false));
      }
    }
    return found;
  }

  private static String literal(byte[] octets, boolean machineOrder) {
    byte[] address = octets.clone();
    if (machineOrder && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
      for (int i = 0; i < octets.length; i++) {
        address[i] = octets[octets.length - 1 - i];
      }
    }
    try {
      return InetAddress.getByAddress(address).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("an address of " + octets.length + " octets", e);
    }
  }

  /** Leases of an interface, as systemd-networkd and dhclient keep them: address, server and what else is plain. */
  private List<String> leases(NetworkInterface each) {
    List<String> found = new ArrayList<>();
    List<String> networkd = lines("run/systemd/netif/leases/" + each.getIndex());
    if (!networkd.isEmpty()) {
      StringJoiner lease = new StringJoiner(" ");
      networkd.stream().filter(line -> line.matches("(ADDRESS|SERVER_ADDRESS|LIFETIME)=.*")).forEach(line -> lease.add(line.toLowerCase(Locale.ROOT).replace('=', ' ')));
      found.add(lease.toString());
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(root.resolve("var/lib/dhcp"), "dhclient*.leases")) {
      for (Path file : files) {
        String last = null; // the newest lease is the last
        Matcher leases = DHCLIENT_LEASE.matcher(String.join(" ", lines(root.relativize(file).toString())));
        while (leases.find()) {
          last = dhclient(leases.group(1), each.getName(), last);
        }
        if (last != null && found.size() < MOST_LEASES) {
          found.add(last);
        }
      }
    } catch (IOException e) {
      // no such folder: another client, or none
    }
    return found;
  }

  private static String dhclient(String lease, String device, String otherwise) {
    StringJoiner told = new StringJoiner(" ");
    boolean ours = false;
    Matcher fields = DHCLIENT_FIELD.matcher(lease);
    while (fields.find()) {
      String value = fields.group(2).trim();
      switch (fields.group(1)) {
        case "interface" -> ours = value.equals(device);
        case "fixed-address" -> told.add("address " + value);
        case "dhcp-server-identifier" -> told.add("server_address " + value);
        case "dhcp-lease-time" -> told.add("lifetime " + value);
        default -> {}
      }
    }
    return ours ? told.toString() : otherwise;
  }

  private List<String> lines(String file) {
    try (InputStream content = Files.newInputStream(root.resolve(file))) {
      return new String(content.readNBytes(LONGEST_FILE), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      return List.of(); // this system does not tell
    }
  }

  // ------------------------------------------------------------------------------------------------ in the memory map

  /** What one session reads and writes of it: it reads the address that its own controller told, not what another one claims. */
  List<Region> regions() {
    External external = new External();
    Region lines =
        Region.of(
            MemoryMap.FACTS,
            MemoryMap.FACTS_LENGTH,
            to -> {
              byte[] octets = (system() + externalLine(external.address)).getBytes(StandardCharsets.UTF_8);
              int length = Math.min(octets.length, MemoryMap.FACTS_LENGTH - Short.BYTES);
              while (length > 0 && length < octets.length && octets[length - 1] != '\n') {
                length--; // whole lines only
              }
              to.putShort((short) length).put(octets, 0, length).put(new byte[to.remaining()]);
            });
    return List.of(external, lines);
  }

  /** Where a controller writes the address that it sees us under: u8 family, then 4 or 16 octets. */
  private final class External implements Region {
    private final byte[] written = new byte[MemoryMap.EXTERNAL_ADDRESS_LENGTH];
    private InetAddress address;

    @Override
    public long start() {
      return MemoryMap.EXTERNAL_ADDRESS & 0xFFFFFFFFL;
    }

    @Override
    public int length() {
      return MemoryMap.EXTERNAL_ADDRESS_LENGTH;
    }

    @Override
    public void read(int offset, ByteBuffer to) {
      to.put(written, offset, to.remaining());
    }

    @Override
    public void write(int offset, ByteBuffer from) {
      if (!allowed.contains(Item.EXTERNAL)) {
        from.position(from.limit());
        return;
      }
      from.get(written, offset, from.remaining());
      int size = written[0] == 4 ? 4 : written[0] == 6 ? 16 : 0;
      try {
        address = size == 0 ? null : InetAddress.getByAddress(Arrays.copyOfRange(written, 1, 1 + size));
      } catch (UnknownHostException e) {
        throw new IllegalStateException("an address has 4 or 16 octets", e);
      }
      lastExternal = address;
    }
  }
}
