package org.pktlab.launcher;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code pktlab try}: a whole deployment on loopback, with a measurement through it. */
@Command(
    name = "try",
    mixinStandardHelpOptions = true,
    description = "Makes throw-away credentials, starts broker, endpoint and controller as three containers on loopback, runs http-get against a small web server, "
        + "shows what happens and the rows, and cleans up.",
    footer = {"", "Exit status: that of the measurement (see 'run --help'); 1 when a role does not start."})
final class TryCommand implements Callable<Integer> {
  private static final long READY_SECONDS = 30;
  private static final long RUN_SECONDS = 60;
  private static final int INTERRUPTED = 130;
  private static final Pattern LONG_WORD = Pattern.compile("\\b[0-9a-z]{40,}\\b");

  @Option(names = "--keep", description = "Leaves the roles running, and says how to look at them, until Ctrl-C.")
  private boolean keep;

  @Option(names = {"-v", "--verbose"}, description = "Shows all that the roles log.")
  private boolean verbose;

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final CountDownLatch interrupted = new CountDownLatch(1);
  private final PrintStream out = System.out;
  private final long begin = System.nanoTime();

  @Override
  public Integer call() throws Exception {
    Thread caller = Thread.currentThread();
    Runnable stop =
        () -> {
          if (interrupted.getCount() == 0) {
            Runtime.getRuntime().halt(INTERRUPTED);
          }
          caller.interrupt(); // before the count: an interrupt that comes later would disturb the cleaning up
          interrupted.countDown();
        };
    Signals.on("INT", stop);
    Signals.on("TERM", stop);
    try {
      return demonstrate();
    } catch (InterruptedException e) {
      return keep ? 0 : INTERRUPTED;
    } finally {
      Thread.interrupted();
      cleanUp();
    }
  }

  private int demonstrate() throws Exception {
    Distribution distribution = Distribution.here();
    Path folder = Files.createTempDirectory("pktlab-try-");
    opened.push(() -> delete(folder));
    int[] ports = freePorts(3);
    step("Making throw-away keys, certificates and configuration in " + folder);
    Deployment deployment = Deployment.create(folder, ports[0], ports[1], ports[2]);
    TryPage page = TryPage.start();
    opened.push(page);
    step("A small web server answers at " + page.url());
    ChildRole broker = role(distribution, "broker", deployment.brokerConf(), List.of());
    ready("broker", broker);
    ChildRole controller = role(distribution, "controller", deployment.controllerConf(), List.of("-a", deployment.controllerListen()));
    ChildRole endpoint = role(distribution, "endpoint", deployment.endpointConf(), List.of());
    ready("controller", controller);
    ready("endpoint", endpoint);
    step("The controller publishes an experiment; the broker tells the endpoint, which connects and serves http-get " + page.url());
    int status = run(controller, "pktlab:run -n 1 http-get " + page.url());
    step(status == 0 ? "Done: the rows above were measured through the endpoint" : "The measurement ended with status " + status);
    if (keep) {
      explain(folder, page);
      interrupted.await();
    }
    return status;
  }

  private ChildRole role(Distribution distribution, String role, Path configuration, List<String> more) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("-c", configuration.toString()));
    arguments.addAll(more);
    ChildRole child = ChildRole.start(distribution, role, arguments, line -> told(role, line));
    opened.push(child);
    return child;
  }

  private void ready(String role, ChildRole child) throws CommandFailure, InterruptedException {
    String line = child.awaitReady(READY_SECONDS);
    step("Container " + child.pid() + " is ready: " + (verbose ? line : shortened(line)));
  }

  /** Shows a line of a role's log: without the time, which the steps tell already, and with keys and channels by their first digits. */
  private void told(String role, String line) {
    String[] parts = line.split(" ", 4);
    boolean event = parts.length == 4 && parts[2].endsWith(":");
    if (verbose) {
      out.println("           " + role + ": " + line);
    } else if (!line.startsWith(ChildRole.READY) && !(event && parts[3].startsWith(role + " "))) {
      out.println("           " + role + ": " + shortened(event ? parts[3] : line));
    }
  }

  private static String shortened(String text) {
    return LONG_WORD.matcher(text).replaceAll(word -> word.group().substring(0, 8) + "..");
  }

  private int run(ChildRole controller, String command) throws CommandFailure, InterruptedException {
    Path socket = StateFolder.runFolder().resolve("controller-" + controller.pid()).resolve(StateFolder.SOCKET);
    AtomicBoolean late = new AtomicBoolean();
    Timer timer = new Timer("pktlab-try-limit", true);
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      timer.schedule(
          new TimerTask() {
            @Override
            public void run() {
              late.set(true);
              closeQuietly(channel);
            }
          },
          TimeUnit.SECONDS.toMillis(RUN_SECONDS));
      channel.connect(UnixDomainSocketAddress.of(socket));
      return ShellCommand.execute(command, Channels.newInputStream(channel), Channels.newOutputStream(channel), out);
    } catch (ClosedByInterruptException e) {
      throw new InterruptedException();
    } catch (IOException e) {
      throw new CommandFailure(late.get() ? "the measurement has no end after " + RUN_SECONDS + " s" : "the controller's shell at " + socket + ": " + e.getMessage());
    } finally {
      timer.cancel();
    }
  }

  private static void closeQuietly(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // It is of no use any more.
    }
  }

  private void explain(Path folder, TryPage page) {
    out.println();
    out.println("The roles go on running. In another terminal:");
    out.println("  ./pktlab shell broker -c sessions        who is connected");
    out.println("  ./pktlab shell endpoint -c why           what was refused, and why");
    out.println("  ./pktlab shell endpoint -c stats         counters");
    out.println("  ./pktlab shell controller -c 'run -n 1 http-get " + page.url() + "'");
    out.println("  ls " + folder + "        keys, certificates and configuration");
    out.println("Ctrl-C ends them and removes that folder.");
    out.flush();
  }

  private void step(String text) {
    out.printf("%8.3f s  %s%n", (System.nanoTime() - begin) / 1e9, text);
    out.flush();
  }

  private void cleanUp() {
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        System.err.println("pktlab: cleaning up: " + e.getMessage());
      }
    }
    step("Cleaned up");
  }

  private static int[] freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      int[] ports = new int[count];
      for (int i = 0; i < count; i++) {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        sockets.add(socket);
        ports[i] = socket.getLocalPort();
      }
      return ports;
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
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
