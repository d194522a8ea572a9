package org.pktlab.shell.commands;

import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.pktlab.controller.Controller;
import org.pktlab.controller.Experiment;
import org.pktlab.controller.ExperimentRefusedException;
import org.pktlab.controller.ExperimentRequest;
import org.pktlab.mlet.Declaration;
import org.pktlab.mlet.HelpText;
import org.pktlab.mlet.run.MletRunner;
import org.pktlab.mlet.run.Outcome;
import org.pktlab.mlet.run.RunRefusedException;
import org.pktlab.role.Printable;

/** Experiments from the shell: {@code run}, {@code mlets} and {@code publish}. They block their session until the experiment is over. */
@Component(
    service = ExperimentCommands.class,
    property = {"osgi.command.scope=pktlab", "osgi.command.function=run", "osgi.command.function=mlets", "osgi.command.function=publish"})
public final class ExperimentCommands {
  private static final int DEFAULT_SECONDS = 60;
  private static final int MOST_SECONDS = 86_400;
  private static final long LAST_WORDS_SECONDS = 2;

  private volatile MletRunner runner;
  private volatile Controller controller;

  /** A runner has come. */
  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  void setRunner(MletRunner offered) {
    runner = offered;
  }

  void unsetRunner(MletRunner offered) {
    if (runner == offered) {
      runner = null;
    }
  }

  /** A configured controller has come. */
  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  void setController(Controller offered) {
    controller = offered;
  }

  void unsetController(Controller offered) {
    if (controller == offered) {
      controller = null;
    }
  }

  /** The command {@code mlets}: the measurements that can be run. */
  public void mlets() {
    TextTable table = new TextTable("MLET", "WHAT");
    for (Declaration declaration : runner().mlets()) {
      table.row(declaration.name(), declaration.summary());
    }
    System.out.print(table.isEmpty() ? "no mlet is installed\n" : table.toString());
  }

  /**
   * The command {@code run [-n COUNT] [-i HOSTID] [--format NAME] [--provenance] MLET [ARGUMENT...]}: runs an experiment and prints its rows here. One session is
   * served where no count is given.
   *
   * @throws IllegalStateException when not every session completed, so that the session's status tells it
   */
  public void run(String... words) throws Exception {
    RunLine line = RunLine.parse(words);
    MletRunner present = runner();
    Declaration declaration = present.mlet(line.mlet()).orElse(null);
    if (declaration != null && line.arguments().contains("--help")) {
      System.out.print(HelpText.of(declaration, "run"));
      return;
    }
    SessionOutput output = new SessionOutput();
    Outcome outcome;
    try {
      outcome = output.during("pktlab-shell-run", () -> present.run(line.request(output.rows()), new RunReport(output)));
    } catch (RunRefusedException e) {
      throw new IllegalArgumentException(e.getMessage());
    }
    System.out.println(outcome.completed() + " completed, " + outcome.failed() + " failed, " + outcome.rows() + " rows");
    if (outcome.exitStatus() != 0) {
      throw new IllegalStateException(outcome.interrupted() ? "interrupted" : "not every session completed");
    }
  }

  /** The command {@code publish [SECONDS]}: publishes the configured experiment, and tells who comes; whoever comes is closed again. */
  public void publish(String... words) throws InterruptedException {
    int seconds = seconds(words);
    Controller present = controller;
    if (present == null) {
      throw new IllegalStateException("no controller is configured in this container");
    }
    SessionOutput output = new SessionOutput();
    Experiment experiment;
    try {
      experiment = present.start(new ExperimentRequest(Long.MAX_VALUE, null, null, null), new VisitorLog(output));
    } catch (ExperimentRefusedException e) {
      throw new IllegalArgumentException(e.getMessage());
    }
    System.out.println("experiment " + experiment.id() + " awaits endpoints at " + experiment.listenAddress() + " for " + seconds + " s");
    experiment.descriptors().forEach(text -> System.out.println("  " + Printable.of(text)));
    System.out.flush();
    boolean ended = false;
    try {
      ended = output.print(seconds);
    } finally {
      experiment.abort();
    }
    if (!ended) {
      output.print(LAST_WORDS_SECONDS);
    }
  }

  private static int seconds(String... words) {
    if (words.length == 0) {
      return DEFAULT_SECONDS;
    }
    try {
      int seconds = words.length == 1 ? Integer.parseInt(words[0]) : 0;
      if (seconds >= 1 && seconds <= MOST_SECONDS) {
        return seconds;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new IllegalArgumentException("usage: publish [SECONDS], from 1 to " + MOST_SECONDS);
  }

  private MletRunner runner() {
    MletRunner present = runner;
    if (present == null) {
      throw new IllegalStateException("this container runs no mlets: it lacks the feature mlets");
    }
    return present;
  }
}
