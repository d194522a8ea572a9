package org.pktlab.shell.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pktlab.role.Refusal;
import org.pktlab.role.RoleStatus;
import org.pktlab.role.SessionStatus;

class RoleCommandsTest {
  private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");

  private final RoleCommands commands = new RoleCommands();

  private record Fixed(String role, List<SessionStatus> sessions, List<Refusal> refusals) implements RoleStatus {
    @Override
    public Map<String, String> info() {
      Map<String, String> info = new LinkedHashMap<>();
      info.put("role", role);
      info.put("key", "abcd");
      return info;
    }

    @Override
    public Map<String, Long> stats() {
      return Map.of("opened", 3L);
    }
  }

  @BeforeEach
  void addRoles() {
    Refusal early = new Refusal(NOON, "192.0.2.1", "xsub", "the certificate has expired");
    Refusal late = new Refusal(NOON.plusSeconds(1), "192.0.2.2", "nopen", "raw sockets are not offered");
    commands.addRole(new Fixed("endpoint", List.of(), List.of(late)));
    commands.addRole(new Fixed("broker", List.of(new SessionStatus(7, "publication", "192.0.2.9", "RUNNING", Instant.now(), "x")), List.of(early)));
  }

  private static String printed(Runnable command) {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      command.run();
    } finally {
      System.setOut(before);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void shouldTellRefusalsNewestFirst() {
    assertEquals(
        "WHEN                  ROLE      WHO        WHAT   WHY NOT\n"
            + "2026-11-01T12:00:01Z  endpoint  192.0.2.2  nopen  raw sockets are not offered\n"
            + "2026-11-01T12:00:00Z  broker    192.0.2.1  xsub   the certificate has expired\n",
        printed(commands::why));
  }

  @Test
  void shouldTellOfOneRoleWhenAsked() {
    assertEquals("ROLE    COUNTER  VALUE\nbroker  opened   3\n", printed(() -> commands.stats("broker")));
    assertEquals("role  endpoint\nkey   abcd\n", printed(() -> commands.info("endpoint")));
    assertEquals("no sessions\n", printed(() -> commands.sessions("endpoint")));
    assertEquals("broker", printed(() -> commands.sessions("broker")).lines().skip(1).findFirst().orElseThrow().split(" ")[0]);
  }

  @Test
  void shouldRefuseARoleThatDoesNotRun() {
    IllegalArgumentException failure = assertThrows(IllegalArgumentException.class, () -> commands.why("proxy"));
    assertEquals("no role proxy runs here; there are: broker, endpoint", failure.getMessage());
  }

  @ParameterizedTest
  @CsvSource({"0,0.0s", "1250,1.2s", "61000,1m01s", "3723000,1h02m", "180000000,2d02h", "-5,0.0s"})
  void shouldSayHowLong(long millis, String text) {
    assertEquals(text, RoleCommands.age(NOON, NOON.plusMillis(millis)));
  }
}
