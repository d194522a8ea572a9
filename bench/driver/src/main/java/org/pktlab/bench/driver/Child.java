package org.pktlab.bench.driver;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A process that was started here; its lines are kept, and it is ended by its id at the latest when this is closed. */
final class Child implements AutoCloseable {
  private static final int MOST_LINES = 10_000;
  private static final long STOP_SECONDS = 5;

  private final String name;
  private final Process process;
  private final long startedNs = System.nanoTime();
  private final List<String> lines = new ArrayList<>();
  private boolean ended;

  private Child(String name, Process process) {
    this.name = name;
    this.process = process;
  }

  /** Starts it; both of its outputs are read here. */
  static Child start(String name, ProcessBuilder builder) throws IOException {
    Child child = new Child(name, builder.redirectErrorStream(true).start());
    Thread reader = new Thread(() -> child.read(child.process.getInputStream()), "output of " + name);
    reader.setDaemon(true);
    reader.start();
    return child;
  }

  private void read(InputStream stream) {
    try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        synchronized (lines) {
          if (lines.size() < MOST_LINES) {
            lines.add(line);
          }
          lines.notifyAll();
        }
      }
    } catch (IOException e) {
      // The process is gone.
    }
    synchronized (lines) {
      ended = true;
      lines.notifyAll();
    }
  }

  /** Waits for a line; nanoseconds from the start of the process until it was read. */
  long await(Predicate<String> wanted, long seconds) throws BenchFailure, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    int seen = 0;
    synchronized (lines) {
      while (true) {
        for (; seen < lines.size(); seen++) {
          if (wanted.test(lines.get(seen))) {
            return System.nanoTime() - startedNs;
          }
        }
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (ended || left <= 0) {
          throw new BenchFailure(name + (ended ? " ended" : " is not ready after " + seconds + " s") + lastLine());
        }
        lines.wait(left);
      }
    }
  }

  private String lastLine() {
    return lines.isEmpty() ? "" : ": " + lines.get(lines.size() - 1);
  }

  /** Waits for the end; all lines. */
  List<String> finish(long seconds) throws BenchFailure, InterruptedException {
    if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
      close();
      throw new BenchFailure(name + " did not end within " + seconds + " s");
    }
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(STOP_SECONDS);
    synchronized (lines) {
      while (!ended && System.nanoTime() < end) {
        lines.wait(100);
      }
      if (process.exitValue() != 0) {
        throw new BenchFailure(name + " ended with status " + process.exitValue() + lastLine());
      }
      return List.copyOf(lines);
    }
  }

  /** All lines so far. */
  List<String> lines() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Closes its standard input. */
  void endInput() throws IOException {
    process.getOutputStream().close();
  }

  @Override
  public void close() {
    process.destroy();
    boolean interrupted = Thread.interrupted();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
