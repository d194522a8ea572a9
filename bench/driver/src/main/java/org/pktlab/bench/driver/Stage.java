package org.pktlab.bench.driver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What all measurements share: a folder of its own with the distribution and the benchmark bundle added, credentials, and the ways to start roles. Everything
 * in it is removed at the end.
 */
final class Stage implements AutoCloseable {
  private static final long READY_SECONDS = 30;

  private final Path folder;
  private final Path distribution;
  private final Path product;
  private final Credentials credentials;
  private final Peer peer;
  private final Tools tools;

  private Stage(Path folder, Path product, Credentials credentials, Peer peer) throws IOException {
    this.folder = folder;
    this.distribution = folder.resolve("dist");
    this.product = product;
    this.credentials = credentials;
    this.peer = peer;
    this.tools = new Tools(Files.createDirectory(folder.resolve("tools")));
  }

  /**
   * Sets it up.
   *
   * @param product the distribution to measure; copied
   * @param bench this project's folder with the feature document {@code features/bench.json} and the bundle
   * @param peer the programs of the peer, or null
   */
  static Stage set(Path product, Path bench, Peer peer) throws IOException, BenchFailure {
    Path folder = Files.createTempDirectory("pktlab-bench-");
    boolean complete = false;
    try {
      Credentials credentials = Credentials.create(Files.createDirectory(folder.resolve("conf")));
      Stage stage = new Stage(folder, product, credentials, peer);
      stage.copy(product);
      stage.addBenchmarks(bench);
      complete = true;
      return stage;
    } finally {
      if (!complete) {
        delete(folder);
      }
    }
  }

