package org.pktlab.endpoint.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pktlab.protocol.MemoryMap;
import org.pktlab.protocol.Ncap;
import org.pktlab.protocol.Nclose;
import org.pktlab.protocol.Nctl;
import org.pktlab.protocol.Ndata;
import org.pktlab.protocol.Nopen;
import org.pktlab.protocol.Nsend;
import org.pktlab.protocol.Nstat;
import org.pktlab.protocol.Ntag;
import org.pktlab.protocol.SendError;
import org.pktlab.protocol.SocketState;
import org.pktlab.protocol.StatCode;
import org.pktlab.protocol.StatusCode;

/** UDP sockets of a session: protocol specification, sections 5, 7 and 9. */
class UdpSocketsTest {
  private static final byte[] ANY4 = new byte[4];
  private static final byte[] ANY6 = new byte[16];
  private static final byte[] LOCAL4 = {127, 0, 0, 1};

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static long number(ControllerEnd controller, int sktid, int offset, int octets) {
    return controller.readNumber(MemoryMap.socketField(sktid, offset), octets);
  }

  private static byte state(ControllerEnd controller, int sktid) {
    return (byte) number(controller, sktid, MemoryMap.OFFSET_STATE, 1);
  }

  private static Nsend send(int sktid, int tag, Peers.Udp to, byte[] data) {
    return new Nsend(sktid, to.address().length == 4 ? 4 : 6, 17, 0, tag, to.address(), to.port(), data);
  }

  @Nested
  class Exchange {
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void shouldReportResultThenTagThenReply(String host) {
      byte[] any = host.contains(":") ? ANY6 : ANY4;
      try (Rig rig = Rig.usual();
          Peers.Udp far = new Peers.Udp(Rig.ip(host))) {
        ControllerEnd controller = rig.session();
        controller.succeed(Nopen.udp(1, 10_000, any, 0));
        int port = (int) number(controller, 1, MemoryMap.OFFSET_LPORT, 2);
        long before = rig.clock();
        for (int round = 1; round <= 20; round++) {
          controller.send(send(1, round, far, text("ping")));
          assertArrayEquals(text("ping"), far.receive());
          far.send(text("pong"), port);
          controller.nextIsResult(StatusCode.SUCCESS);
          Ntag tag = controller.next(Ntag.class);
          assertEquals(List.of(1, round, 0), List.of(tag.sktid(), tag.tag(), tag.status()));
          Ndata data = controller.next(Ndata.class);
          assertArrayEquals(text("pong"), data.data());
          assertArrayEquals(far.address(), data.raddr());
          assertEquals(far.port(), data.rport());
          assertEquals(List.of(1, any.length == 4 ? 4 : 6, 17), List.of(data.sktid(), data.family(), data.proto()));
          assertTrue(Long.compareUnsigned(before, tag.timeNs()) < 0 && Long.compareUnsigned(tag.timeNs(), data.timeNs()) < 0);
        }
        assertEquals(0, number(controller, 1, MemoryMap.OFFSET_RBUFUSED, 4));
        assertEquals(0, controller.readNumber(MemoryMap.BUFFER_USED, 4));
      }
    }

    @Test
    void shouldCarryEmptyDatagramsBothWays() {
      try (Rig rig = Rig.usual();
          Peers.Udp far = new Peers.Udp(Rig.ip("127.0.0.1"))) {
        ControllerEnd controller = rig.session();
        controller.succeed(Nopen.udp(1, 1, LOCAL4, 0));
        controller.succeed(send(1, 9, far, new byte[0]));
        assertEquals(9, controller.next(Ntag.class).tag());
        assertEquals(0, far.receive().length);
        far.send(new byte[0], (int) number(controller, 1, MemoryMap.OFFSET_LPORT, 2));
        assertEquals(0, controller.next(Ndata.class).data().length);
        assertEquals(0, number(controller, 1, MemoryMap.OFFSET_DROPPED_UNITS, 4));
      }
    }

    @Test
    void shouldCarryTheLargestDatagram() {
      try (Rig rig = Rig.usual();
          Peers.Udp far = new Peers.Udp(Rig.ip("127.0.0.1"))) {
        ControllerEnd controller = rig.session();
        controller.succeed(Nopen.udp(1, 65_507, LOCAL4, 0));
        controller.succeed(send(1, 9, far, Peers.stream(0, 65_507)));
        assertEquals(StatusCode.SUCCESS, controller.next(Ntag.class).status());
        assertArrayEquals(Peers.stream(0, 65_507), far.receive());
        far.send(Peers.stream(7, 65_507), (int) number(controller, 1, MemoryMap.OFFSET_LPORT, 2));
        assertArrayEquals(Peers.stream(7, 65_507), controller.next(Ndata.class).data());
      }
    }

