package org.pktlab.launcher;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.event.Level;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pktlab run}: an experiment in a container of its own (packetlab-manager.md section 1). */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Runs an experiment: publishes it, serves the endpoints that come with one mlet each, and prints the rows.",
    footer = {
      "",
      "What follows the mlet's name belongs to the mlet; '--' may stand before it. 'run MLET --help' tells what it takes.",
      "Exit status: 0 every endpoint session completed, 3 some, 4 none, 1 not started, 2 wrong command line, 130 interrupted.",
      "SIGINT stops publishing and accepting and interrupts the mlets; a second one ends at once."
    })
final class RunCommand implements Callable<Integer> {
  private static final long READY_MILLIS = 20_000;
  private static final String COMMAND_FILTER = "(pktlab.command=run)";
  private static final int INTERRUPTED = 130;
  private static final int TERMINATED = 143;

  @Spec private CommandSpec spec;

  @Option(names = "-c", paramLabel = "CONF", description = "Configuration file (default: ~/.pktlab/xpmgr.conf).")
  private Path configuration;

  @Option(names = "-a", paramLabel = "HOST[:PORT]", description = "Where to listen for endpoints (default: 0.0.0.0:20556).")
  private String listen;

  @Option(names = "-p", paramLabel = "HOST[:PORT]", description = "The address that endpoints are told.")
  private String published;

  @Option(
      names = "-n",
      paramLabel = "COUNT",
      converter = Count.class,
      description = "Endpoint sessions to serve, in C number syntax (default: no limit, until the publication is over).")
  private Long sessions;

  @Option(names = "-i", paramLabel = "HOSTID", description = "Only endpoints whose attribute hostid matches this pattern.")
  private String hostId;

  @Option(names = "-s", description = "Singleton mode. Refused: it hands sockets to another process, and mlets run in this one.")
  private boolean singleton;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "",
      description = "How rows are written: table, jsonl, csv, pcapng or warts (default: what the name of the file says, else table).")
  private String format;

  @Option(names = "--out", paramLabel = "FILE", description = "Where rows go (default: standard output).")
  private Path out;

  @Option(names = "--provenance", description = "Every row also tells where it comes from: schema, experiment, endpoint, software, clock, error.")
  private boolean provenance;

  @Option(names = "--list", description = "Lists the mlets there are.")
  private boolean list;

  @Option(names = "--with", paramLabel = "FEATURE", description = "Adds a feature to the container, with mlets of its own, say. May be repeated.")
  private List<String> with = new ArrayList<>();

  @Option(names = "--passphrase-file", paramLabel = "FILE", description = "File whose first line is the pass-phrase of an encrypted private key.")
  private Path passphraseFile;

  @Option(names = {"-v", "--verbose"}, description = "Tells more; twice: everything.")
  private boolean[] verbose = {};

  @Parameters(arity = "0..*", paramLabel = "MLET [ARGUMENT...]", description = "The mlet and its command line.")
  private List<String> words = new ArrayList<>();

  private final AtomicInteger signals = new AtomicInteger();
  private volatile boolean terminated;

  @Override
  public Integer call() throws Exception {
    if (singleton) {
      throw CommandFailure.usage("-s: singleton mode hands sockets to another process, and mlets run in this one; leave -s out");
    }
    if (words.isEmpty() && !list) {
      throw new ParameterException(spec.commandLine(), "an mlet is missing; 'run --list' shows which there are");
    }
    RoleOptions options = new RoleOptions();
    options.configuration = configuration;
    options.verbose = verbose;
    options.applyVerbosity(Level.WARN);
    // A question about an mlet is answered without keys and certificates; whether it is one is for the mlet's declaration to say.
    boolean question = list || words.contains("--help") || words.contains("-h");
    Map<String, Object> controller = question ? null : ControllerCommand.configuration(options, listen, published, null);
    return run(controller, request());
  }

  /** The configuration of the command in the container, PID {@code org.pktlab.run}. */
  Map<String, Object> request() throws CommandFailure {
    Map<String, Object> request = new HashMap<>();
    request.put("mode", list ? "list" : "run");
    request.put("mlet", words.isEmpty() ? "" : words.get(0));
    request.put("arguments", words.isEmpty() ? new String[0] : words.subList(1, words.size()).toArray(String[]::new));
    request.put("sessions", sessions == null ? Long.MAX_VALUE : sessions);
    request.put("hostId", hostId == null ? "" : hostId);
    request.put("listen", listen == null ? "" : EndpointCommand.address(listen, "-a"));
    request.put("published", published == null ? "" : EndpointCommand.address(published, "-p"));
    request.put("format", format);
    request.put("provenance", provenance);
    request.put("out", out == null ? "" : out.toString());
    request.put("progress", Boolean.getBoolean("pktlab.terminal"));
    request.put("verbose", verbose.length > 0);
    return request;
  }

  private int run(Map<String, Object> controller, Map<String, Object> request) throws CommandFailure, InterruptedException {
    Distribution distribution = Distribution.here();
    RoleDescription role = RoleDescription.read(distribution, "controller");
    List<String> features = new ArrayList<>(role.features());
    features.addAll(with);
    Thread caller = Thread.currentThread();
    try (Container container = Container.start("run", distribution, features, Map.of());
        Readiness readiness = new Readiness(container.context())) {
      Signals.on("INT", () -> interrupt(caller, container, false));
      Signals.on("TERM", () -> interrupt(caller, container, true));
      new PassphrasePrompt(passphraseFile).offer(container);
      if (controller != null) {
        Configurations.set(container.context(), role.pid(), controller);
      }
      Configurations.set(container.context(), "org.pktlab.run", request);
      @SuppressWarnings("rawtypes")
      Optional<Callable> command = readiness.await(Callable.class, COMMAND_FILTER, List.of(role.role()), READY_MILLIS);
      if (command.isEmpty()) {
        throw new CommandFailure(
            "the command is not there after " + READY_MILLIS / 1000 + " s: " + String.join("; ", Diagnosis.unsatisfied(container.context())));
      }
      int status = call(command.get(), readiness, role.role());
      Thread.interrupted(); // what stopped the run is not to disturb the container's end
      return status == INTERRUPTED && terminated ? TERMINATED : status;
    } catch (InterruptedException e) {
      return terminated ? TERMINATED : INTERRUPTED;
    }
  }

  private static int call(Callable<?> command, Readiness readiness, String role) throws CommandFailure, InterruptedException {
    Optional<Readiness.Announcement> said = readiness.announcement(role);
    if (said.isPresent() && !said.get().ready()) {
      throw new CommandFailure(said.get().line());
    }
    try {
      return ((Number) command.call()).intValue();
    } catch (InterruptedException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new CommandFailure("run: " + e.getMessage());
    }
  }

  private void interrupt(Thread caller, Container container, boolean term) {
    terminated |= term;
    if (signals.incrementAndGet() == 1) {
      caller.interrupt();
    } else {
      Thread last = new Thread(() -> forced(container), "pktlab-force");
      last.start();
    }
  }

  private void forced(Container container) {
    System.err.println("pktlab: forced to end");
    container.removeState();
    Runtime.getRuntime().halt(terminated ? TERMINATED : INTERRUPTED);
  }
}
