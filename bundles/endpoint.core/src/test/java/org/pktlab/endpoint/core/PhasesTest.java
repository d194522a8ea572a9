package org.pktlab.endpoint.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pktlab.cert.CertificateLimits;
import org.pktlab.cert.DestinationRange;
import org.pktlab.cert.ProgramDigest;
import org.pktlab.cert.Rate;
import org.pktlab.link.LinkEnd;
import org.pktlab.protocol.Cdata;
import org.pktlab.protocol.Cont;
import org.pktlab.protocol.End;
import org.pktlab.protocol.Mread;
import org.pktlab.protocol.Mwrite;
import org.pktlab.protocol.Ncap;
import org.pktlab.protocol.Nclose;
import org.pktlab.protocol.Nctl;
import org.pktlab.protocol.Nopen;
import org.pktlab.protocol.Nsend;
import org.pktlab.protocol.Request;
import org.pktlab.protocol.Start;
import org.pktlab.protocol.StatusCode;
import org.pktlab.protocol.Unknown;
import org.pktlab.protocol.Yield;

/** The phases of a session: protocol specification, sections 2.3, 3, 4.1 and 4.2. */
class PhasesTest {
  private static final byte[] ANY4 = new byte[4];
  private static final byte[] PROGRAM = {1, 0, 'a', 's', 'm', 1, 0, 0, 0};

  @Nested
  class SetUp {
    @Test
    void shouldAnswerAHintThatIsNotUnderstoodWith24AndAProgramThatCannotRunWith20() {
      try (Rig rig = Rig.usual()) {
        ControllerEnd controller = rig.connect();
        assertEquals(StatusCode.ECRTBADHINT, controller.status(new Cdata("MONITOR", PROGRAM)));
        assertEquals(StatusCode.ECRTBADHINT, controller.status(new Cdata("", PROGRAM)));
        assertEquals(StatusCode.ECRTBADHDAT, controller.status(new Cdata("monitor", PROGRAM)));
        assertEquals(StatusCode.ECRTBADHDAT, controller.status(new Cdata("filter", PROGRAM)));
        assertEquals(StatusCode.ECRTBADHDAT, controller.status(new Cdata("monitor", new byte[0])));
        controller.succeed(new Start());
        controller.nothingMore();
      }
    }

    static Stream<Request> outOfPhase() {
      return Stream.of(
          new Mread(0x10010000L, 8),
          new Mwrite(0x20000440L, new byte[4]),
          Nopen.udp(1, 100, ANY4, 0),
          new Nclose(1),
          new Nsend(1, 4, 6, 0, 0, null, 0, new byte[0]),
          new Ncap(1, 4, 0, 0, new byte[1]),
          new Nctl(1, 4, 6, 0, 1),
          new Yield(0),
          new End(),
          new Cont());
    }

    @Test
    void shouldAnswerWhatBelongsToTheRunningPhaseWith11AndGoOn() {
      try (Rig rig = Rig.usual()) {
        ControllerEnd controller = rig.connect();
        outOfPhase().forEach(request -> assertEquals(StatusCode.ECTLNOTSUP, controller.status(request), request::toString));
        controller.succeed(new Start());
      }
    }

    @Test
    void shouldEndWithoutAMessageWhenSetUpTakesTooLong() {
      try (Rig rig = Rig.with().setup(TimeUnit.MILLISECONDS.toNanos(150)).start()) {
        ControllerEnd controller = rig.connect();
        assertEquals(StatusCode.ECRTBADHINT, controller.status(new Cdata("x", PROGRAM)));
        assertEquals(LinkEnd.Kind.PEER, controller.ended().kind());
        controller.nothingMore();
        rig.awaitEnded(1);
      }
    }

    @Test
    void shouldNotEndARunningSessionWhenTheTimeForSetUpIsOver() {
      try (Rig rig = Rig.with().setup(TimeUnit.MILLISECONDS.toNanos(150)).start()) {
        ControllerEnd controller = rig.session();
        long began = controller.readNumber(0x10010000, 8);
        Await.until("150 ms on the endpoint's clock", () -> controller.readNumber(0x10010000, 8) - began > 200_000_000L);
        assertFalse(controller.hasEnded());
      }
    }

