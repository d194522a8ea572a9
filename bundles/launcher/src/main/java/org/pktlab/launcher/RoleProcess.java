package org.pktlab.launcher;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.pktlab.launcher.log.LogSink;
import org.slf4j.event.Level;

/** Runs one or more roles in this process until they end or are told to. */
final class RoleProcess {
  private static final long READY_MILLIS = 20_000;

  private final Distribution distribution;
  private final RoleOptions options;
  private final String first;
  private final Set<String> features = new LinkedHashSet<>();
  private final Map<String, RoleDescription> roles = new LinkedHashMap<>();
  private final Map<String, Map<String, Object>> configurations = new LinkedHashMap<>();
  private final AtomicInteger signals = new AtomicInteger();

  /** Prepares a process for the role with its configuration, and what else the options add. */
  RoleProcess(String role, Map<String, Object> configuration, RoleOptions options) throws CommandFailure {
    this.distribution = Distribution.here();
    this.options = options;
    this.first = role;
    addRole(role, configuration);
    for (String each : options.with) {
      int equals = each.indexOf('=');
      String name = equals < 0 ? each : each.substring(0, equals);
      if (distribution.container(name) != null) {
        addRole(name, RoleConfiguration.read(name, equals < 0 ? null : Path.of(each.substring(equals + 1))));
      } else if (equals < 0) {
        distribution.feature(name);
        features.add(name);
      } else {
        throw CommandFailure.usage("only roles have a configuration file: " + each);
      }
    }
  }

  private void addRole(String role, Map<String, Object> configuration) throws CommandFailure {
    RoleDescription description = RoleDescription.read(distribution, role);
    if (roles.put(role, description) != null) {
      throw CommandFailure.usage("the role " + role + " is asked for twice");
    }
    configurations.put(role, configuration);
    features.addAll(description.features());
    features.addAll(description.shell());
    if (options.shell) {
      features.addAll(description.terminal());
    }
  }

  /** Starts, prints a line for each role that is ready, and returns the exit status when the container has ended. */
  int run() throws CommandFailure, InterruptedException {
    Container container = Container.start(first, distribution, new ArrayList<>(features), Map.of());
    Runnable stop = () -> stop(container);
    Signals.on("INT", stop);
    Signals.on("TERM", stop);
    try (container;
        Readiness readiness = new Readiness(container.context())) {
      new PassphrasePrompt(options.passphraseFile).offer(container);
      for (Map.Entry<String, RoleDescription> role : roles.entrySet()) {
        Configurations.set(container.context(), role.getValue().pid(), configurations.get(role.getKey()));
      }
      for (String role : roles.keySet()) {
        if (signals.get() == 0) {
          awaitRole(container, readiness, role);
        }
      }
      container.awaitStop();
      return 0;
    } catch (IllegalStateException e) {
      if (signals.get() > 0) {
        return 0; // told to end while it started
      }
      throw e;
    }
  }

  private void awaitRole(Container container, Readiness readiness, String role) throws CommandFailure, InterruptedException {
    Optional<Readiness.Announcement> said = readiness.await(role, READY_MILLIS);
    if (said.isEmpty() && signals.get() == 0) {
      List<String> causes = Diagnosis.unsatisfied(container.context());
      if (!causes.isEmpty()) {
        throw new CommandFailure("the " + role + " is not ready after " + READY_MILLIS / 1000 + " s: " + String.join("; ", causes));
      }
      LogSink.write(Level.INFO, role, "not ready yet, but everything it needs is there; it goes on trying", null);
      said = readiness.await(role, 0);
    }
    if (said.isPresent()) {
      if (!said.get().ready()) {
        throw new CommandFailure(said.get().line());
      }
      System.out.println("ready: " + said.get().line());
      System.out.flush();
    }
  }

  private void stop(Container container) {
    if (signals.incrementAndGet() > 1) {
      container.removeState();
      Runtime.getRuntime().halt(130);
    }
    Thread stopper = new Thread(() -> end(container), "pktlab-stop");
    stopper.start();
  }

  private static void end(Container container) {
    container.close();
    if (!container.isStopped()) {
      LogSink.write(Level.ERROR, "launcher", "the container does not stop; ending the process", null);
      Runtime.getRuntime().halt(CommandFailure.FAILED);
    }
  }
}
