package org.pktlab.mlet.host;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.pktlab.controller.Controller;
import org.pktlab.mlet.ArgumentParser;
import org.pktlab.mlet.Completion;
import org.pktlab.mlet.Declaration;
import org.pktlab.mlet.HelpText;
import org.pktlab.mlet.run.MletRunner;
import org.pktlab.mlet.run.Outcome;
import org.pktlab.mlet.run.RunRefusedException;
import org.pktlab.mlet.run.RunRequest;
import org.pktlab.role.Printable;

/**
 * The command {@code pktlab run}, for a launcher that configures it and calls it. Rows go to standard output or a file; everything else
 * goes to standard error. Exit status: 0 every session completed, 3 some, 4 none, 2 usage, 1 not started, 130 interrupted.
 */
@Component(
    service = Callable.class,
    configurationPid = RunCommand.PID,
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    property = "pktlab.command=run")
public final class RunCommand implements Callable<Integer> {
  static final String PID = "org.pktlab.run";
  static final int NOT_STARTED = 1;
  static final int USAGE = 2;
  static final int INTERRUPTED = 130;

  private static final String COMMAND = "./pktlab run";
  private static final long SERVICE_WAIT_NS = 4_000_000_000L;
  private static final long SETTLED_NS = 400_000_000L;
  private static final long LOOK_MS = 10;
  private static final int DEFAULT_WIDTH = 80;

  /** Configuration, PID {@value RunCommand#PID}. */
  @interface Configuration {
    /** {@code run}, {@code list}, {@code help} or {@code complete}. */
    String mode() default "run";

    /** Name of the mlet. */
    String mlet() default "";

    /** The mlet's command line; for {@code complete} the last word is the one being typed. */
    String[] arguments() default {};

    /** Endpoint sessions to serve; 0 for no limit. */
    long sessions() default 0;

    /** Pattern for the endpoints' {@code hostid}; empty for any. */
    String hostId() default "";

    /** Address to listen on; empty for the configured one. */
    String listen() default "";

    /** Controller address to publish; empty for the configured one. */
    String published() default "";

    /** Name of the result format; empty for what fits the name of the file, else {@code table}. */
    String format() default "";

    /** Whether every row carries where it comes from. */
    boolean provenance() default false;

    /** File for the rows; empty for standard output. */
    String out() default "";

    /** Whether to show live lines. */
    boolean progress() default false;

    /** Whether to tell more. */
    boolean verbose() default false;
  }

  private final MletRunner runner;
  private final Configuration configuration;
  private final PrintStream out;
  private final PrintStream err;
  private volatile Controller controller;

  /** Made by the component runtime. */
  @Activate
  public RunCommand(@Reference MletRunner runner, Configuration configuration) {
    this(runner, configuration, System.out, System.err);
  }

  RunCommand(MletRunner runner, Configuration configuration, PrintStream out, PrintStream err) {
    this.runner = runner;
    this.configuration = configuration;
    this.out = out;
    this.err = err;
  }

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  void bindController(Controller found) {
    controller = found;
  }

  void unbindController(Controller gone) {
    if (controller == gone) {
      controller = null;
    }
  }

  @Override
  public Integer call() {
    try {
      return switch (configuration.mode()) {
        case "run" -> run();
        case "list" -> list();
        case "help" -> help();
        case "complete" -> complete();
        default -> fail(USAGE, "mode '" + configuration.mode() + "' is none of run, list, help, complete");
      };
    } catch (InterruptedException e) {
      return INTERRUPTED;
    } finally {
      out.flush();
      err.flush();
    }
  }

  private int fail(int status, String line) {
    err.println("run: " + line);
    return status;
  }

  private int list() throws InterruptedException {
    await(() -> false);
    List<Declaration> found = runner.mlets();
    int widest = found.stream().mapToInt(d -> d.name().length()).max().orElse(0);
    for (Declaration declaration : found) {
      out.println(declaration.name() + " ".repeat(widest - declaration.name().length() + 2) + declaration.summary());
    }
    return found.isEmpty() ? fail(NOT_STARTED, "no mlet is installed") : 0;
  }

  private int complete() throws InterruptedException {
    Optional<Declaration> found = find();
    List<String> words = List.of(configuration.arguments());
    if (words.isEmpty() || found.isEmpty()) {
      runner.mlets().stream().map(Declaration::name).filter(n -> n.startsWith(configuration.mlet())).forEach(out::println);
    } else {
      int last = words.size() - 1;
      Completion.candidates(found.get(), words.subList(0, last), words.get(last)).forEach(out::println);
    }
    return 0;
  }

