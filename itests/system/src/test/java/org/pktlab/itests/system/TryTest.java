package org.pktlab.itests.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code ./pktlab try}, and what the shells of its roles tell while it keeps them running. */
final class TryTest {
  @RegisterExtension static final Lab LAB = new Lab();

  private static final Pattern FOLDER = Pattern.compile("configuration in (/\\S+)");
  private static final Pattern CONTAINER = Pattern.compile("Container (\\d+) is ready: (\\w+) ");

  private static Path folder(Program attempt) throws InterruptedException {
    Matcher matcher = FOLDER.matcher(attempt.await("configuration in "));
    assertTrue(matcher.find());
    return Path.of(matcher.group(1));
  }

  private static long pid(Program attempt, String role) {
    return attempt.linesWith(" is ready: " + role + " ").stream()
        .map(CONTAINER::matcher)
        .filter(Matcher::find)
        .filter(matcher -> matcher.group(2).equals(role))
        .mapToLong(matcher -> Long.parseLong(matcher.group(1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no container of the " + role));
  }

  private static void assertNothingIsLeft(Program attempt, Path folder) throws IOException {
    assertFalse(Files.exists(folder), folder + " is left");
    for (String role : List.of("broker", "endpoint", "controller")) {
      long pid = pid(attempt, role);
      assertFalse(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false), "the " + role + " still runs");
      assertFalse(Files.exists(LAB.runFolder().resolve(role + "-" + pid)), "the folder of the " + role + " is left");
    }
  }

  @Test
  void shouldShowARowAndLeaveNothingBehind() throws Exception {
    Program attempt = LAB.pktlab("try", "try");
    Path folder = folder(attempt);
    assertEquals(0, attempt.exit());
    String header = attempt.await("address  ");
    String row = attempt.linesWith(" 200 ").stream().filter(line -> line.startsWith("http://127.0.0.1:")).findFirst().orElse("no row");
    assertEquals("200", at(header, row, "status"));
    assertTrue(attempt.out().get(attempt.out().size() - 1).endsWith("Cleaned up"));
    assertNothingIsLeft(attempt, folder);
  }

  /** The word of a table's row below a word of its header. */
  private static String at(String header, String row, String column) {
    List<String> names = List.of(header.strip().split("\\s+"));
    return row.strip().split("\\s+")[names.indexOf(column)];
  }

  @Test
  void shouldTellTheTruthInTheShellsOfRolesThatAreKept() throws Exception {
    Program attempt = LAB.pktlab("keep", "try", "--keep");
    Path folder = folder(attempt);
    try (Website website = new Website()) {
      attempt.await("Ctrl-C ends them");
      Deployment deployment = new Deployment(folder);
      afterTheFirstExperiment(deployment);
      whileAnExperimentRuns(deployment, website);
      afterOneWasRefused(attempt, deployment, website);
      afterTheBrokerWasKilledAndRestarted(attempt, deployment, website);
    }
    attempt.interrupt();
    assertEquals(0, attempt.exit());
    assertNothingIsLeft(attempt, folder);
  }

  private static List<String> shell(String role, String command) throws IOException, InterruptedException {
    return LAB.done(0, "shell-" + role, "shell", role, "-c", command).out();
  }

  private static void assertLine(List<String> lines, String regex) {
    assertTrue(lines.stream().anyMatch(line -> line.matches(regex)), () -> "no line '" + regex + "' in\n" + String.join("\n", lines));
  }

  private static void afterTheFirstExperiment(Deployment deployment) throws IOException, InterruptedException {
    List<String> endpoint = shell("endpoint", "info; sessions; why; stats");
    assertLine(endpoint, "broker +" + deployment.subscribeAddress() + " SUBSCRIBED");
    assertLine(endpoint, "no sessions");
    assertLine(endpoint, "nothing was refused");
    assertLine(endpoint, "endpoint +experiments started +1");
    assertLine(endpoint, "endpoint +experiments ended +1");
    assertLine(endpoint, "endpoint +descriptors received +1");
  }

  private static void whileAnExperimentRuns(Deployment deployment, Website website) throws IOException, InterruptedException {
    Program run = LAB.pktlab("shell-run", "shell", "controller", "-c", "run -n 1 http-get " + website.url("/hold"));
    website.awaitHeldInAll(1);
    List<String> endpoint = shell("endpoint", "sessions; why; stats");
    assertLine(endpoint, "endpoint +\\d+ +\\w+ +RUNNING +\\S+ .*" + deployment.controllerAddress() + " .*");
    assertLine(endpoint, "nothing was refused");
    assertLine(endpoint, "endpoint +experiments started +2");
    List<String> controller = shell("controller", "sessions; why; stats");
    assertLine(controller, "controller +\\d+ +session +RUNNING +\\S+ .*127.0.0.1:\\d+ \\p{XDigit}{30}.*");
    assertLine(controller, "nothing was refused");
    assertLine(controller, "controller +experiments running +1");
    List<String> broker = shell("broker", "sessions; info");
    assertLine(broker, "broker +\\d+ +subscription +\\w+ +\\S+ .*127.0.0.1:\\d+ .*");
    website.release();
    assertEquals(0, run.exit());
    assertLine(run.out(), ".*/hold .* 200 .*");
    assertLine(run.out(), "1 completed, 0 failed, 1 rows");
    assertLine(shell("endpoint", "sessions"), "no sessions");
  }

  private static void afterOneWasRefused(Program attempt, Deployment deployment, Website website) throws Exception {
    // A limit that this endpoint cannot enforce: it says no, and the broker does not.
    int mark = attempt.mark();
    Program limited = run("run-limited", deployment.withExppriv(deployment.limited()), deployment, website);
    attempt.await(mark, "refused: its certificates carry the limit max_send_byte, which this endpoint cannot enforce");
    String why = deployment.controllerAddress() + " +session +its certificates carry the limit max_send_byte.*";
    assertLine(shell("endpoint", "why"), ".* endpoint .*" + why);
    limited.interrupt();
    assertEquals(130, limited.exit());

    // A chain of another operator may not be published on the channel of this one: the broker says no.
    Program stranger = run("run-stranger", deployment.withStranger(), deployment, website);
    assertEquals(4, stranger.exit());
    stranger.await("the broker refused the publication: ");
    assertLine(shell("broker", "why"), ".* broker .*127.0.0.1:\\d+ .*xpub .*");
    assertEquals(List.of(), stranger.out());
  }

  private static Program run(String name, String configuration, Deployment deployment, Website website) throws IOException {
    return LAB.pktlab(name, "run", "-c", configuration, "-a", deployment.controllerAddress(), "-n", "1", "http-get", website.url("/"));
  }

  private static void afterTheBrokerWasKilledAndRestarted(Program attempt, Deployment deployment, Website website) throws Exception {
    int mark = attempt.mark();
    ProcessHandle broker = ProcessHandle.of(pid(attempt, "broker")).orElseThrow();
    assertTrue(broker.destroyForcibly());
    attempt.await(mark, "not subscribed: the connection ended");
    List<String> without = shell("endpoint", "info; why");
    assertLine(without, "broker +" + deployment.subscribeAddress() + " (WAITING|CONNECTING)");
    assertLine(without, ".* endpoint +" + deployment.subscribeAddress() + " +subscription +.*");
    mark = attempt.mark();
    try (Program restarted = LAB.pktlab("broker", "broker", "-c", deployment.broker())) {
      restarted.await("ready: broker");
      attempt.await(mark, "subscribed to 1 channel(s)");
      restarted.await("subscribed to ");
      Program run = LAB.done(0, "shell-run", "shell", "controller", "-c", "run -n 1 http-get " + website.url("/"));
      assertLine(run.out(), ".* 200 .*");
      List<String> endpoint = shell("endpoint", "info; stats");
      assertLine(endpoint, "broker +" + deployment.subscribeAddress() + " SUBSCRIBED");
      assertLine(endpoint, "endpoint +broker connections +2");
      restarted.interrupt();
      assertEquals(0, restarted.exit());
    }
  }
}
