package org.pktlab.itests.system;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/**
 * Where a class of tests keeps its processes: a folder that is removed behind it, and logs that stay below {@code target}. A failure is
 * reported with the tails of all logs. In the end every process is gone, and no log may hold a stack trace or an octet that steers a
 * terminal.
 */
final class Lab implements BeforeAllCallback, AfterAllCallback, TestExecutionExceptionHandler, LifecycleMethodExecutionExceptionHandler {
  private static final Path ROOT = Path.of(System.getProperty("pktlab.root", "../..")).toAbsolutePath().normalize();

  private final List<Program> programs = new ArrayList<>();
  private final Set<Program> foreign = new HashSet<>();
  private Path folder;
  private Path logs;

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    // Short, because the paths of sockets are bounded.
    folder = Files.createTempDirectory("pktlab-it-").toRealPath();
    logs = Path.of("target", "system", context.getRequiredTestClass().getSimpleName()).toAbsolutePath();
    delete(logs);
    Files.createDirectories(logs);
  }

  /** The folder of this class, empty in the beginning. */
  Path folder() {
    return folder;
  }

  /** Where the containers of this class keep their sockets. */
  Path runFolder() {
    return folder.resolve("run");
  }

  /** The file of {@code ./pktlab}. */
  static String program() {
    return ROOT.resolve("pktlab").toString();
  }

  /** Starts {@code ./pktlab} with these words, in a folder of its own. */
  Program pktlab(String name, String... words) throws IOException {
    List<String> command = new ArrayList<>(List.of(ROOT.resolve("pktlab").toString()));
    command.addAll(List.of(words));
    return start(name, command);
  }

  /** Starts {@code ./pktlab} with these words in a node of a network. */
  Program pktlab(Testbed testbed, String node, String name, String... words) throws IOException {
    return pktlab(testbed, node, JavaRelease.ORDINARY, name, words);
  }

  /** Starts {@code ./pktlab} with these words in a node of a network, on that Java; skips the test where there is none. */
  Program pktlab(Testbed testbed, String node, JavaRelease java, String name, String... words) throws IOException {
    java.assume();
    List<String> command = new ArrayList<>(java.prefix());
    command.add(ROOT.resolve("pktlab").toString());
    command.addAll(List.of(words));
    return start(name, testbed.in(node, command));
  }

  /** Starts {@code ./pktlab}, waits for its end and checks its exit status. */
  Program done(int status, String name, String... words) throws IOException, InterruptedException {
    Program program = pktlab(name, words);
    int actual = program.exit();
    if (actual != status) {
      throw new AssertionError(name + " ended with status " + actual + ", not " + status);
    }
    return program;
  }

  /** Starts a program that is not ours, in a folder of its own. */
  Program foreign(String name, List<String> command) throws IOException {
    Program program = start(name, command);
    foreign.add(program);
    return program;
  }

  private Program start(String name, List<String> command) throws IOException {
    String unique = name;
    for (int i = 2; Files.exists(logs.resolve(unique + ".out")); i++) {
      unique = name + "-" + i;
    }
    Path working = Files.createDirectories(folder.resolve("work").resolve(unique));
    Map<String, String> environment = Map.of("PKTLAB_BUILD", "never", "PKTLAB_RUN_DIR", runFolder().toString(), "HOME", working.toString());
    Program program = Program.start(unique, working, logs, environment, command);
    programs.add(program);
    return program;
  }

  /** Ports of loopback that nobody listens on now, all different. */
  static int[] freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      int[] ports = new int[count];
      for (int i = 0; i < count; i++) {
        sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        ports[i] = sockets.get(i).getLocalPort();
      }
      return ports;
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
  }

  /** An address of loopback with a port that nobody listens on now; the C programs do not reuse one soon after. */
  static String freeAddress() throws IOException {
    return "127.0.0.1:" + freePorts(1)[0];
  }

  /** A condition that is looked at again and again. */
  interface Condition {
    boolean holds() throws IOException;
  }

  /** Waits until it holds; for what nobody tells of. */
  static void until(String what, Condition condition) throws IOException {
    long begin = System.nanoTime();
    while (!condition.holds()) {
      if (System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(Program.PATIENCE_SECONDS)) {
        throw new AssertionError("not within " + Program.PATIENCE_SECONDS + " s: " + what);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
    throw withLogs(failure);
  }

  @Override
  public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
    throw withLogs(failure);
  }

  private Throwable withLogs(Throwable failure) {
    if (failure instanceof TestAbortedException) {
      return failure;
    }
    StringBuilder text = new StringBuilder(failure.toString()).append('\n');
    programs.forEach(program -> text.append(program.tail()));
    AssertionError told = new AssertionError(text.toString());
    told.setStackTrace(failure.getStackTrace());
    return told;
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    Collections.reverse(programs);
    for (Program program : programs) {
      program.close();
    }
    delete(folder);
    List<String> unfit = new ArrayList<>();
    for (Program program : programs) {
      if (!foreign.contains(program)) {
        for (Path file : program.files()) {
          check(file, unfit);
        }
      }
    }
    if (!unfit.isEmpty()) {
      throw new AssertionError("unfit for a log:\n" + String.join("\n", unfit.subList(0, Math.min(20, unfit.size()))));
    }
  }

  /** Nothing unescaped, and no stack trace; CR belongs to the format csv. */
  private static void check(Path file, List<String> unfit) throws IOException {
    byte[] octets = Files.readAllBytes(file);
    for (int i = 0; i < octets.length; i++) {
      int octet = octets[i] & 0xff;
      boolean printable = octet >= 0x20 && octet < 0x7f;
      if (!printable && octet != '\n' && octet != '\r') {
        unfit.add(file.getFileName() + ": octet 0x" + Integer.toHexString(octet) + " at " + i);
      }
    }
    for (String line : new String(octets, java.nio.charset.StandardCharsets.ISO_8859_1).split("\n")) {
      if (line.matches("\\s+at [\\w.$/]+\\(.*") || line.startsWith("Exception in thread")) {
        unfit.add(file.getFileName() + ": " + line);
      }
    }
  }

  /** Removes a folder with all it holds, if it is there. */
  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> contents;
    try (Stream<Path> walk = Files.walk(folder)) {
      contents = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : contents) {
      Files.deleteIfExists(each);
    }
  }
}
