package org.pktlab.itests.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Packets that are consumed: the host of the vantage point sees none of them, and all others; and all of them again afterwards, however the endpoint ended. */
final class ConsumeTest {
  @RegisterExtension static final Testbed TESTBED = new Testbed();
  @RegisterExtension static final Lab LAB = new Lab();

  private static final String CONTROLLER = RawDeployment.CONTROLLER;
  private static final String HIDDEN = "10.9.0.1";
  private static final String OTHER = "10.9.0.2";
  private static final int PINGS = 5;

  private static RawDeployment deployment;
  private static Path endpoint;

  @BeforeAll
  static void configure() throws Exception {
    JavaRelease.NEWER.assume();
    deployment = RawDeployment.make(LAB);
    endpoint = new Deployment(deployment.endpoint().getParent()).variant(deployment.endpoint(), "consume.conf", text -> text + "\nAllowConsume 1\n");
  }

  /** A capture that consumes the echo replies of one address; two programs. */
  private record Running(Program run, Program vantage) {}

  private static Running consume(Path configuration, int seconds) throws Exception {
    Program run =
        LAB.pktlab(
            TESTBED, "ctl", JavaRelease.NEWER, "consume", "run", "-c", deployment.controller().toString(), "-a", CONTROLLER, "-p", CONTROLLER, "-n", "1",
            "--format", "jsonl", "--", "capture", "icmp and src host " + HIDDEN, "--consume", "--seconds", Integer.toString(seconds));
    run.await("listening on ");
    Program vantage = LAB.pktlab(TESTBED, "src", JavaRelease.NEWER, "consume-endpoint", "endpoint", "-c", configuration.toString(), CONTROLLER);
    return new Running(run, vantage);
  }

  /** Pings from the host of the vantage point, by its own means; returns how many replies its ping saw. */
  private static int ping(String target) throws Exception {
    Program ping = LAB.foreign("host-ping", TESTBED.in("src", List.of("ping", "-n", "-q", "-c", Integer.toString(PINGS), "-i", "0.05", "-W", "1", target)));
    ping.exit();
    String summary = ping.await(" received,");
    return Integer.parseInt(summary.replaceFirst(".*, (\\d+) received,.*", "$1"));
  }

  /** How many echo replies the host's own stack has seen. */
  private static long echoReplies() throws Exception {
    Program cat = LAB.foreign("snmp", TESTBED.in("src", List.of("cat", "/proc/net/snmp")));
    assertEquals(0, cat.exit());
    List<String> icmp = cat.out().stream().filter(line -> line.startsWith("Icmp: ")).toList();
    int column = Arrays.asList(icmp.get(0).split(" ")).indexOf("InEchoReps");
    return Long.parseLong(icmp.get(1).split(" ")[column]);
  }

  private static void awaitConsumption() throws Exception {
    Lab.until(
        "pings of " + HIDDEN + " stay without reply",
        () -> {
          try {
            return ping(HIDDEN) == 0;
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }

  @Test
  void shouldHideWhatTheFilterSaysAndNothingElseUntilItEnds() throws Exception {
    assertEquals(PINGS, ping(HIDDEN));
    Running running = consume(endpoint, 25);
    running.vantage().await(" running");
    awaitConsumption();

    long before = echoReplies();
    assertEquals(0, ping(HIDDEN));
    assertEquals(0, echoReplies() - before, "the host's stack saw consumed packets");
    assertEquals(PINGS, ping(OTHER));
    assertEquals(PINGS, echoReplies() - before, "the host's stack did not see the others");

    assertEquals(0, running.run().exit());
    List<JsonNode> rows = new ArrayList<>();
    for (String line : running.run().out()) {
      rows.add(new ObjectMapper().readTree(line));
    }
    long captured = rows.stream().filter(row -> row.path("from").asText().equals(HIDDEN)).count();
    assertTrue(captured >= 2 * PINGS, "only " + captured + " of the hidden packets were captured");
    assertEquals(0, rows.stream().filter(row -> row.path("from").asText().equals(OTHER)).count());
    assertEquals(0, running.vantage().exit());
    assertEquals(PINGS, ping(HIDDEN), "nothing is left in the kernel after a clean end");
  }

  @Test
  void shouldLeaveNothingInTheKernelWhenTheEndpointIsKilled() throws Exception {
    Running running = consume(endpoint, 120);
    running.vantage().await(" running");
    awaitConsumption();
    running.vantage().kill();
    assertEquals(PINGS, ping(HIDDEN));
    running.run().exit();
  }

  @Test
  void shouldRefuseToConsumeUnlessTheOperatorAllowsIt() throws Exception {
    Running running = consume(deployment.endpoint(), 5);
    assertEquals(4, running.run().exit());
    assertTrue(running.run().count("consume") > 0, "it does not say what was refused");
    assertEquals(PINGS, ping(HIDDEN));
  }
}
