package org.pktlab.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShellProtocolTest {
  @Test
  void shouldCopyTheAnswerAndReturnItsStatus() throws Exception {
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    ByteArrayInputStream answer = new ByteArrayInputStream("two\nlines\n\0001\n".getBytes(StandardCharsets.UTF_8));
    int status = ShellCommand.execute("pktlab:sessions\nx", answer, sent, new PrintStream(shown, true, StandardCharsets.UTF_8));
    assertEquals(1, status);
    assertEquals("two\nlines\n", shown.toString(StandardCharsets.UTF_8));
    assertEquals("pktlab:sessions x\n", sent.toString(StandardCharsets.UTF_8));
  }

  @Test
  void shouldTellWhenTheRoleEndsInTheMiddle() {
    ByteArrayInputStream answer = new ByteArrayInputStream("half".getBytes(StandardCharsets.UTF_8));
    assertThrows(IOException.class, () -> ShellCommand.execute("x", answer, new ByteArrayOutputStream(), new PrintStream(new ByteArrayOutputStream())));
  }

  @Test
  void shouldChooseTheRoleThatIsMeant() throws Exception {
    List<Path> running = List.of(Path.of("/run/broker-12"), Path.of("/run/endpoint-13"), Path.of("/run/endpoint-14"));
    assertEquals(Path.of("/run/broker-12"), ShellCommand.choose(running, "broker"));
    assertEquals(Path.of("/run/endpoint-14"), ShellCommand.choose(running, "endpoint-14"));
    assertEquals(CommandFailure.USAGE, assertThrows(CommandFailure.class, () -> ShellCommand.choose(running, "endpoint")).status());
    assertEquals(CommandFailure.FAILED, assertThrows(CommandFailure.class, () -> ShellCommand.choose(running, "controller")).status());
    assertEquals(CommandFailure.USAGE, assertThrows(CommandFailure.class, () -> ShellCommand.choose(running, null)).status());
    assertEquals(Path.of("/run/broker-12"), ShellCommand.choose(running.subList(0, 1), null));
  }
}
