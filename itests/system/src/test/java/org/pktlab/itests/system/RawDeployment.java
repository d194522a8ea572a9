package org.pktlab.itests.system;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Configuration of a vantage point with raw sockets in the node {@code src} of the testbed, and of a controller in {@code ctl} that it is told of by hand.
 *
 * @param endpoint the endpoint's configuration file
 * @param controller the controller's
 */
record RawDeployment(Path endpoint, Path controller) {
  /** Where the controller listens in {@code ctl}. */
  static final String CONTROLLER = "10.0.0.1:20600";

  static RawDeployment make(Lab lab) throws IOException, InterruptedException {
    Deployment deployment = Deployment.make(lab);
    Path endpoint =
        deployment.variant(
            deployment.endpoint(),
            "raw.conf",
            text ->
                text.replace("NoSubMode 0", "NoSubMode 1")
                    .replace("TransprotoSup tcp,udp", "TransprotoSup tcp,udp,raw")
                    .replaceAll("VMemLocalAddrStrIPv4 .*", "VMemLocalAddrStrIPv4 10.1.0.1/24")
                    .replace("#VMemLocalAddrStrIPv6 ::1", "VMemLocalAddrStrIPv6 fd00:1:0::1"));
    return new RawDeployment(endpoint, deployment.directController());
  }

  /** The endpoint's configuration as the C program takes it. */
  Path peersEndpoint() throws IOException {
    Path folder = endpoint.getParent();
    return new Deployment(folder).variant(endpoint, "raw-peer.conf", text -> text.replace("MaxConcurrentExperiments 2\n", ""));
  }
}
