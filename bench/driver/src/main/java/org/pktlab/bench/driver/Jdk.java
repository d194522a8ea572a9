package org.pktlab.bench.driver;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A JDK that roles are run on.
 *
 * @param home its folder
 * @param release its feature release, such as 17
 * @param version as it tells it
 */
record Jdk(Path home, int release, String version) {
  private static final List<Integer> WANTED = List.of(17, 25);
  private static final Pattern VERSION = Pattern.compile("version \"(\\d+)([^\"]*)\"");

  /** Its launcher. */
  Path java() {
    return home.resolve("bin").resolve("java");
  }

  /** Asks a JDK what it is. */
  static Jdk of(Path home) throws BenchFailure, InterruptedException {
    try {
      Process process = new ProcessBuilder(home.resolve("bin").resolve("java").toString(), "-version").redirectErrorStream(true).start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor();
      Matcher matcher = VERSION.matcher(text);
      if (matcher.find()) {
        String runtime = text.lines().skip(1).findFirst().orElse("").replaceAll(".*\\((?:build )?|\\).*", "");
        return new Jdk(home, Integer.parseInt(matcher.group(1)), runtime);
      }
    } catch (IOException e) {
      // told below
    }
    throw new BenchFailure(home + " is no JDK");
  }

  /** A JDK of each wanted release, as far as there is one: the one that runs this program, and those where systems install them. */
  static List<Jdk> find() throws InterruptedException {
    Set<Path> homes = new LinkedHashSet<>();
    homes.add(Path.of(System.getProperty("java.home")));
    if (System.getenv("JAVA_HOME") != null) {
      homes.add(Path.of(System.getenv("JAVA_HOME")));
    }
    for (String parent : List.of("/usr/lib/jvm", "/opt", System.getProperty("user.home") + "/.sdkman/candidates/java")) {
      try (DirectoryStream<Path> children = Files.newDirectoryStream(Path.of(parent), child -> Files.isExecutable(child.resolve("bin/java")))) {
        children.forEach(homes::add);
      } catch (IOException e) {
        // No such folder here.
      }
    }
    List<Jdk> found = new ArrayList<>();
    for (Path home : homes) {
      try {
        Jdk jdk = of(home);
        if (WANTED.contains(jdk.release()) && found.stream().noneMatch(other -> other.release() == jdk.release())) {
          found.add(jdk);
        }
      } catch (BenchFailure e) {
        // Not a JDK after all.
      }
    }
    found.sort((a, b) -> Integer.compare(a.release(), b.release()));
    return found;
  }
}
