package org.pktlab.controller.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pktlab.cert.ProgramDigest;
import org.pktlab.controller.Experiment;
import org.pktlab.controller.ExperimentRequest;
import org.pktlab.endpoint.core.TestVantage;
import org.pktlab.protocol.Mdata;
import org.pktlab.protocol.Mread;
import org.pktlab.protocol.Ndata;
import org.pktlab.protocol.Nopen;
import org.pktlab.protocol.Nsend;
import org.pktlab.protocol.Ntag;
import org.pktlab.protocol.Result;
import org.pktlab.protocol.Yield;
import org.pktlab.rendezvous.Descriptor;

/** The endpoint's own sessions against the controller's own, over TLS. */
class EndpointMeetsControllerTest {
  @TempDir Path directory;
  private Pki pki;
  private TestVantage vantage;
  private ControllerRole role;
  private final Stage.Told told = new Stage.Told();

  @BeforeEach
  void start() throws Exception {
    pki = new Pki(directory);
    vantage = new TestVantage(Stage.farLinks(), Pki.ENDPOINT, List.of(Pki.REPRESENTATION.der()), List.of(Pki.OPERATOR.publicKey()));
  }

  @AfterEach
  void stop() {
    role.stop();
    vantage.close();
  }

  private Experiment experiment(long sessions) throws Exception {
    role = Stage.controller(Configured.usual(pki));
    Experiment experiment = role.start(new ExperimentRequest(sessions, null, null, null), told);
    vantage.offer(Descriptor.parse(experiment.descriptors().get(0)));
    return experiment;
  }

  @Test
  void shouldMeasureThroughAUdpSocket() throws Exception {
    experiment(1);
    Conversation session = told.session();
    try (DatagramSocket far = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      far.setSoTimeout(5_000);
      session.send(new Mread(0x10030000L, 7));
      assertEquals("meeting", new String(session.next(Mdata.class).data(), StandardCharsets.US_ASCII));
      session.send(Nopen.udp(1, 1_000, new byte[4], 0), new Nsend(1, 4, 17, 0, 5, new byte[] {127, 0, 0, 1}, far.getLocalPort(), new byte[] {1, 2, 3}));
      session.next(Result.class);
      session.next(Result.class);
      assertEquals(5, session.next(Ntag.class).tag());
      DatagramPacket packet = new DatagramPacket(new byte[100], 100);
      far.receive(packet);
      far.send(new DatagramPacket(new byte[] {9, 8}, 2, new InetSocketAddress("127.0.0.1", packet.getPort())));
      assertArrayEquals(new byte[] {9, 8}, session.next(Ndata.class).data());
    }
    session.link.close();
    assertEquals("every session asked for was served", told.awaitEnded());
    Await.until("the endpoint is done", () -> vantage.completed() == 1);
    assertEquals(0, vantage.bufferUsed());
  }

  @Test
  void shouldComeBackAsANewSessionAfterAYield() throws Exception {
    experiment(2);
    Conversation first = told.session();
    first.send(new Yield(0));
    assertEquals(Result.SUCCESS, first.next(Result.class));
    first.ended();
    Conversation second = told.session();
    second.link.close();
    told.awaitEnded();
    Await.until("the endpoint is done", () -> vantage.completed() == 1);
  }

  @Test
  void shouldPartWhenAMonitorIsDemandedThatTheEndpointCannotRun() throws Exception {
    pki.certificate("privilege.cert", Pki.privilege(List.of(ProgramDigest.of(new byte[32]))));
    experiment(1);
    assertTrue(told.awaitRefused().contains("refused start: ECRTNOHDAT"), told.refused.toString());
    Await.until("the endpoint is done", () -> vantage.completed() == 1);
    assertTrue(vantage.refusals().stream().anyMatch(reason -> reason.startsWith("start: ")));
    assertTrue(told.ended.isEmpty());
  }
}
