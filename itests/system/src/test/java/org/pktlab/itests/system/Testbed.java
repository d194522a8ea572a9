package org.pktlab.itests.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The network of namespaces that {@code testbed/testbed.sh} makes: {@code ctl}, {@code src} (the vantage point), routers with a diamond of equal cost, a middlebox,
 * {@code dst}. It is there for one class of tests, under names of this process.
 */
final class Testbed implements ExecutionCondition, BeforeAllCallback, AfterAllCallback {
  private static final Path SCRIPT = Path.of("testbed", "testbed.sh").toAbsolutePath();
  private static final List<String> TOOLS = List.of("ip", "nft", "ethtool", "ping");
  private static final long PATIENCE_SECONDS = 60;

  private final String prefix = "pl" + ProcessHandle.current().pid();
  private final String rate;

  Testbed() {
    this("");
  }

  /** One whose link in front of the middlebox is no faster than this, such as {@code 10mbit}. */
  Testbed(String rate) {
    this.rate = rate;
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    if (!"root".equals(System.getProperty("user.name"))) {
      return ConditionEvaluationResult.disabled("optional: network namespaces need root");
    }
    for (String tool : TOOLS) {
      if (!has(tool)) {
        return ConditionEvaluationResult.disabled("the testbed needs '" + tool + "': install iproute2, nftables, ethtool, iputils-ping");
      }
    }
    return ConditionEvaluationResult.enabled("root, and the tools are there");
  }

  /** Whether a command is installed. */
  static boolean has(String tool) {
    return Arrays.stream(System.getenv("PATH").split(":")).anyMatch(folder -> Files.isExecutable(Path.of(folder, tool)));
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException, InterruptedException {
    script("up");
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException, InterruptedException {
    script("down");
  }

  private void script(String word) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(SCRIPT.toString(), word, prefix, rate).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException("testbed.sh " + word + " failed: " + said);
    }
  }

  /** A command that runs in a node of the network. */
  List<String> in(String node, List<String> command) {
    List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", prefix + "-" + node));
    whole.addAll(command);
    return whole;
  }
}
