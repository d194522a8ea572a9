package org.pktlab.itests.system;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A process of a test: what it writes is kept in memory and in two files, and it is ended by its id. Lines are told apart by line feeds;
 * any thread may ask.
 */
final class Program implements AutoCloseable {
  /** How long a condition may take: far more than it does, for machines that are busy. */
  static final long PATIENCE_SECONDS = 60;

  private static final int TAIL = 40;

  private final String name;
  private final Process process;
  private final Path outFile;
  private final Path errFile;
  private final List<String> lines = new ArrayList<>();
  private final List<String> out = new ArrayList<>();
  private final List<Thread> readers = new ArrayList<>();
  private int open = 2;

  private Program(String name, Process process, Path logs) throws IOException {
    this.name = name;
    this.process = process;
    this.outFile = logs.resolve(name + ".out");
    this.errFile = logs.resolve(name + ".err");
    read(process.getInputStream(), outFile, true);
    read(process.getErrorStream(), errFile, false);
  }

  /** Starts it in a folder, with the environment of this process and more on top; its standard input is empty. */
  static Program start(String name, Path folder, Path logs, Map<String, String> environment, List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectInput(Path.of("/dev/null").toFile());
    builder.environment().putAll(environment);
    builder.environment().remove("JAVA_TOOL_OPTIONS"); // whose use a JVM tells on standard error
    return new Program(name, builder.start(), logs);
  }

  private void read(InputStream in, Path file, boolean standardOutput) throws IOException {
    OutputStream copy = Files.newOutputStream(file);
    Thread reader =
        new Thread(
            () -> {
              try (in;
                  copy) {
                copy(in, copy, standardOutput);
              } catch (IOException e) {
                add("(unreadable: " + e.getMessage() + ")", standardOutput);
              } finally {
                closed();
              }
            },
            name + (standardOutput ? "-out" : "-err"));
    reader.setDaemon(true);
    readers.add(reader);
    reader.start();
  }

  private void copy(InputStream in, OutputStream copy, boolean standardOutput) throws IOException {
    byte[] buffer = new byte[8192];
    StringBuilder line = new StringBuilder();
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      copy.write(buffer, 0, count);
      copy.flush();
      for (char c : new String(buffer, 0, count, StandardCharsets.ISO_8859_1).toCharArray()) {
        if (c == '\n') {
          add(line.toString(), standardOutput);
          line.setLength(0);
        } else {
          line.append(c);
        }
      }
    }
    if (!line.isEmpty()) {
      add(line.toString(), standardOutput);
    }
  }

  private synchronized void add(String line, boolean standardOutput) {
    lines.add(line);
    if (standardOutput) {
      out.add(line);
    }
    notifyAll();
  }

  private synchronized void closed() {
    open--;
    notifyAll();
  }

  String name() {
    return name;
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** The files that hold what it wrote: standard output, standard error. */
  List<Path> files() {
    return List.of(outFile, errFile);
  }

  /** The lines of its standard output until now; all of them once it has ended. */
  synchronized List<String> out() {
    return List.copyOf(out);
  }

  /** How many lines it has written until now, to begin with in {@link #await(int, String)}. */
  synchronized int mark() {
    return lines.size();
  }

  /** How many of its lines contain the text. */
  synchronized long count(String text) {
    return lines.stream().filter(line -> line.contains(text)).count();
  }

  /** The lines that contain the text. */
  synchronized List<String> linesWith(String text) {
    return lines.stream().filter(line -> line.contains(text)).toList();
  }

  /** Waits for a line that contains the text. */
  String await(String text) throws InterruptedException {
    return await(0, text);
  }

  /** Waits for a line that contains the text, among those behind a {@link #mark}. */
  synchronized String await(int from, String text) throws InterruptedException {
    long begin = System.nanoTime();
    for (int i = from; ; ) {
      for (; i < lines.size(); i++) {
        if (lines.get(i).contains(text)) {
          return lines.get(i);
        }
      }
      long leftMillis = TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS) - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
      if (open == 0 || leftMillis <= 0) {
        throw new AssertionError(name + (open == 0 ? " ended" : " ran " + PATIENCE_SECONDS + " s") + " without a line with '" + text + "'");
      }
      wait(leftMillis);
    }
  }

  /** Waits for its end and for all it wrote; returns its exit status. */
  int exit() throws InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError(name + " has not ended after " + PATIENCE_SECONDS + " s");
    }
    for (Thread reader : readers) {
      reader.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
    }
    return process.exitValue();
  }

  /** Sends SIGINT, as Ctrl-C does. */
  void interrupt() throws IOException, InterruptedException {
    int status = new ProcessBuilder("kill", "-INT", Long.toString(pid())).start().waitFor();
    if (status != 0) {
      throw new AssertionError(name + " cannot be sent SIGINT");
    }
  }

  /** Sends SIGKILL and waits until it is gone. */
  void kill() throws InterruptedException {
    end(true);
    exit();
  }

  /** By its handle, because the methods of {@link Process} would also close what it still writes to. */
  private void end(boolean byForce) {
    boolean sent = byForce ? process.toHandle().destroyForcibly() : process.toHandle().destroy();
    if (!sent && process.isAlive()) {
      throw new AssertionError(name + " cannot be ended");
    }
  }

  /** The last lines, for people. */
  synchronized String tail() {
    StringBuilder text = new StringBuilder("--- " + name + " (" + (process.isAlive() ? "running" : "exit " + process.exitValue()) + ")\n");
    for (String line : lines.subList(Math.max(0, lines.size() - TAIL), lines.size())) {
      text.append(line.replaceAll("\\p{Cntrl}", "?")).append('\n');
    }
    return text.toString();
  }

  /** Asks it to end, and ends it when it does not. */
  @Override
  public void close() throws InterruptedException {
    end(false);
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      end(true);
    }
    exit();
  }
}