  private int help() throws InterruptedException {
    Optional<Declaration> found = find();
    if (found.isEmpty()) {
      return fail(USAGE, unknown());
    }
    out.print(HelpText.of(found.get(), COMMAND));
    return 0;
  }

  private Optional<Declaration> find() throws InterruptedException {
    await(() -> runner.mlet(configuration.mlet()).isPresent());
    return runner.mlet(configuration.mlet());
  }

  private String unknown() {
    List<String> names = runner.mlets().stream().map(Declaration::name).toList();
    String what = configuration.mlet().isEmpty() ? "which mlet? " : "there is no mlet '" + Printable.of(configuration.mlet()) + "'; ";
    return what + (names.isEmpty() ? "none is installed" : "installed: " + String.join(", ", names));
  }

  private int run() throws InterruptedException {
    Optional<Declaration> found = find();
    if (found.isEmpty()) {
      return fail(USAGE, unknown());
    }
    OutputOptions options;
    try {
      options = OutputOptions.of(found.get(), Arrays.asList(configuration.arguments()), configuration.format(), configuration.out(),
          configuration.provenance());
      if (ArgumentParser.asksForHelp(found.get(), options.arguments())) {
        out.print(HelpText.of(found.get(), COMMAND));
        return 0;
      }
      ArgumentParser.parse(found.get(), options.arguments());
    } catch (org.pktlab.mlet.UsageException e) {
      return fail(USAGE, e.getMessage());
    }
    long begin = System.nanoTime();
    while (controller == null && System.nanoTime() - begin < SERVICE_WAIT_NS) {
      Thread.sleep(LOOK_MS);
    }
    if (controller == null) {
      return fail(NOT_STARTED, "there is no controller: it is not configured, or its configuration was refused (the log says why)");
    }
    boolean toFile = !options.out().isEmpty();
    ProgressDisplay display = new ProgressDisplay(err, configuration.progress(), configuration.verbose(), width());
    try (OutputStream rows = toFile ? Files.newOutputStream(Path.of(options.out())) : new Kept(out)) {
      return run(options, toFile ? rows : display.above(rows), display);
    } catch (IOException | InvalidPathException e) {
      return fail(NOT_STARTED, "cannot write " + (toFile ? options.out() : "the rows") + ": " + e.getMessage());
    }
  }

  private int run(OutputOptions options, OutputStream rows, ProgressDisplay display) throws InterruptedException {
    RunRequest request =
        new RunRequest(
            configuration.mlet(),
            options.arguments(),
            configuration.sessions() < 1 ? Long.MAX_VALUE : configuration.sessions(),
            orNull(configuration.hostId()),
            orNull(configuration.listen()),
            orNull(configuration.published()),
            options.format(),
            options.provenance(),
            rows);
    try {
      Outcome outcome = runner.run(request, display);
      display.end();
      if (configuration.progress() || configuration.verbose() || outcome.exitStatus() != 0) {
        err.println(
            "run: " + outcome.completed() + " completed, " + outcome.failed() + " failed, " + outcome.rows() + " rows"
                + (outcome.interrupted() ? ", interrupted" : ""));
      }
      return outcome.exitStatus();
    } catch (RunRefusedException e) {
      display.end();
      return fail(e.usage() ? USAGE : NOT_STARTED, e.getMessage());
    }
  }

  private static String orNull(String text) {
    return text.isEmpty() ? null : text;
  }

  private static int width() {
    try {
      return Math.max(20, Integer.parseInt(System.getenv().getOrDefault("COLUMNS", "")));
    } catch (NumberFormatException e) {
      return DEFAULT_WIDTH;
    }
  }

  /** Waits until it is so, until the set of mlets has not changed for a moment, or for a few seconds. */
  private void await(BooleanSupplier enough) throws InterruptedException {
    long begin = System.nanoTime();
    long changed = begin;
    int count = runner.mlets().size();
    while (!enough.getAsBoolean() && System.nanoTime() - begin < SERVICE_WAIT_NS) {
      int now = runner.mlets().size();
      if (now != count) {
        count = now;
        changed = System.nanoTime();
      }
      if (now > 0 && System.nanoTime() - changed > SETTLED_NS) {
        return;
      }
      Thread.sleep(LOOK_MS);
    }
  }

  /** Standard output, which is flushed but stays open. */
  private static final class Kept extends OutputStream {
    private final PrintStream out;

    Kept(PrintStream out) {
      this.out = out;
    }

    @Override
    public void write(int octet) throws IOException {
      write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] octets, int offset, int length) throws IOException {
      out.write(octets, offset, length);
      if (out.checkError()) {
        throw new IOException("standard output is closed");
      }
    }

    @Override
    public void flush() {
      out.flush();
    }

    @Override
    public void close() {
      out.flush();
    }
  }
}