    @Test
    void shouldRefuseStartWith21WhenAMonitorIsRequired() {
      CertificateLimits limits = CertificateLimits.builder().monitors(List.of(ProgramDigest.of(new byte[32]))).build();
      try (Rig rig = Rig.with().controllerChain(TestTrust.controllerChain(limits, Duration.ofHours(1))).start()) {
        ControllerEnd controller = rig.connect();
        assertEquals(StatusCode.ECRTBADHDAT, controller.status(new Cdata("monitor", PROGRAM)));
        assertEquals(StatusCode.ECRTNOHDAT, controller.status(new Start()));
        assertEquals(LinkEnd.Kind.PEER, controller.ended().kind());
        assertTrue(rig.refused("start", "monitor"));
        rig.awaitEnded(1);
      }
    }

    static Stream<Arguments> limits() {
      CertificateLimits.Builder none = CertificateLimits.builder();
      return Stream.of(
          Arguments.of("max_num_priority", none.maxPriority(5L).build()),
          Arguments.of("max_socket_count", CertificateLimits.builder().maxSockets(5L).build()),
          Arguments.of("max_exp_period", CertificateLimits.builder().maxRunTimeNs(5_000_000_000L).build()),
          Arguments.of("max_send_byte", CertificateLimits.builder().maxSendOctets(5L).build()),
          Arguments.of("max_send_pkt", CertificateLimits.builder().maxSendPackets(5L).build()),
          Arguments.of("max_recv_byte", CertificateLimits.builder().maxReceiveOctets(5L).build()),
          Arguments.of("max_recv_pkt", CertificateLimits.builder().maxReceivePackets(5L).build()),
          Arguments.of("max_burst_rate_byte", CertificateLimits.builder().octetRates(List.of(new Rate(10, 10))).build()),
          Arguments.of("max_burst_rate_pkt", CertificateLimits.builder().packetRates(List.of(new Rate(10, 10))).build()),
          Arguments.of("valid_dest", CertificateLimits.builder().destinations(List.of(new DestinationRange(new byte[] {10, 0, 0, 0}, 8))).build()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("limits")
    void shouldRefuseBeforeSetUpAChainWhoseLimitIsNotEnforced(String name, CertificateLimits limits) {
      try (Rig rig = Rig.with().controllerChain(TestTrust.controllerChain(limits, Duration.ofHours(1))).start()) {
        ControllerEnd controller = rig.connect();
        controller.send(new Start());
        assertEquals(LinkEnd.Kind.PEER, controller.ended().kind());
        controller.nothingMore();
        Await.until("the reason is noted", () -> rig.refused("session", "limit " + name + ","));
        rig.awaitEnded(1);
        rig.settleConductor();
        assertEquals(1, rig.idle.get());
      }
    }

    @Test
    void shouldEndTheSessionWhenTheCertificatesOfTheControllerExpire() {
      try (Rig rig = Rig.with().controllerChain(TestTrust.controllerChain(CertificateLimits.NONE, Duration.ofSeconds(3))).start()) {
        ControllerEnd controller = rig.session();
        controller.succeed(Nopen.udp(1, 100, ANY4, 0));
        controller.send(new Mread(0x10010000L, 8));
        controller.response();
        assertEquals(LinkEnd.Kind.PEER, controller.ended().kind());
        controller.nothingMore();
        rig.awaitEnded(1);
      }
    }
  }

  @Nested
  class Running {
    @Test
    void shouldAnswerWhatBelongsToSetUpAndTheUnusedRequestsWith11AndGoOn() {
      try (Rig rig = Rig.usual()) {
        ControllerEnd controller = rig.session();
        for (Request request : List.of(new Start(), new Cdata("monitor", PROGRAM), new End(), new Cont())) {
          assertEquals(StatusCode.ECTLNOTSUP, controller.status(request), request::toString);
        }
        assertEquals(8, controller.read(0x10010000, 8).length);
      }
    }

    @Test
    void shouldAnswerUnknownTypesWith11AndGoOn() {
      try (Rig rig = Rig.usual()) {
        ControllerEnd controller = rig.connect();
        controller.send(new Unknown(0x00, new byte[0]), new Unknown(0xF0, new byte[100_000]), new Start(), new Unknown(0x25, new byte[3]), new Mread(0x10010000L, 1));
        controller.nextIsResult(StatusCode.ECTLNOTSUP);
        controller.nextIsResult(StatusCode.ECTLNOTSUP);
        controller.nextIsResult(StatusCode.SUCCESS);
        controller.nextIsResult(StatusCode.ECTLNOTSUP);
        controller.next(org.pktlab.protocol.Mdata.class);
      }
    }

    @Test
    void shouldAnswerResponsesAndNotificationsThatAControllerMustNotSendWith11() {
      try (Rig rig = Rig.usual()) {
        ControllerEnd controller = rig.session();
        controller.sendFrames(new byte[] {0x40, 0, 0, 0}, new byte[] {0x68, 0, 0, 0});
        controller.nextIsResult(StatusCode.ECTLNOTSUP);
        controller.nextIsResult(StatusCode.ECTLNOTSUP);
      }
    }

    static Stream<byte[]> malformed() {
      return Stream.of(
          new byte[] {0x21, 0, 0, 1, 0}, // start with a body
          new byte[] {0x20, 0, 0, 0}, // cdata without one
          new byte[] {0x28, 0, 0, 6, 0x10, 0, 0, 0, 0, 0}, // mread of nothing
          new byte[] {0x28, 0, 0, 6, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0, 1}, // mread beyond the end
          new byte[] {0x2A, 0, 0, 12, 1, 4, 6, 0, 0, 0, 9, 0, 0, 0, 0, 0}, // nopen of TCP, neither form
          new byte[] {0x2B, 0, 0, 0},
          new byte[] {0x2E, 0, 0, 12, 1, 4, 17, 0, 0, 0, 0, 0, 0, 0, 0, 1}, // nctl of UDP
          new byte[] {0x40, 0, 0, 1, 0}); // a response, and malformed at that
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void shouldAnswerAMalformedMessageWith10AndThenCloseInEitherPhase(byte[] frame) {
      try (Rig rig = Rig.usual()) {
        ControllerEnd inSetUp = rig.connect();
        inSetUp.sendFrames(frame);
        inSetUp.nextIsResult(StatusCode.ECTLBADMSG);
        assertEquals(LinkEnd.Kind.PEER, inSetUp.ended().kind());
        ControllerEnd running = rig.session();
        running.sendFrames(frame, new byte[] {0x22, 0, 0, 0});
        running.nextIsResult(StatusCode.ECTLBADMSG);
        assertEquals(LinkEnd.Kind.PEER, running.ended().kind());
        running.nothingMore();
        rig.awaitEnded(2);
      }
    }

    @Test
    void shouldAnswerPipelinedRequestsInOrder() {
      try (Rig rig = Rig.usual()) {
        ControllerEnd controller = rig.session();
        controller.send(new Nclose(9), new Mread(0x10030000L, 3), Nopen.udp(9, 10, ANY4, 0), new End(), new Nclose(9), new Mread(0x10000002L, 4));
        controller.nextIsResult(StatusCode.ESKTNOTOPEN);
        assertEquals("van", new String(controller.next(org.pktlab.protocol.Mdata.class).data(), java.nio.charset.StandardCharsets.US_ASCII));
        controller.nextIsResult(StatusCode.SUCCESS);
        controller.nextIsResult(StatusCode.ECTLNOTSUP);
        controller.nextIsResult(StatusCode.SUCCESS);
        assertEquals(6, controller.next(org.pktlab.protocol.Mdata.class).data()[3]);
      }
    }

    @Test
    void shouldForgetEverythingWhenTheControllerCloses() {
      try (Rig rig = Rig.usual()) {
        ControllerEnd controller = rig.session();
        controller.succeed(Nopen.udp(1, 1000, ANY4, 0));
        long far = rig.clock() + 3_600_000_000_000L;
        for (int i = 0; i < 10; i++) {
          controller.succeed(new Nsend(1, 4, 17, far, 7, new byte[] {127, 0, 0, 1}, 9, new byte[100]));
        }
        assertEquals(10 * (139 + 100), controller.readNumber(0x10010014, 4));
        controller.close();
        rig.awaitEnded(1);
        assertEquals(0, rig.buffer.used());
        rig.settleConductor();
        assertEquals(1, rig.idle.get());
      }
    }
  }
}