    @Test
    void shouldSendNoTagWhenNoneWasAskedFor() {
      try (Rig rig = Rig.usual();
          Peers.Udp far = new Peers.Udp(Rig.ip("127.0.0.1"))) {
        ControllerEnd controller = rig.session();
        controller.succeed(Nopen.udp(1, 1, LOCAL4, 0));
        controller.succeed(send(1, 0, far, text("a")));
        controller.succeed(send(1, 5, far, text("b")));
        assertEquals(5, controller.next(Ntag.class).tag());
        controller.succeed(new Nclose(1));
        controller.nothingMore();
      }
    }
  }

  @Nested
  class Drops {
    @Test
    void shouldCutAndDropExactlyWhatExceedsTheAllowance() {
      try (Rig rig = Rig.usual();
          Peers.Udp far = new Peers.Udp(Rig.ip("127.0.0.1"))) {
        ControllerEnd controller = rig.session();
        controller.succeed(Nopen.udp(1, 10, LOCAL4, 0));
        int port = (int) number(controller, 1, MemoryMap.OFFSET_LPORT, 2);
        controller.write(MemoryMap.socketField(1, MemoryMap.OFFSET_NOTIFICATION_MASK), new byte[] {0, 8});
        far.send(text("12345678"), port); // 8 fit
        far.send(text("abcde"), port); // 2 of 5 fit
        far.send(text("xyz"), port); // none of 3
        far.send(new byte[0], port); // no room, nothing lost but the datagram
        Await.until("three units are counted", () -> number(controller, 1, MemoryMap.OFFSET_DROPPED_UNITS, 4) == 3);
        assertEquals(3 + 3, number(controller, 1, MemoryMap.OFFSET_DROPPED_OCTETS, 4));
        assertEquals(10, number(controller, 1, MemoryMap.OFFSET_RBUFUSED, 4));
        controller.send(new org.pktlab.protocol.Mwrite(MemoryMap.socketField(1, MemoryMap.OFFSET_NOTIFICATION_MASK) & 0xFFFFFFFFL, new byte[2]));
        assertArrayEquals(text("12345678"), controller.next(Ndata.class).data());
        assertArrayEquals(text("ab"), controller.next(Ndata.class).data());
        controller.nextIsResult(StatusCode.SUCCESS);
        controller.nothingMore();
      }
    }

    @Test
    void shouldDropEverythingWhileTheAllowanceIsZeroAndReceiveAgainAfterwards() {
      try (Rig rig = Rig.usual();
          Peers.Udp far = new Peers.Udp(Rig.ip("127.0.0.1"))) {
        ControllerEnd controller = rig.session();
        controller.succeed(Nopen.udp(1, 0, LOCAL4, 0));
        int port = (int) number(controller, 1, MemoryMap.OFFSET_LPORT, 2);
        far.send(text("lost"), port);
        far.send(text("lost too"), port);
        Await.until("two units are counted", () -> number(controller, 1, MemoryMap.OFFSET_DROPPED_UNITS, 4) == 2);
        assertEquals(12, number(controller, 1, MemoryMap.OFFSET_DROPPED_OCTETS, 4));
        controller.write(MemoryMap.socketField(1, MemoryMap.OFFSET_RBUFSZ), new byte[] {0, 0, 0, 4});
        far.send(text("here"), port);
        assertArrayEquals(text("here"), controller.next(Ndata.class).data());
      }
    }

    @Test
    void shouldAccountForEveryDatagramWhenTheControllerDoesNotRead() {
      int count = 3_000;
      int size = 1_000;
      try (Rig rig = Rig.with().buffer(400_000).start();
          Peers.Udp far = new Peers.Udp(Rig.ip("127.0.0.1"))) {
        ControllerEnd controller = rig.session();
        controller.succeed(Nopen.udp(1, 0xFFFFFFFFL, LOCAL4, 0));
        int port = (int) number(controller, 1, MemoryMap.OFFSET_LPORT, 2);
        controller.write(MemoryMap.socketField(1, MemoryMap.OFFSET_NOTIFICATION_MASK), new byte[] {0, 8});
        for (int i = 0; i < count; i++) {
          byte[] data = new byte[size];
          ByteBuffer.wrap(data).putInt(i);
          far.send(data, port);
          if (i % 500 == 499) {
            number(controller, 1, MemoryMap.OFFSET_DROPPED_UNITS, 4); // lets the endpoint keep up, so that the kernel drops nothing
          }
        }
        long whole = 400_000 / (130 + size);
        Await.until("everything that came was held, cut or dropped", () -> number(controller, 1, MemoryMap.OFFSET_DROPPED_UNITS, 4) == count - whole);
        long used = number(controller, 1, MemoryMap.OFFSET_RBUFUSED, 4);
        assertEquals((long) count * size - used, number(controller, 1, MemoryMap.OFFSET_DROPPED_OCTETS, 4));
        assertTrue(rig.buffer.used() <= 400_000);
        controller.write(MemoryMap.socketField(1, MemoryMap.OFFSET_NOTIFICATION_MASK), new byte[2]);
        long received = 0;
        for (int i = 0; i < whole; i++) {
          Ndata data = controller.next(Ndata.class);
          assertEquals(i, ByteBuffer.wrap(data.data()).getInt());
          received += data.data().length;
        }
        Await.until("the buffer is empty", () -> controller.readNumber(MemoryMap.BUFFER_USED, 4) == 0);
        while (controller.arrivedCount() > 0) {
          received += controller.next(Ndata.class).data().length; // the one that was cut
        }
        assertEquals(used, received);
      }
    }
  }

