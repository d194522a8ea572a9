package org.pktlab.launcher;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** A role in a process of its own, started with the flags that all roles have, and ended by its process id. */
final class ChildRole implements AutoCloseable {
  /** What the line of a role that is ready begins with. */
  static final String READY = "ready: ";

  private static final long STOP_SECONDS = 8;

  private final String role;
  private final Process process;
  private final CompletableFuture<String> ready = new CompletableFuture<>();

  private ChildRole(String role, Process process) {
    this.role = role;
    this.process = process;
  }

  /**
   * Starts it.
   *
   * @param lines takes each line that the role writes
   */
  static ChildRole start(Distribution distribution, String role, List<String> arguments, Consumer<String> lines) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    Path flags = distribution.root().resolve("jvm.options");
    if (Files.isRegularFile(flags)) {
      command.add("@" + flags);
    }
    // What depends on the JDK and is not in the file: the archive of classes, and what keeps its warnings down.
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.startsWith("-XX:SharedArchiveFile=") || flag.startsWith("--sun-misc-unsafe-memory-access="))
        .forEach(command::add);
    command.add("-Dpktlab.home=" + distribution.root());
    command.add("-cp");
    command.add(distribution.root().resolve("launcher") + "/*");
    command.add(Main.class.getName());
    command.add(role);
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    ChildRole child = new ChildRole(role, process);
    Thread reader = new Thread(() -> child.read(lines), "pktlab-" + role + "-output");
    reader.setDaemon(true);
    reader.start();
    return child;
  }

  private void read(Consumer<String> lines) {
    String last = "it wrote nothing";
    try (BufferedReader reader = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        last = line;
        lines.accept(line);
        if (line.startsWith(READY)) {
          ready.complete(line.substring(READY.length()));
        }
      }
    } catch (IOException e) {
      last = e.getMessage();
    }
    ready.completeExceptionally(new IOException("the " + role + " ended: " + last));
  }

  /** Waits until the role is ready; returns what it said. */
  String awaitReady(long seconds) throws CommandFailure, InterruptedException {
    try {
      return ready.get(seconds, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new CommandFailure(e.getCause().getMessage());
    } catch (TimeoutException e) {
      throw new CommandFailure("the " + role + " is not ready after " + seconds + " s");
    }
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Asks it to end, and ends it when it does not. An interrupt does not shorten its time to clean up. */
  @Override
  public void close() {
    process.destroy();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(STOP_SECONDS);
    boolean interrupted = false;
    boolean ended = false;
    while (!ended && System.nanoTime() - deadline < 0) {
      try {
        ended = process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (!ended) {
      process.destroyForcibly();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
