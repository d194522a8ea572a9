package org.pktlab.controller.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pktlab.cert.ProgramDigest;
import org.pktlab.controller.EndpointSession;
import org.pktlab.controller.Experiment;
import org.pktlab.controller.ExperimentListener;
import org.pktlab.controller.ExperimentRefusedException;
import org.pktlab.controller.ExperimentRequest;
import org.pktlab.link.LinkHandler;
import org.pktlab.program.Program;
import org.pktlab.protocol.Cdata;
import org.pktlab.protocol.Mread;
import org.pktlab.protocol.Ntag;
import org.pktlab.protocol.Result;
import org.pktlab.protocol.Start;
import org.pktlab.protocol.StatusCode;

/** Endpoints arrive, are set up, counted and handed over: manager specification, section 4; rendezvous specification, section 11. */
class SessionsTest {
  @TempDir Path directory;
  private Pki pki;
  private Configured usual;
  private ControllerRole role;
  private final Stage.Told told = new Stage.Told();

  @BeforeEach
  void write() throws Exception {
    pki = new Pki(directory);
    usual = Configured.usual(pki);
  }

  @AfterEach
  void stop() {
    if (role != null) {
      role.stop();
      Await.until("every experiment has ended", () -> role.stats().get("experiments running") == 0);
    }
  }

  private Experiment start(Configured configuration, long sessions) throws ExperimentRefusedException {
    role = Stage.controller(configuration);
    return role.start(request(sessions), told);
  }

  private static ExperimentRequest request(long sessions) {
    return new ExperimentRequest(sessions, null, null, null);
  }

  private Conversation started(Experiment experiment) throws Exception {
    Conversation endpoint = Stage.endpoint(experiment.listenAddress(), null);
    endpoint.next(Start.class);
    endpoint.send(Result.SUCCESS);
    return endpoint;
  }

  @Nested
  class Keys {
    @Test
    void shouldServeTheDefaultEntryToWhoeverNamesNoneAndRefuseUnknownNames() throws Exception {
      Experiment experiment = start(usual.entries(pki.entry(false, "one", "", ""), pki.entry(true, "two", "", "")), 10);
      Conversation without = Stage.endpoint(experiment.listenAddress(), null);
      without.next(Start.class);
      Conversation one = Stage.endpoint(experiment.listenAddress(), "one");
      one.next(Start.class);
      assertTrue(Stage.endpointRefused(experiment.listenAddress(), "three").startsWith("HANDSHAKE"));
      Await.until("the refusal is told", () -> !told.refused.isEmpty());
      assertEquals(1, role.refusals().size());
    }

    @Test
    void shouldRefuseWhoeverNamesNoneWhenThereIsNoDefaultEntry() throws Exception {
      Experiment experiment = start(usual.entries(pki.entry(false, "one", "", "")), 10);
      assertTrue(Stage.endpointRefused(experiment.listenAddress(), null).startsWith("HANDSHAKE"));
      Stage.endpoint(experiment.listenAddress(), "one").next(Start.class);
    }

    @Test
    void shouldGiveEachExperimentItsOwnRandomKeyWhenNoneIsConfigured() throws Exception {
      int port = freePort();
      role = Stage.controller(usual.with("Listen", "0.0.0.0:" + port).entries(pki.entry(false, "", "", "")));
      Stage.Told other = new Stage.Told();
      Experiment first = role.start(request(1), told);
      Experiment second = role.start(request(1), other);
      String firstKey = key(first);
      String secondKey = key(second);
      assertFalse(firstKey.equals(secondKey));
      Conversation toSecond = Stage.endpoint("127.0.0.1:" + port, secondKey);
      toSecond.next(Start.class);
      toSecond.send(Result.SUCCESS);
      other.session();
      Conversation toFirst = Stage.endpoint("127.0.0.1:" + port, firstKey);
      toFirst.next(Start.class);
      toFirst.send(Result.SUCCESS);
      told.session();
    }

    private String key(Experiment experiment) {
      String text = experiment.descriptors().get(0);
      return text.substring(text.indexOf("sni_key=") + 8, text.lastIndexOf(';'));
    }

    private int freePort() throws Exception {
      try (java.net.ServerSocket reserved = new java.net.ServerSocket(0)) {
        return reserved.getLocalPort();
      }
    }

