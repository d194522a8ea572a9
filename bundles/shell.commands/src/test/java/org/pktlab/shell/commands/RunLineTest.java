package org.pktlab.shell.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunLineTest {
  @Test
  void shouldSplitTheLineAtTheMlet() {
    RunLine line = RunLine.parse("-n", "0x10", "--format", "csv", "--provenance", "--", "http-get", "-n", "1");
    assertEquals(new RunLine(16, null, "csv", true, "http-get", List.of("-n", "1")), line);
    assertEquals(new RunLine(1, null, "table", false, "dns", List.of()), RunLine.parse("dns"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-n", "-n 0 dns", "-n x dns", "--nonsense dns", "--format", "--"})
  void shouldRefuseAWrongLine(String words) {
    IllegalArgumentException failure = assertThrows(IllegalArgumentException.class, () -> RunLine.parse(words.split(" ")));
    assertTrue(failure.getMessage().length() > 10);
  }
}
