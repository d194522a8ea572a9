package org.pktlab.transport.raw.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pktlab.transport.RawTransportSocket;
import org.pktlab.transport.Transport;
import org.pktlab.transport.rig.IpPackets;
import org.pktlab.transport.rig.RawTransportContract;
import org.pktlab.transport.rig.Recorder;

class LinuxRawTransportTest extends RawTransportContract {
  private static final TimeKeeper TIMES = new TimeKeeper(); // the kernel takes times from before the first test to the end of the last

  @AfterAll
  static void end() {
    TIMES.close();
  }

  @Override
  protected Transport transport(int ringOctets, int kernelBufferOctets) {
    return Transports.open(ringOctets, kernelBufferOctets);
  }

  @Override
  protected void withdraw(Transport transport) {
    Transports.close(transport);
  }

  @Override
  protected boolean tellsSendTimes() {
    return true;
  }

  @ParameterizedTest
  @ValueSource(strings = {"IPv4", "IPv6"})
  void shouldTellTheTimesOfThosePacketsOnlyThatAreTimed(String family) throws Exception {
    InetAddress from = host(family, "a");
    InetAddress to = host(family, "b");
    RawTransportSocket sender = open(a, from, left);
    a.run(
        () -> {
          for (int i = 0; i < 200; i++) {
            if (i % 3 == 0) {
              sender.offer(IpPackets.udp(from, to, i, 100), null);
            } else {
              sender.offerUntimed(IpPackets.udp(from, to, i, i % 7 == 0 ? 2_000 : 100));
            }
          }
          assertTrue(sender.flush());
        });
    assertEquals(IntStream.range(0, 200).filter(i -> i % 3 == 0).boxed().collect(Collectors.toSet()), left.sendTimes.keySet());
    assertEquals(IntStream.range(0, 200).filter(i -> i % 3 != 0 && i % 7 == 0).boxed().toList(), left.faults.stream().map(Recorder.Fault::number).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"IPv4", "IPv6"})
  void shouldAskTheKernelForSomeTimesOfABurstAndReckonTheOthers(String family) throws Exception {
    InetAddress from = host(family, "a");
    InetAddress to = host(family, "b");
    RawTransportSocket sender = open(a, from, left);
    int count = 203;
    int refused = 100;
    a.run(
        () -> {
          for (int i = 0; i < count; i++) {
            sender.offer(IpPackets.udp(from, to, i, i == refused ? 2_000 : 100), null);
          }
          assertTrue(sender.flush());
          sender.offer(IpPackets.udp(from, to, count, 100), null);
          assertTrue(sender.flush());
        });
    await("times of the burst are missing", () -> left.sendTimes.containsKey(count));
    // Around the one that was refused nothing is reckoned: it may be that nobody knows when its neighbours left.
    Set<Integer> asked = IntStream.rangeClosed(0, count).filter(i -> i % 8 == 0 || i == count - 1 || i == count).boxed().collect(Collectors.toSet());
    assertEquals(asked, left.toldByKernel);
    Set<Integer> unknown = IntStream.range(97, 104).boxed().collect(Collectors.toSet());
    assertEquals(IntStream.rangeClosed(0, count).filter(i -> !unknown.contains(i)).boxed().collect(Collectors.toSet()), left.sendTimes.keySet());
    long before = 0;
    for (int i = 0; i <= count; i++) {
      if (!unknown.contains(i)) {
        assertTrue(left.sendTimes.get(i) >= before, "packet " + i + " left before one that was before it");
        before = left.sendTimes.get(i);
      }
    }
  }
}