    @Test
    void shouldRefuseASecondExperimentWithAConfiguredKeyUntilTheFirstHasEnded() throws Exception {
      Experiment first = start(usual.entries(pki.entry(false, "one", "", "")), 1);
      String message = assertThrows(ExperimentRefusedException.class, () -> role.start(request(1), new Stage.Told())).getMessage();
      assertTrue(message.contains("in use by experiment " + first.id()), message);
      first.stop();
      told.awaitEnded();
      role.start(request(1), new Stage.Told());
    }

    @Test
    void shouldSayThatItCannotListen() throws Exception {
      try (java.net.ServerSocket taken = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
        role = Stage.controller(usual);
        for (String[] pair : new String[][] {
          {"127.0.0.1:" + taken.getLocalPort(), "cannot listen on 127.0.0.1:" + taken.getLocalPort()},
          {"no-such-host.invalid", "does not resolve"},
          {"1:2:3", "expected HOST or HOST:PORT"}
        }) {
          ExperimentRequest request = new ExperimentRequest(1, null, pair[0], null);
          String message = assertThrows(ExperimentRefusedException.class, () -> role.start(request, told)).getMessage();
          assertTrue(message.contains(pair[1]), message);
        }
        assertEquals(0L, role.stats().get("experiments running"));
      }
    }
  }

  @Nested
  class SetUp {
    private final byte[] moduleA = {0, 'a', 's', 'm', 1, 0, 0, 0};
    private final byte[] moduleB = {0, 'a', 's', 'm', 1, 0, 0, 0, 0, 2, 1, 'b'};

    private Configured withMonitors(byte[]... modules) throws Exception {
      Path programs = Files.createDirectory(directory.resolve("programs"));
      ProgramDigest[] digests = new ProgramDigest[modules.length];
      for (int i = 0; i < modules.length; i++) {
        Files.write(programs.resolve("m" + i + ".wasm"), modules[i]);
        digests[i] = ProgramDigest.of(Program.parseFile("m.wasm", modules[i]).digest());
      }
      pki.certificate("privilege.cert", Pki.privilege(List.of(digests[1], ProgramDigest.of(new byte[32]), digests[0])));
      return usual.with("ProgramDirPath", programs.toString());
    }

    @Test
    void shouldDeliverKnownProgramsInTheOrderOfTheCertificateOneByOneAndThenStart() throws Exception {
      Experiment experiment = start(withMonitors(moduleA, moduleB), 1);
      Conversation endpoint = Stage.endpoint(experiment.listenAddress(), null);
      Cdata first = endpoint.next(Cdata.class);
      assertEquals("monitor", first.hint());
      assertArrayEquals(Program.parseFile("m.wasm", moduleB).encode(), first.data());
      endpoint.nothingMore();
      endpoint.send(Result.SUCCESS);
      assertArrayEquals(Program.parseFile("m.wasm", moduleA).encode(), endpoint.next(Cdata.class).data());
      endpoint.nothingMore();
      endpoint.send(Result.SUCCESS);
      endpoint.next(Start.class);
      endpoint.send(Result.SUCCESS, new Ntag(1, 2, 3, 0));
      assertEquals(2, told.session().next(Ntag.class).tag());
      assertEquals(Pki.ENDPOINT.publicKey().keyId().toString(), told.numbers.get(0).endpointKeyId());
    }

    @Test
    void shouldCloseWhenAProgramOrStartIsRefusedAndNotCountThat() throws Exception {
      Experiment experiment = start(withMonitors(moduleA, moduleB), 1);
      Conversation first = Stage.endpoint(experiment.listenAddress(), null);
      first.next(Cdata.class);
      first.send(Result.of(StatusCode.ECRTBADHDAT));
      first.ended();
      assertTrue(told.awaitRefused().contains("refused a monitor program: ECRTBADHDAT"));
      Conversation second = Stage.endpoint(experiment.listenAddress(), null);
      for (int i = 0; i < 2; i++) {
        second.next(Cdata.class);
        second.send(Result.SUCCESS);
      }
      second.next(Start.class);
      second.send(Result.of(StatusCode.ECRTNOHDAT));
      second.ended();
      Await.until("the refusal is told", () -> told.refused.size() == 2);
      assertTrue(told.refused.get(1).contains("refused start: ECRTNOHDAT"));
      assertTrue(told.ended.isEmpty());
      assertEquals(2, role.refusals().size());
    }

