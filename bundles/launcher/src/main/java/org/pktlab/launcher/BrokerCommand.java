package org.pktlab.launcher;

import java.util.concurrent.Callable;
import org.slf4j.event.Level;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code pktlab broker}. */
@Command(
    name = "broker",
    mixinStandardHelpOptions = true,
    description = "Runs a broker in the foreground: brings experiments and endpoints together.",
    footer = {"", "SIGINT and SIGTERM end it with status 0; a second one at once with 130."})
final class BrokerCommand implements Callable<Integer> {
  @Mixin private RoleOptions options;

  @Override
  public Integer call() throws Exception {
    options.applyVerbosity(Level.INFO);
    return new RoleProcess("broker", RoleConfiguration.read("broker", options.configuration), options).run();
  }
}
