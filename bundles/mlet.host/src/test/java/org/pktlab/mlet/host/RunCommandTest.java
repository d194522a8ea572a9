package org.pktlab.mlet.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.pktlab.mlet.run.RunListener;

@Timeout(30)
class RunCommandTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final ScriptedController controller = new ScriptedController().with(new ScriptedEndpoint());
  private final RunHost host =
      RunHostTest.host(controller, new RunHostTest.TestMlet((vantage, arguments, results) -> results.row().set("n", 5).emit()));

  /** A configuration as the component runtime makes it: given values, defaults for the rest. */
  private static RunCommand.Configuration configuration(Map<String, Object> values) {
    return (RunCommand.Configuration)
        Proxy.newProxyInstance(
            RunCommand.Configuration.class.getClassLoader(),
            new Class<?>[] {RunCommand.Configuration.class},
            (proxy, method, arguments) -> values.getOrDefault(method.getName(), method.getDefaultValue()));
  }

  private int call(Map<String, Object> values) {
    RunCommand command = new RunCommand(host, configuration(values), new PrintStream(out, true), new PrintStream(err, true));
    command.bindController(controller);
    return command.call();
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void shouldWriteRowsToStandardOutputAndTheRestToStandardError() {
    assertEquals(0, call(Map.of("mlet", "test", "format", "plain")));
    assertEquals("[n, took]\n[5, null]\n", out());
    assertEquals("run: listening on 127.0.0.1:20556\nrun: all sessions have ended\n", err());
    assertEquals(Long.MAX_VALUE, controller.request().sessions());
    assertEquals(null, controller.request().hostId());
  }

  @Test
  void shouldTakeOutputOptionsFromTheMletsWords(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("rows.txt");
    assertEquals(0, call(Map.of("mlet", "test", "format", "xml", "arguments", new String[] {"--format", "plain", "--out=" + file})));
    assertEquals("[n, took]\n[5, null]\n", Files.readString(file));
    assertEquals(2, call(Map.of("mlet", "test", "arguments", new String[] {"--out"})));
    assertTrue(err().endsWith("run: --out needs a value\n"), err());
    org.pktlab.mlet.Declaration declaration =
        org.pktlab.mlet.Declaration.of("x", "").parameter(org.pktlab.mlet.Parameter.text("out", "its own")).build();
    OutputOptions options =
        OutputOptions.of(declaration, java.util.List.of("--out", "a", "--provenance", "--", "--format", "b"), "", "t.pcapng", false);
    assertEquals(new OutputOptions("pcapng", "t.pcapng", true, java.util.List.of("--out", "a", "--", "--format", "b")), options);
    assertEquals("table", OutputOptions.of(declaration, java.util.List.of(), "", "warts", false).format());
    assertEquals("csv", OutputOptions.of(declaration, java.util.List.of(), "csv", "a.warts", false).format());
  }

  @Test
  void shouldWriteRowsToAFile(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("rows.txt");
    assertEquals(0, call(Map.of("mlet", "test", "format", "plain", "out", file.toString(), "sessions", 1L)));
    assertEquals("", out());
    assertEquals("[n, took]\n[5, null]\n", Files.readString(file));
    assertEquals(1, call(Map.of("mlet", "test", "format", "plain", "out", folder.resolve("no/such").toString())));
    assertTrue(err().contains("cannot write " + folder.resolve("no/such")), err());
  }

  @Test
  void shouldListHelpAndComplete() {
    assertEquals(0, call(Map.of("mode", "list")));
    assertEquals("test  Does what a test says\n", out());
    assertEquals(0, call(Map.of("mode", "help", "mlet", "test")));
    assertTrue(out().contains("Usage: ./pktlab run test [OPTIONS]\n"), out());
    out.reset();
    assertEquals(0, call(Map.of("mlet", "test", "arguments", new String[] {"--help"})));
    assertTrue(out().contains("--count N"), out());
    out.reset();
    assertEquals(0, call(Map.of("mode", "complete", "mlet", "test", "arguments", new String[] {"--c"})));
    assertEquals("--count\n", out());
    out.reset();
    assertEquals(0, call(Map.of("mode", "complete", "mlet", "te")));
    assertEquals("test\n", out());
  }

  @Test
  void shouldExitWith2WhenTheCommandLineIsWrong() {
    assertEquals(2, call(Map.of("mlet", "tset")));
    assertEquals("run: there is no mlet 'tset'; installed: test\n", err());
    assertEquals(2, call(Map.of("mlet", "test", "arguments", new String[] {"--count", "x"})));
    assertEquals(2, call(Map.of("mlet", "test", "format", "xml")));
    assertEquals("", out());
  }

  @Test
  void shouldExitWith1WhenTheControllerRefuses() {
    controller.refusing("the listening address is in use");
    assertEquals(1, call(Map.of("mlet", "test", "format", "plain", "out", "/dev/null")));
    assertEquals("run: the listening address is in use\n", err());
  }

  @Test
  void shouldExitWith130WhenInterrupted() {
    Thread.currentThread().interrupt();
    assertEquals(130, call(Map.of("mlet", "test", "format", "plain")));
  }

  @Test
  void shouldRedrawLiveLinesAndLetRowsPassAbove() throws Exception {
    PrintStream terminal = new PrintStream(out, true);
    ProgressDisplay display = new ProgressDisplay(terminal, true, false, 60);
    display.onEndpoint(1, "192.0.2.1:5", RunListener.State.RUNNING, 0, "");
    assertEquals("  1  192.0.2.1:5  running  0 rows\n", out());
    out.reset();
    display.above(out).write("row\n".getBytes(StandardCharsets.UTF_8));
    assertEquals("\u001b[1F\u001b[Jrow\n  1  192.0.2.1:5  running  0 rows\n", out());
    out.reset();
    display.onEndpoint(1, "192.0.2.1:5", RunListener.State.DONE, 1, "");
    display.end();
    assertTrue(out().endsWith("  1  192.0.2.1:5  done  1 row\n"), out());
  }
}