    @Test
    void shouldCloseOnAnythingButAResultAndWhenNothingComes() throws Exception {
      Experiment experiment = start(usual, 1);
      Conversation first = Stage.endpoint(experiment.listenAddress(), null);
      first.next(Start.class);
      first.send(new Ntag(1, 2, 3, 0));
      first.ended();
      assertTrue(told.awaitRefused().contains("unexpected message during set-up"));
      Conversation second = Stage.endpoint(experiment.listenAddress(), null);
      second.next(Start.class);
      second.sendFrame((byte) 0x40, (byte) 0, (byte) 0, (byte) 1, (byte) 0);
      second.ended();
      Conversation third = Stage.endpoint(experiment.listenAddress(), null);
      third.next(Start.class);
      third.link.close();
      Conversation silent = Stage.endpoint(experiment.listenAddress(), null);
      silent.next(Start.class);
      silent.ended();
      Await.until("all are told", () -> told.refused.size() == 4);
      assertTrue(told.refused.get(1).contains("malformed"));
      assertTrue(told.refused.get(2).contains("ended the session during set-up"));
      assertTrue(told.refused.get(3).contains("no answer to our set-up within 1500 ms"));
      started(experiment);
      told.session();
    }
  }

  @Nested
  class Counting {
    @Test
    void shouldServeAsManySessionsAsAskedForAndEndWithTheLastOfThem() throws Exception {
      Experiment experiment = start(usual, 2);
      String address = experiment.listenAddress();
      Conversation first = started(experiment);
      Conversation firstSession = told.session();
      firstSession.send(new Mread(0x10010000L, 8));
      assertEquals(8, first.next(Mread.class).length());
      started(experiment);
      Conversation secondSession = told.session();
      assertEquals(List.of(1L, 2L), told.numbers.stream().map(EndpointSession::number).toList());
      Await.until("the experiment takes nobody in any more", () -> "ENDING".equals(role.sessions().get(0).state()));
      String refusal = Stage.endpointRefused(address, null);
      assertTrue(refusal.startsWith("CONNECT") || refusal.startsWith("HANDSHAKE"), refusal);
      assertTrue(told.ended.isEmpty());
      first.link.close();
      firstSession.ended();
      secondSession.link.close();
      assertEquals("every session asked for was served", told.awaitEnded());
      assertEquals(0, role.sessions().size());
      assertEquals(1L, role.stats().get("experiments ended"));
    }

    @Test
    void shouldNotLetInMoreThanAreAskedForWhileOthersAreBeingSetUp() throws Exception {
      Experiment experiment = start(usual, 1);
      Conversation first = Stage.endpoint(experiment.listenAddress(), null);
      first.next(Start.class);
      Conversation second = Stage.endpoint(experiment.listenAddress(), null);
      second.ended();
      second.nothingMore();
      first.send(Result.of(StatusCode.ECRTNOHDAT));
      first.ended();
      Await.until("there is room again", () -> told.refused.size() == 1);
      started(experiment);
      told.session();
    }

    @Test
    void shouldLetRunningSessionsGoOnWhenStoppedAndCloseThemWhenAborted() throws Exception {
      Experiment experiment = start(usual, 10);
      Conversation running = started(experiment);
      told.session();
      Conversation inSetUp = Stage.endpoint(experiment.listenAddress(), null);
      inSetUp.next(Start.class);
      experiment.stop();
      experiment.stop();
      assertTrue(told.ended.isEmpty());
      assertFalse(running.hasEnded());
      experiment.abort();
      running.ended();
      inSetUp.ended();
      assertEquals("stopped", told.awaitEnded());
      assertEquals(1, told.ended.size());
    }

    @Test
    void shouldEndAtOnceWhenStoppedWithoutSessions() throws Exception {
      start(usual, 10).stop();
      assertEquals("stopped", told.awaitEnded());
    }

    @Test
    void shouldCloseASessionWhoseReceiverFails() throws Exception {
      role = Stage.controller(usual);
      Stage.Told rest = new Stage.Told();
      Experiment experiment =
          role.start(
              request(1),
              new ExperimentListener() {
                @Override
                public LinkHandler onSession(EndpointSession session) {
                  throw new IllegalStateException("nobody is there");
                }

                @Override
                public void onEnded(String reason) {
                  rest.onEnded(reason);
                }
              });
      Conversation endpoint = started(experiment);
      endpoint.ended();
      rest.awaitEnded();
    }

    @Test
    void shouldShowExperimentsAndSessions() throws Exception {
      Experiment experiment = start(usual, 3);
      started(experiment);
      told.session();
      assertEquals(List.of("experiment", "session"), role.sessions().stream().map(status -> status.kind()).toList());
      assertTrue(role.sessions().get(0).detail().startsWith("sessions=1 running=1"));
      assertEquals("controller", role.role());
      assertEquals(1L, role.stats().get("endpoint connections"));
    }
  }
}
