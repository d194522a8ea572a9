package org.pktlab.itests.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The C package in our place, and we in its, where raw sockets are used: its ping and traceroute with our endpoint, ours with its. */
@ExtendWith(PeerPresent.class)
final class RawPeerTest {
  @RegisterExtension static final Testbed TESTBED = new Testbed();
  @RegisterExtension static final Lab LAB = new Lab();

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CONTROLLER = RawDeployment.CONTROLLER;

  private static RawDeployment deployment;
  private static int port = 20_600;

  @BeforeAll
  static void configure() throws Exception {
    deployment = RawDeployment.make(LAB);
  }

  /** Runs an mlet of the C package at its manager, with our endpoint. The manager cannot listen where a connection of one before it has just been closed. */
  private static Program theirs(String mlet, String... arguments) throws Exception {
    String address = "10.0.0.1:" + ++port;
    List<String> command =
        new ArrayList<>(
            List.of(
                PeerPresent.file("bin/pktxpmgr"), "-c", deployment.controller().toString(), "-a", address, "-p", address, "-n", "1", "--",
                PeerPresent.file("mlets/" + mlet)));
    command.addAll(List.of(arguments));
    Program manager = LAB.foreign(mlet, TESTBED.in("ctl", command));
    Program endpoint = null;
    long begin = System.nanoTime();
    while (endpoint == null || endpoint.count(" running") == 0) { // the manager does not tell when it listens
      if (System.nanoTime() - begin > 30_000_000_000L) {
        throw new AssertionError("no session within 30 s");
      }
      endpoint = LAB.pktlab(TESTBED, "src", mlet + "-endpoint", "endpoint", "-c", deployment.endpoint().toString(), address);
      endpoint.exit();
    }
    manager.exit();
    return manager;
  }

  @Test
  void shouldServeThePingOfTheCPackage() throws Exception {
    Program manager = theirs("test_icmp_echo", "10.9.0.1");
    assertEquals(1, manager.out().stream().filter(line -> line.matches("Spent time \\(in ns\\) at endpoint \\(endpoint RTT\\): [1-9]\\d*")).count(), manager::tail);
  }

  @Test
  void shouldServeTheTracerouteOfTheCPackage() throws Exception {
    Program manager = theirs("test_pktif_traceroute", "-m", "6", "-t", "1", "10.9.0.1");
    assertTrue(manager.out().stream().anyMatch(line -> line.matches(" 1  10\\.1\\.0\\.2 .* ms.*")), manager::tail);
    assertTrue(manager.out().stream().anyMatch(line -> line.matches(" \\d+  10\\.9\\.0\\.1 .* ms.*")), manager::tail);
  }

  @Test
  void shouldPingFromTheEndpointOfTheCPackage() throws Exception {
    Program run =
        LAB.pktlab(
            TESTBED, "ctl", "ping", "run", "-c", deployment.controller().toString(), "-a", CONTROLLER, "-p", CONTROLLER, "-n", "1", "--format", "jsonl", "--",
            "ping", "10.9.0.1", "-c", "3", "-i", "0.05");
    run.await("listening on ");
    LAB.foreign("c-endpoint", TESTBED.in("src", List.of(PeerPresent.file("bin/pktendpt"), "-c", deployment.peersEndpoint().toString(), CONTROLLER)));
    assertEquals(0, run.exit());
    List<JsonNode> replies = new ArrayList<>();
    for (String line : run.out()) {
      JsonNode row = JSON.readTree(line);
      if (row.path("rtt_ms").isNumber()) {
        replies.add(row);
      }
    }
    assertTrue(replies.size() >= 3, run::tail);
  }
}
