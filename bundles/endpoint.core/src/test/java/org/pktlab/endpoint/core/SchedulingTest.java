package org.pktlab.endpoint.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.pktlab.protocol.MemoryMap;
import org.pktlab.protocol.Message;
import org.pktlab.protocol.Nclose;
import org.pktlab.protocol.Nopen;
import org.pktlab.protocol.Nsend;
import org.pktlab.protocol.Ntag;
import org.pktlab.protocol.Result;
import org.pktlab.protocol.StatusCode;
import org.pktlab.protocol.Yield;

/** When sends leave, and what bounds them: protocol specification, sections 7.4, 9.1 and 9.4. */
class SchedulingTest {
  private static final byte[] LOCAL4 = {127, 0, 0, 1};
  private static final long MS = 1_000_000L;
  private static final long HOUR = 3_600_000 * MS;

  private static Nsend send(int sktid, long timeNs, int tag, Peers.Udp to, byte[] data) {
    return new Nsend(sktid, 4, 17, timeNs, tag, to.address(), to.port(), data);
  }

  private static byte[] numbered(int number, int size) {
    byte[] data = new byte[size];
    ByteBuffer.wrap(data).putInt(number);
    return data;
  }

  private static Peers.Udp sink() {
    return new Peers.Udp(Rig.ip("127.0.0.1"));
  }

  @Nested
  class Times {
    @Test
    void shouldNeverSendBeforeTheTimeAndNotLongAfterIt() {
      int count = 50;
      try (Rig rig = Rig.usual();
          Peers.Udp sink = sink()) {
        ControllerEnd controller = rig.session();
        controller.succeed(Nopen.udp(1, 0, LOCAL4, 0));
        long first = rig.clock() + 100 * MS;
        List<Message> sends = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          sends.add(send(1, first + i * 2 * MS, i + 1, sink, numbered(i, 20)));
        }
        controller.send(sends);
        for (int i = 0; i < count; i++) {
          assertEquals(Result.SUCCESS, controller.response());
        }
        for (int i = 0; i < count; i++) {
          assertEquals(i, ByteBuffer.wrap(sink.receive()).getInt());
          assertTrue(rig.clock() >= first + i * 2 * MS, "number " + i + " was early");
          Ntag tag = controller.next(Ntag.class);
          assertEquals(i + 1, tag.tag());
          long late = tag.timeNs() - (first + i * 2 * MS);
          assertTrue(late >= 0 && late < 2_000 * MS, "number " + i + " left " + late + " ns after its time");
        }
      }
    }

