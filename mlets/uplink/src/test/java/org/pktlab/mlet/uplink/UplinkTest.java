package org.pktlab.mlet.uplink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pktlab.mlet.ArgumentParser;
import org.pktlab.mlet.UsageException;
import org.pktlab.mlet.packet.Checksum;
import org.pktlab.mlet.packet.Icmp;
import org.pktlab.mlet.packet.IpHeader;
import org.pktlab.mlet.packet.IpPacket;
import org.pktlab.mlet.testing.KeptRows;
import org.pktlab.mlet.testing.ScriptedNetwork;

@Timeout(20)
class UplinkTest {
  private static final InetAddress HERE = here();
  private static final long MS = 1_000_000L;

  private static InetAddress here() {
    try {
      return InetAddress.getByName("192.0.2.7");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** What a host answers. */
  private static byte[] reply(byte[] request) {
    IpPacket parsed = IpPacket.of(request, 0, request.length);
    byte[] message = Arrays.copyOfRange(request, 20, request.length);
    message[0] = Icmp.ECHO_REPLY;
    message[2] = 0;
    message[3] = 0;
    int sum = Checksum.of(message, 0, message.length);
    message[2] = (byte) (sum >>> 8);
    message[3] = (byte) sum;
    return new IpHeader(parsed.destination(), parsed.source(), IpHeader.ICMP, 60, 0, 0, false).packet(message);
  }

  private static List<Map<String, Object>> uplink(ScriptedNetwork network, String... line)
      throws IOException, InterruptedException, UsageException {
    Uplink uplink = new Uplink();
    KeptRows rows = new KeptRows(uplink.declaration());
    uplink.run(network, ArgumentParser.parse(uplink.declaration(), List.of(line)), rows);
    assertTrue(network.isClosed());
    return rows.rows();
  }

  @Test
  void shouldMeasureALinkThatSpacesTheReplies() throws Exception {
    int[] count = {0};
    // 1,000 octets each 1 ms: 8 Mbit/s; number 13 of each train is lost.
    ScriptedNetwork network =
        new ScriptedNetwork(
            HERE,
            (octets, packet, answers) -> {
              int place = count[0]++ % 20;
              if (place != 13) {
                answers.after((5 + place) * MS, reply(octets));
              }
            });
    List<Map<String, Object>> rows = uplink(network, "192.0.2.99", "-c", "20", "-s", "1000", "-n", "2", "--lead", "60ms", "-w", "60ms");
    assertEquals(List.of("train", "train", "summary"), rows.stream().map(r -> r.get("kind")).toList());
    for (Map<String, Object> row : rows.subList(0, 2)) {
      assertEquals(List.of(20L, 19L, 1L), List.of(row.get("sent"), row.get("received"), row.get("lost")));
      assertEquals(18, row.get("counted"), "without the first tenth");
      assertEquals(18_000.0, row.get("dispersion_us"));
      assertEquals(8.0, (Double) row.get("mbit_s"), 1e-6, "most stretches do not know of the loss");
      assertTrue((Double) row.get("error_mbit_s") > 8 / 18.0 && (Double) row.get("error_mbit_s") < 1, "the whole does");
      assertEquals("path", row.get("limit"));
      assertEquals(true, row.get("undisturbed"));
      assertEquals("kernel", row.get("tx_clock").toString());
    }
    assertEquals(8.0, (Double) rows.get(2).get("mbit_s"), 1e-6);
    assertEquals(2, network.polls());
    assertEquals(1, new HashSet<>(network.times().subList(0, 20)).size(), "a train is due at once");
    assertEquals(Set.of(1000), new HashSet<>(network.sent().stream().map(p -> p.length).toList()));
    IpPacket first = IpPacket.of(network.sent().get(0), 0, 1000);
    assertTrue(first.hasPlausibleChecksum());
  }

  @Test
  void shouldMeasureTowardsThisController() throws Exception {
    try (DatagramSocket out = new DatagramSocket()) {
      ScriptedNetwork network =
          new ScriptedNetwork(
              HERE,
              (octets, packet, answers) -> {
                try {
                  out.send(new DatagramPacket(octets, 28, octets.length - 28, InetAddress.getLoopbackAddress(), packet.u16(2)));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      List<Map<String, Object>> rows =
          uplink(network, "--receiver", "127.0.0.1", "-c", "50", "-s", "200", "-n", "1", "--lead", "50ms", "-w", "200ms");
      Map<String, Object> train = rows.get(0);
      assertTrue(train.get("to").toString().startsWith("127.0.0.1:"));
      assertEquals(50L, train.get("received"));
      assertTrue((Double) train.get("mbit_s") > 0);
      assertEquals("user", train.get("rx_clock").toString());
      assertNull(train.get("tx_clock"));
      assertEquals(Set.of(200), new HashSet<>(network.sent().stream().map(p -> p.length).toList()));
    }
  }

  @Test
  void shouldSayWhenNothingArrivesOrLeaves() throws Exception {
    ScriptedNetwork silent = new ScriptedNetwork(HERE, (octets, packet, answers) -> {});
    List<Map<String, Object>> rows = uplink(silent, "192.0.2.99", "-c", "10", "-n", "1", "--lead", "10ms", "-w", "10ms");
    assertEquals(List.of(10L, 0L, 10L), List.of(rows.get(0).get("sent"), rows.get(0).get("received"), rows.get(0).get("lost")));
    assertNull(rows.get(0).get("mbit_s"));
    assertNull(rows.get(1).get("mbit_s"));
    assertEquals(0, rows.get(1).get("train"));
    ScriptedNetwork losing = new ScriptedNetwork(HERE, (octets, packet, answers) -> {});
    losing.lose();
    assertEquals(0L, uplink(losing, "192.0.2.99", "-c", "10", "-n", "1", "--lead", "10ms", "-w", "10ms").get(0).get("sent"));
  }

  @Test
  void shouldTellTheRateWithItsError() {
    assertNull(Dispersion.of(new long[] {0, 5, 6}, 1000, false));
    assertNull(Dispersion.of(new long[] {7, 7, 7, 7}, 1000, false), "at once");
    Dispersion even = Dispersion.of(new long[] {1_000_000, 4_000_000, 3_000_000, 2_000_000}, 1250, false);
    assertEquals(new Dispersion(4, 3_000_000, 10.0, 0.0), even);
    // Scattered by 100 us: sqrt(2) x 1.96 x 100 us (about) of 3 ms.
    Dispersion scattered = Dispersion.of(new long[] {1_100_000, 1_900_000, 3_100_000, 3_900_000}, 1250, false);
    assertTrue(scattered.error() > 0.8 && scattered.error() < 2.5, scattered.toString());
    assertEquals(10 * 3 / 2.8, scattered.mbits(), 1e-6);
    long[] burst = new long[50];
    for (int i = 0; i < 50; i++) {
      burst[i] = 1 + Math.max(0, i - 4) * MS;
    }
    assertEquals(10.0, Dispersion.of(burst, 1250, true).mbits(), 1e-6, "what a shaper lets through at first does not count");
  }

  @Test
  void shouldNotMistakeAPauseOfTheLinkForASlowerOne() {
    for (int place : new int[] {1, 20, 40, 59}) {
      long[] times = new long[60];
      for (int i = 0; i < 60; i++) {
        times[i] = (1 + i + (i >= place ? 7 : 0)) * MS;
      }
      Dispersion paused = Dispersion.of(times, 1250, false);
      assertEquals(66 * MS, paused.ns());
      assertEquals(10 * 59 / 66.0, paused.overall(1250), 1e-6);
      assertEquals(10.0, paused.mbits(), 1e-6, "a pause of 7 ms before packet " + place);
      assertTrue(paused.error() > 10 * 7 / 66.0 - 1e-6 && paused.error() < 3, "the error tells of it: " + paused);
    }
    long[] clumps = new long[60];
    for (int i = 0; i < 60; i++) {
      clumps[i] = (1 + i / 15 * 15) * MS;
    }
    Dispersion clumped = Dispersion.of(clumps, 1250, false);
    assertEquals(10 * 59 / 45.0, clumped.mbits(), 1e-6, "the whole");
    assertTrue(clumped.error() > 2, clumped.toString());
  }

  @Test
  void shouldRefuseWhatItCannotDo() {
    ScriptedNetwork network = new ScriptedNetwork(HERE, (octets, packet, answers) -> {});
    assertThrows(IOException.class, () -> uplink(network, "192.0.2.999"));
    assertThrows(IOException.class, () -> uplink(network, "192.0.2.1", "-S", "2001:db8::1"));
    assertThrows(UsageException.class, () -> uplink(network, "-s", "20"));
    assertFalse(network.isClosed());
  }

  @Property(tries = 100)
  void shouldSurviveAnyAnswer(@ForAll @Size(max = 80) byte[] noise, @ForAll int place) throws Exception {
    ScriptedNetwork network =
        new ScriptedNetwork(
            HERE,
            (octets, packet, answers) -> {
              byte[] broken = reply(octets);
              for (int i = 0; i < noise.length; i++) {
                broken[Math.floorMod(place + i, broken.length)] ^= noise[i];
              }
              answers.after(0, broken);
              answers.after(0, noise);
              answers.after(0, Arrays.copyOf(broken, Math.floorMod(place, broken.length)));
            });
    List<Map<String, Object>> rows = uplink(network, "192.0.2.99", "-c", "10", "-s", "64", "-n", "1", "--lead", "10ms", "-w", "10ms");
    assertEquals(2, rows.size());
  }
}
