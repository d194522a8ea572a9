package org.pktlab.launcher;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pktlab shell}: attaches to the Gogo shell of a running role. */
@Command(
    name = "shell",
    mixinStandardHelpOptions = true,
    description = "Attaches to the shell of a role that runs; try the command 'help' there.",
    footer = {
      "",
      "Sockets are looked for in $PKTLAB_RUN_DIR, else $XDG_RUNTIME_DIR/pktlab, else ~/.pktlab/run.",
      "With -c the exit status is 0 when the command ran, 1 when it failed or there is no such shell."
    })
final class ShellCommand implements Callable<Integer> {
  @Option(names = "-c", paramLabel = "COMMAND", description = "Runs one command and ends.")
  private String command;

  @Option(names = "--socket", paramLabel = "PATH", description = "Socket of the shell.")
  private Path socket;

  @Option(names = "--list", description = "Lists the roles that have a shell.")
  private boolean list;

  @Parameters(arity = "0..1", paramLabel = "ROLE|PATH", description = "Role, role and process (endpoint-4711), or path of a socket; may be left out when one role runs.")
  private String target;

  @Override
  public Integer call() throws Exception {
    if (list) {
      StateFolder.running().forEach(folder -> System.out.println(folder.getFileName() + "  " + folder.resolve(StateFolder.SOCKET)));
      return 0;
    }
    Path path = socket();
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(path));
      InputStream in = Channels.newInputStream(channel);
      OutputStream out = Channels.newOutputStream(channel);
      return command != null ? execute(command, in, out, System.out) : converse(in, out);
    } catch (IOException | IllegalArgumentException e) {
      throw new CommandFailure("no shell at " + path + ": " + e.getMessage());
    }
  }

  private Path socket() throws CommandFailure {
    if (socket != null) {
      return socket;
    }
    if (target != null && target.contains("/")) {
      Path given = Path.of(target);
      return Files.isDirectory(given) ? given.resolve(StateFolder.SOCKET) : given;
    }
    return choose(StateFolder.running(), target).resolve(StateFolder.SOCKET);
  }

  /** The one folder that is meant. */
  static Path choose(List<Path> running, String target) throws CommandFailure {
    List<Path> fitting =
        running.stream().filter(folder -> target == null || target.equals(StateFolder.name(folder)) || target.equals(folder.getFileName().toString())).toList();
    if (fitting.size() == 1) {
      return fitting.get(0);
    }
    String names = String.join(", ", running.stream().map(folder -> folder.getFileName().toString()).toList());
    if (fitting.isEmpty()) {
      throw new CommandFailure("no " + (target == null ? "role" : target) + " with a shell runs" + (names.isEmpty() ? "" : "; there are: " + names));
    }
    throw new CommandFailure("which one? There are: " + names, CommandFailure.USAGE);
  }

  /** Sends one command and copies what it prints; returns its status. The protocol is described with the bundle {@code shell.local}. */
  static int execute(String command, InputStream in, OutputStream out, PrintStream print) throws IOException {
    out.write((command.replace('\n', ' ') + "\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
    byte[] buffer = new byte[8192];
    ByteArrayOutputStream status = null;
    while (true) {
      int count = in.read(buffer);
      if (count < 0) {
        throw new IOException("the role ended");
      }
      for (int i = 0; i < count; i++) {
        if (status != null) {
          if (buffer[i] == '\n') {
            print.flush();
            return Integer.parseInt(status.toString(StandardCharsets.US_ASCII));
          }
          status.write(buffer[i]);
        } else if (buffer[i] == 0) {
          status = new ByteArrayOutputStream();
        } else {
          print.write(buffer[i]);
        }
      }
      print.flush();
    }
  }

  private static int converse(InputStream in, OutputStream out) throws IOException {
    boolean terminal = Boolean.getBoolean("pktlab.terminal");
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    int status = 0;
    while (true) {
      if (terminal) {
        System.out.print("pktlab> ");
        System.out.flush();
      }
      String line = lines.readLine();
      if (line == null || line.strip().equals("exit") || line.strip().equals("quit")) {
        return status;
      }
      if (!line.isBlank()) {
        status = execute(line, in, out, System.out);
      }
    }
  }
}
