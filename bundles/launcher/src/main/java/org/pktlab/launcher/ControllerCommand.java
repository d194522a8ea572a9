package org.pktlab.launcher;

import java.util.Map;
import java.util.concurrent.Callable;
import org.slf4j.event.Level;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pktlab controller}. */
@Command(
    name = "controller",
    mixinStandardHelpOptions = true,
    description = "Runs a controller in the foreground; experiments are started in its shell ('./pktlab shell controller').",
    footer = {"", "SIGINT and SIGTERM end it with status 0; a second one at once with 130."})
final class ControllerCommand implements Callable<Integer> {
  @Mixin private RoleOptions options;

  @Option(names = "-a", paramLabel = "HOST[:PORT]", description = "Where to listen for endpoints (default: 0.0.0.0:20556).")
  private String listen;

  @Option(names = "-p", paramLabel = "HOST[:PORT]", description = "The address that endpoints are told.")
  private String published;

  @Option(names = "-i", paramLabel = "HOSTID", description = "Only endpoints whose attribute hostid matches this pattern.")
  private String hostId;

  @Override
  public Integer call() throws Exception {
    options.applyVerbosity(Level.INFO);
    return new RoleProcess("controller", configuration(options, listen, published, hostId), options).run();
  }

  /** The configuration file, with what the command line says on top. */
  static Map<String, Object> configuration(RoleOptions options, String listen, String published, String hostId) throws CommandFailure {
    Map<String, Object> configuration = RoleConfiguration.read("controller", options.configuration);
    if (listen != null) {
      configuration.put("Listen", EndpointCommand.address(listen, "-a"));
    }
    if (published != null) {
      configuration.put("Published", EndpointCommand.address(published, "-p"));
    }
    if (hostId != null) {
      configuration.put("HostId", hostId);
    }
    return configuration;
  }
}
