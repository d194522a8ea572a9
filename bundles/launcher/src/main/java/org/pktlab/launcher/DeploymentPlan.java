package org.pktlab.launcher;

import java.util.List;
import java.util.Objects;
import org.pktlab.rendezvous.Address;

/**
 * Where the programs of a small deployment are to be found.
 *
 * @param broker host of the broker and the port where controllers publish
 * @param subscribePort the broker's port for endpoints, 1 to 65535
 * @param brokerListen host on which the broker listens: an address of its machine, or {@code 0.0.0.0} for all
 * @param controller where endpoints reach the controller
 * @param localAddress addresses that the endpoint lends, as {@code A.B.C.D/LEN} or names of interfaces, separated by commas
 * @param resolvers IPv4 addresses of the name servers that the endpoint tells experiments; may be empty
 * @param hostId name of the endpoint, letters, digits, {@code . - _}
 */
record DeploymentPlan(
    Address broker, int subscribePort, String brokerListen, Address controller, String localAddress, List<String> resolvers, String hostId) {
  DeploymentPlan {
    Objects.requireNonNull(broker, "broker");
    Objects.requireNonNull(controller, "controller");
    Objects.requireNonNull(localAddress, "local address");
    resolvers = List.copyOf(resolvers);
    if (subscribePort < 1 || subscribePort > 65_535) {
      throw new IllegalArgumentException("not a port: " + subscribePort);
    }
  }

  /** All three programs on this machine's loopback. */
  static DeploymentPlan loopback(int publishPort, int subscribePort, int controllerPort) {
    return new DeploymentPlan(
        new Address("127.0.0.1", publishPort),
        subscribePort,
        "127.0.0.1",
        new Address("127.0.0.1", controllerPort),
        "127.0.0.1/8",
        List.of(),
        "endpoint1");
  }

  /** Where endpoints subscribe. */
  Address subscription() {
    return broker.withPort(subscribePort);
  }

  /** Where the controller listens: on loopback if that is where endpoints are told to go, else on all addresses. */
  Address controllerListen() {
    return new Address(isLoopback(controller.host()) ? controller.host() : "0.0.0.0", controller.port());
  }

  /** Whether a host can be nothing but this machine. */
  static boolean isLoopback(String host) {
    return host.equals("localhost") || host.equals("::1") || host.matches("127\\.[0-9.]+");
  }
}