  @Nested
  class Failures {
    @Test
    void shouldFailTheSocketWhenADatagramIsTooLong() {
      try (Rig rig = Rig.usual();
          Peers.Udp far = new Peers.Udp(Rig.ip("127.0.0.1"))) {
        ControllerEnd controller = rig.session();
        controller.succeed(Nopen.udp(1, 100, LOCAL4, 0));
        controller.succeed(Nopen.udp(2, 100, LOCAL4, 0));
        controller.send(send(1, 77, far, new byte[65_508]));
        controller.nextIsResult(StatusCode.SUCCESS);
        Nstat stat = controller.next(Nstat.class);
        assertEquals(List.of(1, 4, 17, StatCode.OTHER), List.of(stat.sktid(), stat.family(), stat.proto(), stat.code()));
        Ntag tag = controller.next(Ntag.class);
        assertEquals(List.of(77, StatusCode.EPKTNOTSENT), List.of(tag.tag(), tag.status()));
        assertEquals(SocketState.UNKFAULT, state(controller, 1));
        assertEquals(77, number(controller, 1, MemoryMap.OFFSET_SEND_ERROR_TAG, 2));
        assertEquals(SendError.BAD_PACKET, number(controller, 1, MemoryMap.OFFSET_SEND_ERROR, 1));
        assertEquals(0, controller.readNumber(MemoryMap.BUFFER_USED, 4));
        assertEquals(StatusCode.ESKTNOTOPEN, controller.status(send(1, 1, far, text("no"))));
        assertEquals(StatusCode.ESKTINUSE, controller.status(Nopen.udp(1, 100, LOCAL4, 0)));
        assertTrue(number(controller, 1, MemoryMap.OFFSET_LPORT, 2) > 0);
        controller.succeed(send(2, 3, far, text("the other lives")));
        assertEquals(3, controller.next(Ntag.class).tag());
        controller.succeed(new Nclose(1));
        controller.succeed(Nopen.udp(1, 100, LOCAL4, 0));
        assertEquals(SocketState.OPEN, state(controller, 1));
      }
    }

    @Test
    void shouldReportWhatLeftBeforeTheFailureAsSentAndWhatWasBehindItAsNotSent() {
      try (Rig rig = Rig.usual();
          Peers.Udp far = new Peers.Udp(Rig.ip("127.0.0.1"))) {
        ControllerEnd controller = rig.session();
        controller.succeed(Nopen.udp(1, 100, LOCAL4, 0));
        long due = rig.clock() + 100_000_000L;
        for (int tag = 1; tag <= 20; tag++) {
          byte[] data = tag == 9 ? new byte[65_508] : text("datagram " + tag);
          controller.succeed(new Nsend(1, 4, 17, due, tag, far.address(), far.port(), data));
        }
        for (int tag = 1; tag <= 8; tag++) {
          assertEquals(List.of(tag, 0), tagOf(controller.next(Ntag.class)));
          assertArrayEquals(text("datagram " + tag), far.receive());
        }
        assertEquals(StatCode.OTHER, controller.next(Nstat.class).code());
        for (int tag = 9; tag <= 20; tag++) {
          assertEquals(List.of(tag, StatusCode.EPKTNOTSENT), tagOf(controller.next(Ntag.class)));
        }
        assertEquals(9, number(controller, 1, MemoryMap.OFFSET_SEND_ERROR_TAG, 2));
      }
    }

    private List<Integer> tagOf(Ntag tag) {
      return List.of(tag.tag(), tag.status());
    }

