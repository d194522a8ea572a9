package org.pktlab.endpoint.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pktlab.protocol.MemoryMap;

/** What the endpoint tells about its host, and what not (docs/reference/extensions.md). */
class HostFactsTest {
  private static final ExportedHost LOOPBACK =
      new ExportedHost(List.of(new ExportedHost.Prefix(Rig.ip("127.0.0.1"), 8)), List.of(), List.of(), List.of(), "vantage");

  private static String facts(ControllerEnd session) {
    int length = (int) session.readNumber(MemoryMap.FACTS, 2);
    return new String(Arrays.copyOfRange(session.read(MemoryMap.FACTS, 2 + length), 2, 2 + length), StandardCharsets.UTF_8);
  }

  private static byte[] external(String address) {
    byte[] octets = Rig.ip(address).getAddress();
    byte[] written = new byte[MemoryMap.EXTERNAL_ADDRESS_LENGTH];
    written[0] = (byte) (octets.length == 4 ? 4 : 6);
    System.arraycopy(octets, 0, written, 1, octets.length);
    return written;
  }

  @Test
  void shouldTellNothingUnlessTheOperatorAllowsIt() {
    try (Rig rig = Rig.usual()) {
      ControllerEnd session = rig.session();
      session.write(MemoryMap.EXTERNAL_ADDRESS, external("203.0.113.9"));
      assertEquals("", facts(session));
      assertArrayEquals(new byte[17], session.read(MemoryMap.EXTERNAL_ADDRESS, 17));
    }
  }

  @Test
  void shouldTellTheAddressThatTheControllerSaw() {
    try (Rig rig = Rig.with().told(EnumSet.of(HostFacts.Item.EXTERNAL)).start()) {
      ControllerEnd session = rig.session();
      assertEquals("", facts(session));
      session.write(MemoryMap.EXTERNAL_ADDRESS, external("203.0.113.9"));
      assertEquals("external=203.0.113.9\n", facts(session));
      session.write(MemoryMap.EXTERNAL_ADDRESS, external("2001:db8::9"));
      assertEquals("external=2001:db8:0:0:0:0:0:9\n", facts(session));
      session.write(MemoryMap.EXTERNAL_ADDRESS, new byte[] {7});
      assertEquals("", facts(session));
      session.write(MemoryMap.EXTERNAL_ADDRESS, external("203.0.113.9"));
      session.close();
      rig.awaitEnded(1);
      assertEquals("", facts(rig.session()), "what another controller told is not passed on");
    }
  }

  @Test
  void shouldTellTheInterfaceThatCarriesTheExportedAddress() throws Exception {
    NetworkInterface carrier = NetworkInterface.getByInetAddress(Rig.ip("127.0.0.1"));
    try (Rig rig = Rig.with().exported(LOOPBACK).told(EnumSet.of(HostFacts.Item.ADDRESSES, HostFacts.Item.MTU)).start()) {
      List<String> lines = facts(rig.session()).lines().toList();
      assertTrue(lines.contains("address=127.0.0.1/8"), lines::toString);
      assertTrue(lines.contains("mtu=" + carrier.getMTU()), lines::toString);
      assertTrue(lines.stream().allMatch(line -> line.startsWith("address=") || line.startsWith("mtu=")), lines::toString);
    }
  }

  @Test
  void shouldReadWhatTheSystemKeepsInFiles(@TempDir Path root) throws Exception {
    NetworkInterface carrier = NetworkInterface.getByInetAddress(Rig.ip("127.0.0.1"));
    write(root, "etc/resolv.conf", "# comment\nnameserver 192.0.2.53\nsearch example.com\nnameserver 2001:db8::53\nnameserver 192.0.2.9\u0007evil\n");
    write(
        root,
        "proc/net/route",
        "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n"
            + carrier.getName()
            + "\t00000000\t0100A8C0\t0003\t0\t0\t0\t00000000\n"
            + "other\t00000000\t0200A8C0\t0003\t0\t0\t0\t00000000\n");
    write(
        root,
        "proc/net/ipv6_route",
        "00000000000000000000000000000000 00 00000000000000000000000000000000 00 20010db8000000000000000000000001 00000400 00000001 00000000 00000003 " + carrier.getName() + "\n");
    write(root, "sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc\n");
    write(root, "run/systemd/netif/leases/" + carrier.getIndex(), "# private\nADDRESS=192.0.2.7\nSERVER_ADDRESS=192.0.2.1\nLIFETIME=3600\nHOSTNAME=secret\n");
    write(
        root,
        "var/lib/dhcp/dhclient." + carrier.getName() + ".leases",
        "lease {\n  interface \"" + carrier.getName() + "\";\n  fixed-address 192.0.2.8;\n}\nlease {\n  interface \"" + carrier.getName()
            + "\";\n  fixed-address 192.0.2.9;\n  option dhcp-lease-time 60;\n  option dhcp-server-identifier 192.0.2.2;\n}\nlease { interface \"other\"; fixed-address 10.0.0.1; }\n");
    Set<HostFacts.Item> all = EnumSet.complementOf(EnumSet.of(HostFacts.Item.ADDRESSES, HostFacts.Item.MTU));
    assertEquals(
        List.of(
            "gateway=192.168.0.1",
            "gateway=2001:db8:0:0:0:0:0:1",
            "dhcp=address 192.0.2.7 server_address 192.0.2.1 lifetime 3600",
            "dhcp=address 192.0.2.9 lifetime 60 server_address 192.0.2.2",
            "resolver=192.0.2.53",
            "resolver=2001:db8::53",
            "resolver=192.0.2.9 evil",
            "clock=tsc"),
        new HostFacts(all, LOOPBACK, root).text().lines().toList());
  }

  @Test
  void shouldLeaveOutWhatTheSystemDoesNotTell(@TempDir Path root) {
    Set<HostFacts.Item> all = EnumSet.complementOf(EnumSet.of(HostFacts.Item.ADDRESSES, HostFacts.Item.MTU));
    assertEquals("", new HostFacts(all, LOOPBACK, root).text());
  }

  private static void write(Path root, String file, String content) throws Exception {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, content);
  }
}
