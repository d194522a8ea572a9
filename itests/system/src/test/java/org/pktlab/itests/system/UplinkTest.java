package org.pktlab.itests.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The uplink experiment over a link of known rate, and what the session itself sends meanwhile: nothing. */
final class UplinkTest {
  @RegisterExtension static final Testbed TESTBED = new Testbed("10mbit");
  @RegisterExtension static final Lab LAB = new Lab();

  private static final String CONTROLLER = RawDeployment.CONTROLLER;
  private static final long SECOND = 1_000_000_000L;

  private static RawDeployment deployment;

  @BeforeAll
  static void configure() throws Exception {
    deployment = RawDeployment.make(LAB);
  }

  @Test
  void shouldFindTheRateOfTheSlowLinkWithoutDisturbingTheTrain() throws Exception {
    assumeTrue(Testbed.has("tcpdump"), "optional: tcpdump is not installed");
    Program dump =
        LAB.foreign("tcpdump", TESTBED.in("src", List.of("tcpdump", "-l", "-n", "-tt", "--nano", "-i", "w0", "tcp", "port", CONTROLLER.substring(CONTROLLER.indexOf(':') + 1))));
    dump.await("listening on");
    Program run =
        LAB.pktlab(
            TESTBED, "ctl", "uplink", "run", "-c", deployment.controller().toString(), "-a", CONTROLLER, "-p", CONTROLLER, "-n", "1", "--format", "jsonl", "--",
            "uplink", "10.9.0.1", "-c", "60", "-s", "1000", "-n", "2", "-w", "1");
    run.await("listening on ");
    Program vantage = LAB.pktlab(TESTBED, "src", "uplink-endpoint", "endpoint", "-c", deployment.endpoint().toString(), CONTROLLER);
    assertEquals(0, run.exit());
    assertEquals(0, vantage.exit());
    dump.close();

    List<JsonNode> trains = new ArrayList<>();
    for (String line : run.out()) {
      JsonNode row = new ObjectMapper().readTree(line);
      if (row.get("kind").asText().equals("train")) {
        trains.add(row);
      }
    }
    assertEquals(2, trains.size(), run::tail);
    List<Long> control = new ArrayList<>();
    for (String line : dump.out()) {
      if (line.matches("\\d+\\.\\d+ IP .*")) {
        control.add(new BigDecimal(line.substring(0, line.indexOf(' '))).movePointRight(9).longValueExact());
      }
    }
    assertTrue(control.size() > 20, "the session itself was captured");
    for (JsonNode train : trains) {
      assertEquals("path", train.get("limit").asText(), train::toString);
      // 1,000 octets of IP take 1,014 on the link.
      assertEquals(10 * 1000 / 1014.0, train.get("mbit_s").asDouble(), 0.7, train::toString);
      assertTrue(train.get("undisturbed").asBoolean(), train::toString);
      long begin = train.get("tx_ns").asLong();
      long meanwhile = control.stream().filter(time -> time >= begin && time < begin + SECOND).count();
      assertEquals(0, meanwhile, "packets of the session while the train ran");
    }
  }
}
