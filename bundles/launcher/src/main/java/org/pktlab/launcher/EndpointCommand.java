package org.pktlab.launcher;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.pktlab.rendezvous.Address;
import org.pktlab.rendezvous.RendezvousException;
import org.slf4j.event.Level;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pktlab endpoint}: takes what {@code pktendpt} takes (packetlab-rendezvous.md section 14). */
@Command(
    name = "endpoint",
    mixinStandardHelpOptions = true,
    description = "Runs an endpoint in the foreground: lends this host's network to experiments, within the limits of its operator.",
    footer = {"", "SIGINT and SIGTERM end it with status 0; a second one at once with 130."})
final class EndpointCommand implements Callable<Integer> {
  @Mixin private RoleOptions options;

  @Option(names = "-m", paramLabel = "MONITORFILE", description = "Local monitor program. Refused: this endpoint has no engine for monitors.")
  private List<String> monitors;

  @Parameters(
      arity = "0..1",
      paramLabel = "HOST:PORT",
      description = "The controller to serve when NoSubMode is 1 (default: 127.0.0.1:20556).")
  private String controller;

  @Override
  public Integer call() throws Exception {
    options.applyVerbosity(Level.INFO);
    if (monitors != null) {
      throw CommandFailure.usage("-m: this endpoint has no engine for monitors, so it cannot promise to apply " + monitors.get(0) + "; leave -m out");
    }
    Map<String, Object> configuration = RoleConfiguration.read("endpoint", options.configuration);
    if (controller != null) {
      configuration.put("NoSubModeAddr", address(controller, "HOST:PORT"));
    }
    return new RoleProcess("endpoint", configuration, options).run();
  }

  /** Checks an address of the command line and gives it with its port. */
  static String address(String text, String what) throws CommandFailure {
    try {
      return Address.parse(text, Address.EXPERIMENT_PORT).toString();
    } catch (RendezvousException e) {
      throw CommandFailure.usage(what + ": " + e.getMessage());
    }
  }
}
