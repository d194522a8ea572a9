package org.pktlab.launcher;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CommandLineTest {
  private record Result(int status, String out, String err) {}

  private static Result execute(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Pktlab.commandLine(arguments);
    line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int status = line.execute(arguments);
    return new Result(status, out.toString(), err.toString());
  }

  private static Map<String, Object> request(String... arguments) throws Exception {
    CommandLine line = Pktlab.commandLine(arguments);
    CommandLine run = line.parseArgs(arguments).subcommand().commandSpec().commandLine();
    return ((RunCommand) run.getCommand()).request();
  }

  @Test
  void shouldGiveWhatFollowsTheMletToTheMlet() throws Exception {
    Map<String, Object> request = request("run", "-n", "0x10", "-i", "host*", "http-get", "-n", "3", "--help", "--", "x");
    assertEquals("http-get", request.get("mlet"));
    assertArrayEquals(new String[] {"-n", "3", "--help", "--", "x"}, (String[]) request.get("arguments"));
    assertEquals(16L, request.get("sessions"));
    assertEquals("host*", request.get("hostId"));
  }

  @Test
  void shouldTakeTwoDashesBeforeTheMlet() throws Exception {
    Map<String, Object> request = request("run", "-a", "127.0.0.1", "-p", "[::1]:7", "--", "dns", "-t", "A", "example.net");
    assertEquals("dns", request.get("mlet"));
    assertArrayEquals(new String[] {"-t", "A", "example.net"}, (String[]) request.get("arguments"));
    assertEquals("127.0.0.1:20556", request.get("listen"));
    assertEquals("[::1]:7", request.get("published"));
    assertEquals(Long.MAX_VALUE, request.get("sessions"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nonsense", "run", "run -n 0 dns", "run -x dns", "run -s dns", "endpoint -m f", "endpoint a b", "broker x", "endpoint -c"})
  void shouldAnswerAWrongCommandLineWithStatusTwoAndOneReason(String words) {
    Result result = execute(words.isEmpty() ? new String[0] : words.split(" "));
    assertEquals(CommandFailure.USAGE, result.status(), result.err());
    assertTrue(result.err().startsWith("pktlab: "), result.err());
    assertTrue(result.err().lines().count() <= 2, result.err());
  }

  @Test
  void shouldSayWhichConfigurationFileIsMissing() {
    Result result = execute("broker", "-c", "no/such/file");
    assertEquals(CommandFailure.USAGE, result.status());
    assertEquals("pktlab: the configuration file no/such/file does not exist\n", result.err());
  }

  @Test
  void shouldHaveHelpForEveryCommand() {
    for (String command : List.copyOf(Pktlab.commandLine().getSubcommands().keySet())) {
      Result result = execute(command, "--help");
      assertEquals(0, result.status(), command);
      assertTrue(result.out().startsWith("Usage: pktlab " + command), result.out());
    }
  }
}