    @Test
    void shouldAnswerOpeningsThatCannotBe() {
      try (Rig rig = Rig.usual();
          Peers.Udp far = new Peers.Udp(Rig.ip("127.0.0.1"))) {
        ControllerEnd controller = rig.session();
        assertEquals(StatusCode.EUDPNOPORT, controller.status(Nopen.udp(1, 1, LOCAL4, far.port())));
        assertEquals(StatusCode.ESKTNOADDR, controller.status(Nopen.udp(1, 1, new byte[] {(byte) 192, 0, 2, 1}, 0)));
        assertEquals(SocketState.FREE, state(controller, 1));
        controller.succeed(Nopen.udp(1, 1, LOCAL4, 0));
        assertEquals(StatusCode.ESKTINUSE, controller.status(Nopen.udp(1, 1, LOCAL4, 0)));
        assertEquals(StatusCode.ESKTINUSE, controller.status(Nopen.raw(1, 1, LOCAL4)));
        assertEquals(StatusCode.ESKTNOPROTO, controller.status(Nopen.raw(2, 1, LOCAL4)));
        assertEquals(StatusCode.ESKTNOTOPEN, controller.status(new Nclose(2)));
        controller.succeed(new Nclose(1));
        assertEquals(StatusCode.ESKTNOTOPEN, controller.status(new Nclose(1)));
        assertTrue(rig.refused("nopen", "socket 1"));
      }
    }

    @Test
    void shouldRefuseAFamilyOfWhichNoAddressIsExportedBeforeLookingAtTheProtocol() {
      ExportedHost only4 = new ExportedHost(Rig.host().ipv4(), List.of(), List.of(), List.of(), "");
      try (Rig rig = Rig.with().exported(only4).protocols(MemoryMap.PROTOCOL_UDP).start()) {
        ControllerEnd controller = rig.session();
        assertEquals(StatusCode.ESKTNOPRFAM, controller.status(Nopen.udp(1, 1, ANY6, 0)));
        assertEquals(StatusCode.ESKTNOPRFAM, controller.status(Nopen.tcpConnect(1, 1, ANY6, 0, ANY6, 9)));
        assertEquals(StatusCode.ESKTNOPROTO, controller.status(Nopen.tcpConnect(1, 1, ANY4, 0, LOCAL4, 9)));
        assertEquals(4, controller.readNumber(MemoryMap.PROTOCOLS, 4));
        controller.succeed(Nopen.udp(1, 1, ANY4, 0));
      }
    }

    @Test
    void shouldAnswerRequestsThatDoNotFitTheSocket() {
      try (Rig rig = Rig.usual();
          Peers.Udp far = new Peers.Udp(Rig.ip("127.0.0.1"));
          Peers.Udp far6 = new Peers.Udp(Rig.ip("::1"))) {
        ControllerEnd controller = rig.session();
        assertEquals(StatusCode.ESKTNOTOPEN, controller.status(send(1, 0, far, text("x"))));
        assertEquals(StatusCode.ESKTNOTOPEN, controller.status(new Ncap(1, 4, 0, 0, new byte[1])));
        assertEquals(StatusCode.ESKTNOMATCH, controller.status(new Nctl(1, 4, 6, 0, Nctl.FIN)));
        controller.succeed(Nopen.udp(1, 1, LOCAL4, 0));
        assertEquals(StatusCode.ESKTNOMATCH, controller.status(send(1, 0, far6, text("x"))));
        assertEquals(StatusCode.ESKTNOMATCH, controller.status(new Nsend(1, 4, 6, 0, 0, null, 0, text("x"))));
        assertEquals(StatusCode.ESKTNOMATCH, controller.status(new Ncap(1, 4, 0, 0, new byte[1])));
        assertEquals(StatusCode.ESKTNOMATCH, controller.status(new Nctl(1, 4, 6, 0, Nctl.FIN)));
        assertEquals(SocketState.OPEN, state(controller, 1));
      }
    }

    @Test
    void shouldTreatAMappedAddressAsOneOfIpv6() {
      byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 127, 0, 0, 1};
      try (Rig rig = Rig.usual()) {
        ControllerEnd controller = rig.session();
        int opened = controller.status(Nopen.udp(1, 1, mapped, 0));
        assertTrue(opened == StatusCode.ESKTNOADDR || opened == StatusCode.EUNKFAULT, "status " + opened);
        int connected = controller.status(Nopen.tcpConnect(2, 1, ANY6, 0, mapped, 9));
        assertTrue(connected == StatusCode.EUNKFAULT || connected == StatusCode.SUCCESS, "status " + connected);
        controller.succeed(Nopen.udp(3, 1, ANY6, 0));
        controller.succeed(new Nsend(3, 6, 17, 0, 1, mapped, 9, text("x")));
        controller.read(MemoryMap.CLOCK, 8);
      }
    }
  }
}
