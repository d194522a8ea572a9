package org.pktlab.transport.rig;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Another JVM with the classes of this one, which a user without any rights may read too. */
public final class ChildJvm implements AutoCloseable {
  private final Path folder;
  private final Process process;
  private final BufferedReader output;

  /**
   * Starts it.
   *
   * @param prefix words of the command before that of the JVM, such as those that enter a namespace or take rights away
   * @param arguments the main class, and what it is given
   */
  public ChildJvm(List<String> prefix, String... arguments) throws IOException {
    folder = Files.createTempDirectory("pktlab-child", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    List<String> classPath = new ArrayList<>();
    String[] elements = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")).split(File.pathSeparator);
    for (int i = 0; i < elements.length; i++) {
      Path from = Path.of(elements[i]);
      if (Files.exists(from)) {
        Path to = folder.resolve(i + "-" + from.getFileName());
        copy(from, to);
        classPath.add(to.toString());
      }
    }
    List<String> command = new ArrayList<>(prefix);
    command.addAll(
        List.of(
            System.getProperty("java.home") + "/bin/java",
            "-XX:+IgnoreUnrecognizedVMOptions",
            "--enable-native-access=ALL-UNNAMED",
            "-Xmx128m",
            "-XX:TieredStopAtLevel=1",
            "-Djava.io.tmpdir=/tmp",
            "-Duser.home=/tmp",
            "-cp",
            String.join(File.pathSeparator, classPath)));
    command.addAll(Arrays.asList(arguments));
    process = new ProcessBuilder(command).redirectErrorStream(true).start();
    output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : (Iterable<Path>) all::iterator) {
        Path copied = to.resolve(from.relativize(each).toString());
        if (Files.isDirectory(each)) {
          Files.createDirectories(copied);
          Files.setPosixFilePermissions(copied, PosixFilePermissions.fromString("rwxr-xr-x"));
        } else {
          Files.copy(each, each.equals(from) ? to : copied);
          Files.setPosixFilePermissions(each.equals(from) ? to : copied, PosixFilePermissions.fromString("rw-r--r--"));
        }
      }
    }
  }

  /** Waits for a line that begins so, and gives it back. */
  public String awaitLine(String start) throws IOException {
    StringBuilder seen = new StringBuilder();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith(start)) {
        return line;
      }
      seen.append(line).append('\n');
    }
    throw new AssertionError("the child ended without a line " + start + ":\n" + seen);
  }

  /** Ends it as nothing can resist. */
  public void kill() throws InterruptedException {
    process.destroyForcibly(); // SIGKILL
    assertTrue(process.waitFor(Namespaces.SECONDS, TimeUnit.SECONDS));
  }

  @Override
  public void close() throws Exception {
    kill();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : (Iterable<Path>) all.sorted(Comparator.reverseOrder())::iterator) {
        Files.delete(each);
      }
    }
  }
}
