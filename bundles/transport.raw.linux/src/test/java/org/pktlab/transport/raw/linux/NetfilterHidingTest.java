package org.pktlab.transport.raw.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.pktlab.transport.HidingFailedException;
import org.pktlab.transport.RawTransportSocket;
import org.pktlab.transport.rig.ChildJvm;
import org.pktlab.transport.rig.Namespaces;

/** Packets hidden with a rule of nftables, whatever else the kernel has. */
class NetfilterHidingTest extends HidingContract {
  private static final int GRE = 778;

  NetfilterHidingTest() {
    super(NetfilterHiding::start);
  }

  @Override
  Class<?> child() {
    return Child.class;
  }

  /** Hides packets until it is killed. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws Exception {
      hideIcmp(NetfilterHiding::start, arguments[0]);
    }
  }

  /** All tables of namespace a; nothing where there is no nft to ask for them. */
  private static String tables() throws Exception {
    return namespaces.in("a", "sh", "-c", "command -v nft > /dev/null && nft list ruleset 2>&1; true");
  }

  private static void needNft() throws Exception {
    String found = namespaces.in("a", "sh", "-c", "command -v nft; true");
    Assumptions.assumeFalse(found.isEmpty(), "optional: needs nft");
  }

  @AfterEach
  void shouldLeaveNoTable() throws Exception {
    withdraw(transport);
    assertFalse(tables().contains("pktlab"), "a table is left");
  }

  @Test
  void shouldKeepToTablesOfItsOwnThatOthersCannotChange() throws Exception {
    needNft();
    RawTransportSocket socket = open(a, host("IPv4", "a"), left);
    RawTransportSocket second = open(a, host("IPv6", "a"), right);
    String before = tables();
    a.on(() -> hide(socket, ipv4(ICMP, 0, 0)));
    a.on(() -> hide(second, ipv4(99, 0, 0)));
    assertEquals(4, tables().lines().filter(line -> line.startsWith("table ip")).count(), "tables");
    namespaces.in("a", "nft", "flush", "ruleset");
    assertEquals(0, answers(2), "whoever sets up the firewall anew ended it");
    a.run(socket::close);
    assertEquals(2, tables().lines().filter(line -> line.startsWith("table ip")).count(), "tables");
    a.run(second::close);
    assertEquals(before, tables());
  }

  @Test
  void shouldLeaveNoTableBehindAProcessThatIsKilled() throws Exception {
    needNft();
    try (ChildJvm child = new ChildJvm(namespaces.inside("a"), Child.class.getName(), Namespaces.address4("a"))) {
      child.awaitLine("hiding");
      assertTrue(tables().contains("pktlab-"));
      child.kill();
      assertFalse(tables().contains("pktlab-"));
    }
  }

  @Test
  void shouldBeTakenWhereThereIsNoTcx() throws Exception {
    Interface real = a.on(() -> Interface.of(new Libc(Arena.ofAuto()), host("IPv4", "a")));
    try (Hiding hiding = a.on(() -> Hiding.start(real, ipv4(ICMP, 0, 0)))) {
      assertInstanceOf(TcxHiding.class, hiding);
    }
    Interface unknown = new Interface(real.name(), real.index(), GRE); // this one's packets have another header than we know
    try (Hiding hiding = a.on(() -> Hiding.start(unknown, ipv4(ICMP, 0, 0)))) {
      assertInstanceOf(NetfilterHiding.class, hiding);
      assertEquals(0, answers(2));
      assertEquals(2, answers("-6", 2, Namespaces.address6("a")));
    }
    assertEquals(2, answers(2));
  }

  @Test
  void shouldLeaveNothingWhenARuleIsRefused() throws Exception {
    String before = tables();
    long descriptors = openDescriptors();
    for (int i = 0; i < 20; i++) {
      HidingFailedException refused =
          assertThrows(
              HidingFailedException.class,
              () ->
                  a.on(
                      () -> {
                        try (Arena arena = Arena.ofConfined()) {
                          Libc libc = new Libc(arena);
                          return NetfilterHiding.hide(libc, arena, Interface.of(libc, host("IPv4", "a")), -1); // the tables are made, the rule is not
                        }
                      }));
      assertTrue(refused.getMessage().startsWith("the kernel makes no rule for " + namespaces.device("a") + ": error "), refused.getMessage());
    }
    await("descriptors were left open", () -> openDescriptors() <= descriptors);
    assertEquals(before, tables());
    assertEquals(1, answers(1));
  }

  @Test
  void shouldRefuseBridges() throws Exception {
    namespaces.in("a", "ip", "link", "add", "bridge", "type", "bridge");
    namespaces.in("a", "ip", "address", "add", "198.51.100.1/24", "dev", "bridge");
    try (ChildJvm child = new ChildJvm(namespaces.inside("a"), Child.class.getName(), "198.51.100.1")) {
      String refusal = child.awaitLine("refused: ");
      assertTrue(refusal.startsWith("refused: bridge is a bridge, for which it takes Linux 6.6 or later"), refusal);
    } finally {
      namespaces.in("a", "ip", "link", "delete", "bridge");
    }
  }
}
