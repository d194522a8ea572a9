package org.pktlab.bench.driver;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Small C programs that are compiled when they are needed, where there is a compiler. */
final class Tools {
  private static final long COMPILE_SECONDS = 30;

  private final Path folder;

  Tools(Path folder) {
    this.folder = folder;
  }

  /** The receiver of datagrams with kernel time stamps, or null without a C compiler. */
  Path receiver() throws IOException, InterruptedException {
    return compile("receiver", "-O2");
  }

  /** The sender of floods, or null without a C compiler. */
  Path flood() throws IOException, InterruptedException {
    return compile("flood", "-O2");
  }

  /** A library to preload that sets TCP_NODELAY on each connection, or null without a C compiler. */
  Path noDelay() throws IOException, InterruptedException {
    return compile("nodelay", "-O2", "-shared", "-fPIC");
  }

  private synchronized Path compile(String name, String... flags) throws IOException, InterruptedException {
    Path made = folder.resolve(name);
    if (Files.exists(made)) {
      return made;
    }
    Path source = folder.resolve(name + ".c");
    try (InputStream in = Tools.class.getResourceAsStream(name + ".c")) {
      Files.write(source, in.readAllBytes());
    }
    List<String> command = new ArrayList<>(List.of("cc"));
    command.addAll(List.of(flags));
    command.addAll(List.of("-o", made.toString(), source.toString()));
    if (name.equals("nodelay")) {
      command.add("-ldl");
    }
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      return null; // no compiler
    }
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(COMPILE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      System.err.println("bench: " + name + ".c does not compile: " + said.lines().findFirst().orElse(""));
      return null;
    }
    return made;
  }
}
