package org.pktlab.launcher;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.pktlab.rendezvous.Address;
import org.pktlab.rendezvous.RendezvousException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pktlab init}: a small private deployment, ready to edit (packetlab-trust section 11.2). */
@Command(
    name = "init",
    mixinStandardHelpOptions = true,
    description = "Makes keys, certificates and configuration for a small private deployment: one broker, one endpoint, one controller.",
    footer = {
      "",
      "Without options all three talk over this machine's loopback, while the endpoint",
      "lends this machine's address. The files of a deployment over several machines",
      "are made in one place and then copied; file names in them are absolute. Private",
      "keys are not encrypted, mode 0600. Certificates are valid until 2038-01-19.",
      "The C programs pktendpt and pktxpmgr take endpt.conf and xpmgr.conf as well.",
      "",
      "Examples:",
      "  pktlab init ~/lab",
      "  pktlab init --broker broker.example.net --controller-address 192.0.2.10 lab",
      "",
      "Exit status: 0 done; 1 DIR is not empty or cannot be written (nothing is left",
      "behind); 2 wrong command line."
    })
final class InitCommand implements Callable<Integer> {
  /** Beside the broker's own two ports, so that all three programs can run on one machine. */
  private static final int CONTROLLER_PORT = 20_600;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "Where to put everything: a folder that does not exist or is empty.")
  private Path folder;

  @Option(
      names = "--broker",
      paramLabel = "HOST[:PORT]",
      description = "Where controllers and endpoints find the broker (default: 127.0.0.1:20556).")
  private String broker = "127.0.0.1";

  @Option(
      names = "--subscribe-port",
      paramLabel = "PORT",
      description = "The broker's port for endpoints (default: 20557).")
  private int subscribePort = Address.SUBSCRIPTION_PORT;

  @Option(
      names = "--controller-address",
      paramLabel = "HOST[:PORT]",
      description = "Where endpoints find the controller (default: port 20600 of 127.0.0.1, or of this machine if the broker is elsewhere).")
  private String controller;

  @Option(
      names = "--local-address",
      paramLabel = "A.B.C.D/LEN|IF",
      description = "Address or interface that the endpoint lends (default: this machine's first address, else 127.0.0.1/8).")
  private String localAddress;

  @Option(names = "--host-id", paramLabel = "NAME", description = "Name of the endpoint (default: this machine's).")
  private String hostId;

  @Override
  public Integer call() throws CommandFailure {
    DeploymentPlan plan = plan();
    Deployment deployment;
    try {
      deployment = Deployment.create(folder, plan);
    } catch (IOException e) {
      throw new CommandFailure(e.getMessage() == null || e.getMessage().equals(folder.toString()) ? folder + " cannot be written: " + e : e.getMessage());
    }
    tell(deployment, plan);
    return 0;
  }

  private DeploymentPlan plan() throws CommandFailure {
    Address brokerAddress = address("--broker", broker, Address.PUBLICATION_PORT);
    boolean loopback = DeploymentPlan.isLoopback(brokerAddress.host());
    String controllerHost = loopback ? "127.0.0.1" : LocalNetwork.ipv4().map(found -> found.getAddress().getHostAddress()).orElse("127.0.0.1");
    Address controllerAddress =
        controller == null ? new Address(controllerHost, CONTROLLER_PORT) : address("--controller-address", controller, CONTROLLER_PORT);
    if (subscribePort < 1 || subscribePort > 65_535) {
      throw CommandFailure.usage("--subscribe-port must be 1 to 65535");
    }
    int[] taken = {brokerAddress.port(), subscribePort};
    boolean sameHost = brokerAddress.host().equals(controllerAddress.host());
    if (taken[0] == taken[1] || sameHost && (controllerAddress.port() == taken[0] || controllerAddress.port() == taken[1])) {
      throw CommandFailure.usage("broker and controller need three different ports on " + brokerAddress.host());
    }
    if (hostId != null && !hostId.matches("[A-Za-z0-9._-]{1,63}")) {
      throw CommandFailure.usage("--host-id must be 1 to 63 of letters, digits, '.', '-', '_'");
    }
    if (localAddress != null && !localAddress.matches("[!-~]{1,255}")) {
      throw CommandFailure.usage("--local-address must be A.B.C.D/LEN or the name of an interface");
    }
    return new DeploymentPlan(
        brokerAddress,
        subscribePort,
        loopback ? brokerAddress.host() : "0.0.0.0",
        controllerAddress,
        localAddress == null ? LocalNetwork.ipv4WithPrefix() : localAddress,
        LocalNetwork.resolvers(),
        hostId == null ? LocalNetwork.hostName() : hostId);
  }

  private static Address address(String option, String text, int defaultPort) throws CommandFailure {
    try {
      Address address = Address.parse(text, defaultPort);
      if (address.port() == 0) {
        throw CommandFailure.usage(option + ": the port must not be 0");
      }
      return address;
    } catch (RendezvousException e) {
      throw CommandFailure.usage(option + ": " + e.getMessage());
    }
  }

  private void tell(Deployment deployment, DeploymentPlan plan) {
    PrintWriter out = spec.commandLine().getOut();
    Map<String, String> owners = new TreeMap<>(Deployment.KEY_OWNERS);
    out.println("Made in " + deployment.folder() + ":");
    owners.forEach((name, owner) -> out.println(String.format("  keys/%-9s private key of the %s (keys/%s.pub: its public key)", name, owner, name)));
    out.println("  certs/        who may do what: pktlab cert show " + deployment.folder() + "/certs/*");
    out.println("  broker.conf, endpt.conf, xpmgr.conf    edit them at will");
    out.println("  state/        what the programs keep");
    out.println();
    out.println("Next, each in a terminal of its own:");
    out.println("  pktlab broker -c " + deployment.brokerConf());
    out.println("  pktlab endpoint -c " + deployment.endpointConf());
    out.println("  pktlab run -c " + deployment.controllerConf() + " -a " + deployment.controllerListen() + " -n 1 -- http-get http://example.com/");
    if (!DeploymentPlan.isLoopback(plan.broker().host())) {
      out.println();
      out.println("The broker is to run on " + plan.broker().host() + ": copy broker.conf, keys/k_broker and certs/agent_bop_broker.cert there.");
    }
    out.println("Keep keys/k_bop, keys/k_eop and keys/k_exper off machines that do not sign with them.");
    out.flush();
  }
}