  private void copy(Path product) throws IOException, BenchFailure {
    if (!Files.isDirectory(product.resolve("launcher"))) {
      throw new BenchFailure("no distribution in " + product + "; build it first");
    }
    Files.walkFileTree(
        product,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path from, BasicFileAttributes attributes) throws IOException {
            Files.createDirectories(distribution.resolve(product.relativize(from)));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path from, BasicFileAttributes attributes) throws IOException {
            Files.copy(from, distribution.resolve(product.relativize(from)));
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private void addBenchmarks(Path bench) throws IOException, BenchFailure {
    Files.copy(bench.resolve("features").resolve("bench.json"), distribution.resolve("features").resolve("bench.json"), StandardCopyOption.REPLACE_EXISTING);
    String name = "org.pktlab.bench.mlets";
    String version = "0.1.0";
    Path jar = bench.resolve("mlets").resolve("target").resolve(name + "-" + version + ".jar");
    if (!Files.isRegularFile(jar)) {
      throw new BenchFailure("the bundle " + jar + " is not built");
    }
    Path place = distribution.resolve("repository").resolve("org").resolve("pktlab").resolve(name).resolve(version);
    Files.createDirectories(place);
    Files.copy(jar, place.resolve(jar.getFileName()), StandardCopyOption.REPLACE_EXISTING);
  }

  /** The folder of the project. */
  Path root() {
    return product.toAbsolutePath().getParent().getParent().getParent();
  }

  Credentials credentials() {
    return credentials;
  }

  /** The peer, or null. */
  Peer peer() {
    return peer;
  }

  Tools tools() {
    return tools;
  }

  Path folder() {
    return folder;
  }

  /** The file of the flags that roles are started with. */
  Optional<Path> flagsFile() {
    return Optional.of(distribution.resolve("jvm.options")).filter(Files::isRegularFile);
  }

  /** These flags as one line. */
  String flags() throws IOException {
    if (flagsFile().isEmpty()) {
      return "(none)";
    }
    return String.join(" ", Files.readAllLines(flagsFile().get()).stream().filter(line -> !line.isBlank() && !line.startsWith("#")).toList());
  }

  /** The command line of the product on a JDK. */
  List<String> command(Jdk jdk, String... words) {
    List<String> command = new ArrayList<>();
    command.add(jdk.java().toString());
    flagsFile().ifPresent(file -> command.add("@" + file));
    String more = System.getenv("PKTLAB_BENCH_FLAGS"); // for a profiler, say
    if (more != null && !more.isBlank()) {
      command.addAll(List.of(more.replace("%r", words[0]).strip().split(" +")));
    }
    command.add("-Dpktlab.home=" + distribution);
    command.add("-cp");
    command.add(distribution.resolve("launcher") + "/*");
    command.add("org.pktlab.launcher.Main");
    command.addAll(List.of(words));
    return command;
  }

  /** Starts the product on a JDK. */
  Child start(Jdk jdk, String... words) throws IOException {
    return start(words[0], command(jdk, words));
  }

  /** Starts the product by the script of its users, where that starts this very distribution; else as {@link #start(Jdk, String...)}. */
  Child startByScript(Jdk jdk, String... words) throws IOException {
    Path script = root().resolve("pktlab");
    if (!Files.isExecutable(script) || !root().resolve("features/target/dist").equals(product.toAbsolutePath())) {
      return start(jdk, words);
    }
    List<String> command = new ArrayList<>(List.of(script.toString()));
    command.addAll(List.of(words));
    return start(words[0], command, "PKTLAB_BUILD=never", "JAVA_HOME=" + jdk.home());
  }

  /** Starts a program with the folder of this stage as its home. */
  Child start(String name, List<String> command, String... environment) throws IOException {
    Path own = Files.createDirectories(folder.resolve("work").resolve(name + "-" + System.nanoTime()));
    ProcessBuilder builder = new ProcessBuilder(command).directory(own.toFile());
    builder.environment().put("HOME", own.toString());
    builder.environment().put("PKTLAB_RUN_DIR", Files.createDirectories(folder.resolve("run")).toString());
    builder.environment().remove("JDK_JAVA_OPTIONS");
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    for (String each : environment) {
      int equals = each.indexOf('=');
      builder.environment().put(each.substring(0, equals), each.substring(equals + 1));
    }
    return Child.start(name, builder);
  }

  /** Starts a role and waits until it says that it is ready. */
  Child role(Jdk jdk, String... words) throws IOException, BenchFailure, InterruptedException {
    Child child = start(jdk, words);
    try {
      child.await(line -> line.startsWith("ready: "), READY_SECONDS);
    } catch (BenchFailure | InterruptedException e) {
      child.close();
      throw e;
    }
    return child;
  }

  /** How an endpoint is started once the controller awaits it. */
  interface EndpointStart {
    Child start() throws IOException;
  }

  /** Our endpoint, without a limit of what it may send, serving the controller of this stage. */
  EndpointStart ourEndpoint(Jdk jdk) throws IOException {
    Path configuration = credentials.endpoint(true, "SendRateLimit none");
    return () -> start(jdk, "endpoint", "-c", configuration.toString(), credentials.controllerAddress());
  }

  /** The peer's endpoint, serving the controller of this stage. */
  EndpointStart peerEndpoint(String... environment) throws IOException {
    Path configuration = credentials.endpoint(true);
    return () -> start("peer's endpoint", List.of(peer.endpoint().toString(), "-c", configuration.toString(), credentials.controllerAddress()), environment);
  }

  /** Something that is done while an mlet runs. */
  interface Meanwhile {
    void go() throws IOException, BenchFailure, InterruptedException;
  }

  /** Runs one mlet of one session with our controller, and returns its rows. */
  List<JsonNode> run(Jdk jdk, EndpointStart endpoint, long seconds, String... mlet) throws IOException, BenchFailure, InterruptedException {
    return run(jdk, endpoint, seconds, null, null, mlet);
  }

  /** The same, and does something as soon as the mlet has written a line. */
  List<JsonNode> run(Jdk jdk, EndpointStart endpoint, long seconds, String signal, Meanwhile meanwhile, String... mlet)
      throws IOException, BenchFailure, InterruptedException {
    List<String> words =
        new ArrayList<>(
            List.of(
                "run", "-c", credentials.controller(false).toString(), "-a", credentials.controllerAddress(), "-n", "1", "--format", "jsonl", "--with", "bench"));
    words.addAll(List.of(mlet));
    try (Child run = start(jdk, words.toArray(String[]::new))) {
      run.await(line -> line.startsWith("run: listening"), READY_SECONDS);
      List<String> lines;
      try (Child child = endpoint.start()) {
        try {
          if (meanwhile != null) {
            run.await(signal::equals, READY_SECONDS);
            meanwhile.go();
          }
          lines = run.finish(seconds);
        } catch (BenchFailure e) {
          List<String> said = child.lines();
          throw new BenchFailure(e.getMessage() + "; the endpoint said: " + (said.isEmpty() ? "nothing" : said.get(said.size() - 1)));
        }
      }
      List<JsonNode> rows = new ArrayList<>();
      ObjectMapper mapper = new ObjectMapper();
      for (String line : lines) {
        if (line.startsWith("{")) {
          rows.add(mapper.readTree(line));
        }
      }
      if (rows.isEmpty()) {
        throw new BenchFailure(mlet[0] + " wrote no row" + (lines.isEmpty() ? "" : ": " + lines.get(lines.size() - 1)));
      }
      return rows;
    }
  }

  @Override
  public void close() throws IOException {
    delete(folder);
  }

  private static void delete(Path folder) throws IOException {
    List<Path> contents;
    try (Stream<Path> walk = Files.walk(folder)) {
      contents = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : contents) {
      Files.deleteIfExists(each);
    }
  }
}
