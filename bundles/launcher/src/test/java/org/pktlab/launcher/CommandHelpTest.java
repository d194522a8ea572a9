package org.pktlab.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every command for credentials, messages and filters says how it is used and how it ends. */
class CommandHelpTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "init", "key", "key generate", "key show", "key public", "cert", "cert request", "cert sign", "cert show", "cert verify", "message", "message decode",
        "message encode", "filter", "filter check", "filter show", "filter run", "filter compile"
      })
  void shouldShowUsageAndExitStatus(String command) {
    Invocation run = Invocation.of((command + " --help").split(" "));
    assertEquals(0, run.status());
    assertEquals("", run.err());
    assertTrue(run.out().contains("Usage: pktlab " + command), run.out());
    assertTrue(run.out().contains("Exit status:"), run.out());
    if (!command.equals("key") && !command.equals("cert") && !command.equals("message") && !command.equals("filter")) {
      assertTrue(run.out().contains("Example"), run.out());
    }
  }
}