    @Test
    void shouldSendInTheOrderOfArrivalWhateverTheSocketWhenTimesAreEqual() {
      int count = 300;
      try (Rig rig = Rig.usual();
          Peers.Udp sink = sink()) {
        ControllerEnd controller = rig.session();
        for (int sktid = 1; sktid <= 3; sktid++) {
          controller.succeed(Nopen.udp(sktid, 0, LOCAL4, 0));
        }
        long due = rig.clock() + 300 * MS;
        List<Message> sends = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          sends.add(send(1 + i * 7 % 3, due, 0, sink, numbered(i, 20)));
        }
        controller.send(sends);
        for (int i = 0; i < count; i++) {
          assertEquals(Result.SUCCESS, controller.response());
        }
        List<Integer> arrived = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          arrived.add(ByteBuffer.wrap(sink.receive()).getInt());
        }
        List<Integer> expected = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          expected.add(i);
        }
        assertEquals(expected, arrived);
      }
    }

    @Test
    void shouldLetTheHeadOfTheQueueHoldUpWhatIsBehindIt() {
      try (Rig rig = Rig.usual();
          Peers.Udp sink = sink()) {
        ControllerEnd controller = rig.session();
        controller.succeed(Nopen.udp(1, 0, LOCAL4, 0));
        long later = rig.clock() + 200 * MS;
        controller.succeed(send(1, later, 1, sink, numbered(1, 4)));
        controller.succeed(send(1, 0, 2, sink, numbered(2, 4)));
        controller.succeed(send(1, later - 100 * MS, 3, sink, numbered(3, 4)));
        for (int number = 1; number <= 3; number++) {
          assertEquals(number, ByteBuffer.wrap(sink.receive()).getInt());
          Ntag tag = controller.next(Ntag.class);
          assertEquals(number, tag.tag());
          assertTrue(Long.compareUnsigned(tag.timeNs(), later) >= 0);
        }
      }
    }

    @Test
    void shouldNotLetOneSocketHoldUpAnother() {
      try (Rig rig = Rig.usual();
          Peers.Udp sink = sink()) {
        ControllerEnd controller = rig.session();
        controller.succeed(Nopen.udp(1, 0, LOCAL4, 0));
        controller.succeed(Nopen.udp(2, 0, LOCAL4, 0));
        controller.succeed(send(1, rig.clock() + HOUR, 1, sink, numbered(1, 4)));
        controller.succeed(send(1, -1, 1, sink, numbered(1, 4))); // for ever
        controller.succeed(send(2, rig.clock() + 50 * MS, 2, sink, numbered(2, 4)));
        assertEquals(2, ByteBuffer.wrap(sink.receive()).getInt());
        assertEquals(2, controller.next(Ntag.class).tag());
        controller.nothingMore();
      }
    }

    @Test
    void shouldTakeTimesAsUnsigned() {
      try (Rig rig = Rig.usual();
          Peers.Udp sink = sink()) {
        ControllerEnd controller = rig.session();
        controller.succeed(Nopen.udp(1, 0, LOCAL4, 0));
        controller.succeed(send(1, Long.MIN_VALUE, 1, sink, numbered(1, 4)));
        controller.read(MemoryMap.CLOCK, 8);
        controller.nothingMore();
        controller.send(new Nclose(1));
        assertEquals(StatusCode.EPKTNOTSENT, controller.next(Ntag.class).status());
        controller.nextIsResult(StatusCode.SUCCESS);
      }
    }

    @Test
    void shouldFollowAClockThatJumpsForward() {
      try (Rig rig = Rig.usual();
          Peers.Udp sink = sink()) {
        ControllerEnd controller = rig.session();
        controller.succeed(Nopen.udp(1, 0, LOCAL4, 0));
        controller.succeed(send(1, rig.clock() + HOUR, 1, sink, numbered(1, 4)));
        rig.clockShiftNs.set(2 * HOUR);
        assertEquals(1, ByteBuffer.wrap(sink.receive()).getInt());
        assertEquals(StatusCode.SUCCESS, controller.next(Ntag.class).status());
      }
    }

    @Test
    void shouldDeliverTwentyThousandDatagramsThatAreAllDueAtOnce() throws Exception {
      int count = Await.longRun() ? 60_000 : 20_000;
      try (Rig rig = Rig.with().buffer(32_000_000).start();
          Peers.Udp sink = sink()) {
        ControllerEnd controller = rig.session();
        controller.succeed(Nopen.udp(1, 0, LOCAL4, 0));
        long due = rig.clock() + HOUR;
        BitSet numbers = new BitSet(count);
        long[] markersLost = new long[1];
        Thread receiver =
            new Thread(
                () -> {
                  int received = 0;
                  for (byte[] data = sink.receive(); data.length > 0; data = sink.receive()) {
                    numbers.set(ByteBuffer.wrap(data).getInt());
                    if (++received == count) {
                      return;
                    }
                  }
                });
        receiver.setDaemon(true);
        receiver.start();
        List<Message> sends = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
          sends.add(send(1, due, i % 65_535 + 1, sink, numbered(i, 64)));
        }
        controller.send(sends);
        for (int i = 0; i < count; i++) {
          controller.nextIsResult(StatusCode.SUCCESS);
        }
        controller.nothingMore();
        rig.clockShiftNs.set(HOUR);
        long previous = due;
        for (int i = 0; i < count; i++) {
          Ntag tag = controller.next(Ntag.class);
          assertEquals(i % 65_535 + 1, tag.tag());
          assertEquals(StatusCode.SUCCESS, tag.status());
          assertTrue(tag.timeNs() >= previous, "tags are in the order of time");
          previous = tag.timeNs();
        }
        Await.until(
            "the sink has looked at everything",
            () -> {
              long lost = sink.lostInKernel();
              sink.send(new byte[0], sink.port()); // behind the last one, once there is room for it
              markersLost[0] += sink.lostInKernel() - lost;
              return !receiver.isAlive();
            });
        long reached = numbers.cardinality() + sink.lostInKernel() - markersLost[0];
        assertEquals(count, reached, "datagrams that reached the sink");
        assertEquals(0, controller.readNumber(MemoryMap.BUFFER_USED, 4));
      }
    }
  }

  @Nested
  class Limits {
    @Test
    void shouldSpreadSendsOverTheWindowsOfTheRate() {
      long window = 100 * MS;
      try (Rig rig = Rig.with().rate(10_000, window).start();
          Peers.Udp sink = sink()) {
        ControllerEnd controller = rig.session();
        controller.succeed(Nopen.udp(1, 0, LOCAL4, 0));
        List<Message> sends = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
          sends.add(send(1, 0, i + 1, sink, numbered(i, 1_000)));
        }
        controller.send(sends);
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < 60; ) {
          Message message = controller.next();
          if (message instanceof Ntag tag) {
            assertEquals(++i, tag.tag());
            times.add(tag.timeNs());
          } else {
            assertEquals(StatusCode.SUCCESS, ((Result) message).status());
          }
        }
        // Times are taken after sends, and the limit counts from before them: what lies between is not a fault.
        for (int i = 0; i + 10 < 60; i++) {
          assertTrue(times.get(i + 10) - times.get(i) > window - 20 * MS, "more than 10,000 octets in a window at " + i);
        }
        assertTrue(times.get(59) - times.get(0) >= 5 * window - 20 * MS);
      }
    }

    @Test
    void shouldRefuseASendThatTheRateCanNeverLetThrough() {
      try (Rig rig = Rig.with().rate(10_000, 100 * MS).start();
          Peers.Udp sink = sink()) {
        ControllerEnd controller = rig.session();
        controller.succeed(Nopen.udp(1, 0, LOCAL4, 0));
        assertEquals(StatusCode.ESKTPKTDENY, controller.status(send(1, 0, 1, sink, new byte[10_001])));
        controller.succeed(send(1, 0, 2, sink, new byte[10_000]));
        assertEquals(2, controller.next(Ntag.class).tag());
      }
    }

    @Test
    void shouldShareTheRateBetweenTheSocketsOfASession() {
      long window = 200 * MS;
      try (Rig rig = Rig.with().rate(2_000, window).start();
          Peers.Udp sink = sink()) {
        ControllerEnd controller = rig.session();
        controller.succeed(Nopen.udp(1, 0, LOCAL4, 0));
        controller.succeed(Nopen.udp(2, 0, LOCAL4, 0));
        controller.send(send(1, 0, 1, sink, new byte[1_500]), send(2, 0, 2, sink, new byte[1_500]));
        controller.nextIsResult(StatusCode.SUCCESS);
        long first = ((Ntag) firstOf(controller)).timeNs();
        Message message = controller.next();
        Ntag second = message instanceof Ntag ? (Ntag) message : controller.next(Ntag.class);
        assertTrue(second.timeNs() - first > window - 20 * MS);
      }
    }

    private Message firstOf(ControllerEnd controller) {
      Message message = controller.next();
      return message instanceof Ntag ? message : controller.next(Ntag.class);
    }

    @Test
    void shouldRefuseSendsBeyondTheBufferAndTakeThemAgainAfterwards() {
      int charge = 139 + 861;
      try (Rig rig = Rig.with().buffer(10 * charge + 500).start();
          Peers.Udp sink = sink()) {
        ControllerEnd controller = rig.session();
        controller.succeed(Nopen.udp(1, 0, LOCAL4, 0));
        for (int i = 0; i < 10; i++) {
          controller.succeed(send(1, rig.clock() + HOUR, i + 1, sink, new byte[861]));
        }
        assertEquals(StatusCode.ESYSNOBUFS, controller.status(send(1, 0, 99, sink, new byte[362])));
        controller.succeed(send(1, 0, 11, sink, new byte[361]));
        assertEquals(10 * charge + 500, controller.readNumber(MemoryMap.BUFFER_USED, 4));
        controller.send(new Nclose(1));
        for (int tag = 1; tag <= 11; tag++) {
          Ntag discarded = controller.next(Ntag.class);
          assertEquals(List.of(tag, StatusCode.EPKTNOTSENT), List.of(discarded.tag(), discarded.status()));
        }
        controller.nextIsResult(StatusCode.SUCCESS);
        assertEquals(0, controller.readNumber(MemoryMap.BUFFER_USED, 4));
        controller.succeed(Nopen.udp(1, 0, LOCAL4, 0));
        controller.succeed(send(1, 0, 1, sink, new byte[861]));
      }
    }

    @Test
    void shouldTakeAnyNumberOfSendsThatLeaveAtOnceWithABufferForThree() {
      int count = 200;
      try (Rig rig = Rig.with().buffer(3 * (139 + 100)).start();
          Peers.Udp sink = sink()) {
        ControllerEnd controller = rig.session();
        controller.succeed(Nopen.udp(1, 0, LOCAL4, 0));
        List<Message> sends = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          sends.add(send(1, 0, 0, sink, numbered(i, 100)));
        }
        controller.send(sends);
        for (int i = 0; i < count; i++) {
          assertEquals(Result.SUCCESS, controller.response());
        }
        for (int i = 0; i < count; i++) {
          assertEquals(i, ByteBuffer.wrap(sink.receive()).getInt());
        }
      }
    }

    @Test
    void shouldSendWhatWasAcceptedBeforeTheSessionEnded() {
      try (Rig rig = Rig.usual();
          Peers.Udp sink = sink()) {
        for (Message last : List.of(new Yield(0), new Nclose(1))) {
          ControllerEnd controller = rig.session();
          controller.succeed(Nopen.udp(1, 0, LOCAL4, 0));
          controller.send(send(1, 0, 0, sink, numbered(1, 20)), send(1, 0, 0, sink, numbered(2, 20)), last);
          assertEquals(1, ByteBuffer.wrap(sink.receive()).getInt());
          assertEquals(2, ByteBuffer.wrap(sink.receive()).getInt());
          controller.close();
        }
      }
    }

    @Test
    void shouldChargeEveryFamilyItsOverhead() {
      try (Rig rig = Rig.usual()) {
        ControllerEnd controller = rig.session();
        controller.succeed(Nopen.udp(1, 0, LOCAL4, 0));
        controller.succeed(Nopen.udp(2, 0, new byte[16], 0));
        byte[] local6 = new byte[16];
        local6[15] = 1;
        controller.succeed(new Nsend(1, 4, 17, rig.clock() + HOUR, 0, LOCAL4, 9, new byte[5]));
        assertEquals(139 + 5, controller.readNumber(MemoryMap.BUFFER_USED, 4));
        controller.succeed(new Nsend(2, 6, 17, rig.clock() + HOUR, 0, local6, 9, new byte[5]));
        assertEquals(139 + 5 + 151 + 5, controller.readNumber(MemoryMap.BUFFER_USED, 4));
      }
    }

    @Test
    void shouldGiveTheBufferBackWhenTheLinkIsAbortedWithDataUndelivered() throws Exception {
      try (Rig rig = Rig.with().buffer(2_000_000).start();
          Peers.Tcp far = new Peers.Tcp(Rig.ip("127.0.0.1"));
          Peers.Udp sink = sink()) {
        for (int round = 0; round < 3; round++) {
          ControllerEnd controller = rig.session();
          controller.succeed(Nopen.tcpConnect(1, 0xFFFFFFFFL, new byte[4], 0, LOCAL4, far.port()));
          try (java.net.Socket peer = far.accept()) {
            controller.succeed(Nopen.udp(2, 0, LOCAL4, 0));
            controller.succeed(send(2, rig.clock() + HOUR, 7, sink, new byte[1_000]));
            controller.write(MemoryMap.socketField(1, MemoryMap.OFFSET_NOTIFICATION_MASK), new byte[] {0, (byte) (round == 0 ? 8 : 0)});
            controller.stopReading();
            Thread pouring =
                new Thread(
                    () -> {
                      try {
                        for (int i = 0; i < 20_000; i++) {
                          peer.getOutputStream().write(new byte[1_000]);
                        }
                      } catch (java.io.IOException e) {
                        return; // the endpoint has closed its socket
                      }
                    });
            pouring.setDaemon(true);
            pouring.start();
            Await.until("much is undelivered", () -> rig.buffer.used() > 1_500_000);
            controller.link.abort();
            rig.awaitEnded(round + 1);
            assertEquals(0, rig.buffer.used());
          }
        }
      }
    }
  }
}
