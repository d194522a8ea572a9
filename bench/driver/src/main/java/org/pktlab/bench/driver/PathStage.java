package org.pktlab.bench.driver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The network of namespaces of the system tests: the controller in {@code ctl}, the vantage point in {@code src}, targets four routers away. Needs root. */
final class PathStage implements AutoCloseable {
  private static final long UP_SECONDS = 60;
  private static final long READY_SECONDS = 30;
  private static final String CONTROLLER = "10.0.0.1:20600";

  private final Stage stage;
  private final Path script;
  private final String prefix = "bench" + ProcessHandle.current().pid();

  private PathStage(Stage stage, Path script) {
    this.stage = stage;
    this.script = script;
  }

  /** Sets it up. */
  static PathStage up(Stage stage) throws IOException, BenchFailure, InterruptedException {
    Path script = stage.root().resolve("itests/system/testbed/testbed.sh");
    if (!"root".equals(System.getProperty("user.name")) || !Files.isExecutable(script)) {
      throw new BenchFailure("a network of namespaces needs root");
    }
    PathStage made = new PathStage(stage, script);
    try (Child up = stage.start("testbed", List.of(script.toString(), "up", made.prefix))) {
      up.finish(UP_SECONDS);
    }
    return made;
  }

  private List<String> in(String node, List<String> command) {
    List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", prefix + "-" + node));
    whole.addAll(command);
    return whole;
  }

  /** Runs another program at the vantage point; its lines. */
  List<String> beside(long seconds, String... command) throws IOException, BenchFailure, InterruptedException {
    try (Child child = stage.start(command[0], in("src", List.of(command)))) {
      return child.finish(seconds);
    }
  }

  /** Runs an mlet with our controller and endpoint, and returns its rows. */
  List<JsonNode> run(Jdk jdk, long seconds, String... mlet) throws IOException, BenchFailure, InterruptedException {
    Path loopback = stage.credentials().endpoint(true, "SendRateLimit none");
    Path endpoint = loopback.resolveSibling("path.conf");
    Files.writeString(endpoint, Files.readString(loopback).replace("VMemLocalAddrStrIPv4 127.0.0.1/8", "VMemLocalAddrStrIPv4 10.1.0.1/24"));
    String controller = stage.credentials().controller(false).toString();
    Path out = Files.createTempFile(stage.folder(), "rows", ".jsonl");
    List<String> words = new ArrayList<>(List.of("run", "-c", controller, "-a", CONTROLLER, "-p", CONTROLLER, "-n", "1", "--format", "jsonl", "--out", out.toString(), "--"));
    words.addAll(List.of(mlet));
    try (Child run = stage.start("run", in("ctl", stage.command(jdk, words.toArray(String[]::new))))) {
      run.await(line -> line.startsWith("run: listening"), READY_SECONDS);
      try (Child vantage = stage.start("endpoint", in("src", stage.command(jdk, "endpoint", "-c", endpoint.toString(), CONTROLLER)))) {
        run.finish(seconds);
      }
    }
    List<JsonNode> rows = new ArrayList<>();
    ObjectMapper mapper = new ObjectMapper();
    for (String line : Files.readAllLines(out)) {
      rows.add(mapper.readTree(line));
    }
    Files.delete(out);
    return rows;
  }

  @Override
  public void close() throws IOException {
    try (Child down = stage.start("testbed", List.of(script.toString(), "down", prefix))) {
      down.finish(UP_SECONDS);
    } catch (BenchFailure e) {
      System.err.println("bench: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
