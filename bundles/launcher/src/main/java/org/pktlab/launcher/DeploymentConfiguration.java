package org.pktlab.launcher;

import java.nio.file.Path;

/** The three configuration files of a {@link Deployment}, with absolute paths and comments (packetlab-rendezvous.md section 13). */
final class DeploymentConfiguration {
  private static final String SYNTAX =
      "# One directive a line: its name, blanks, its value to the end of the line. A line that begins with # is a comment.\n"
          + "# File names are absolute: change them when the files are moved.\n";

  private final DeploymentPlan plan;
  private final Path folder;

  DeploymentConfiguration(DeploymentPlan plan, Path folder) {
    this.plan = plan;
    this.folder = folder;
  }

  String broker() {
    String host = plan.brokerListen().indexOf(':') >= 0 ? "[" + plan.brokerListen() + "]" : plan.brokerListen();
    return "# Broker of a PacketLab deployment. Start: pktlab broker -c " + folder.resolve(Deployment.BROKER_CONF) + "\n"
        + SYNTAX
        + "\n# Where controllers publish their experiments, and where endpoints subscribe.\n"
        + "Publish " + host + ":" + plan.broker().port() + "\n"
        + "Subscribe " + host + ":" + plan.subscribePort() + "\n"
        + "\n# The broker's private key and its certificate, which the broker's operator (k_bop) signed.\n"
        + "PrivKey " + key("k_broker") + "\n"
        + "CertChainPath " + certificate("agent_bop_broker") + "\n"
        + "\n# Public keys that must have signed the clients' agent certificates. Empty: any, since users sign theirs themselves.\n"
        + "ClientRootPath\n"
        + "\n# Where the broker remembers which endpoint was told of which experiment.\n"
        + "StoreDir " + folder.resolve("state").resolve("broker") + "\n";
  }

  String endpoint() {
    StringBuilder text = new StringBuilder();
    text.append("# Endpoint of a PacketLab deployment. Start: pktlab endpoint -c ").append(folder.resolve(Deployment.ENDPOINT_CONF)).append("\n");
    text.append("# The C program pktendpt takes this file as well.\n");
    text.append(SYNTAX);
    text.append("\n# Kinds of sockets that experiments may open.\nTransprotoSup tcp,udp\n");
    text.append("\n# Addresses that experiments may use, best first: A.B.C.D/LEN or names of interfaces. For IPv6 there is a directive of its own.\n");
    text.append("VMemLocalAddrStrIPv4 ").append(plan.localAddress()).append("\n");
    text.append("#VMemLocalAddrStrIPv6 ::1\n");
    text.append("\n# Name servers that experiments are told of.\n");
    if (plan.resolvers().isEmpty()) {
      text.append("#VMemLocalDNSAddrStrIPv4 192.0.2.53\n");
    } else {
      text.append("VMemLocalDNSAddrStrIPv4 ").append(String.join(",", plan.resolvers())).append("\n");
    }
    text.append("\n# Name of this endpoint: for experiments, and for controllers that choose endpoints by their attributes.\n");
    text.append("HostID ").append(plan.hostId()).append("\n");
    text.append("EndpointAttr hostid=").append(plan.hostId()).append(";\n");
    text.append("#EndpointAttr hostid=").append(plan.hostId()).append(";endpoint_country=USA;endpoint_location=DM12;\n");
    text.append("\n# The broker to subscribe at, and whose signature its certificate must carry.\n");
    text.append("BrokerAddr ").append(plan.subscription()).append("\n");
    text.append("BrokerChainRootPath ").append(publicKey("k_bop")).append("\n");
    text.append("\n# Channels: those of this endpoint's operator, taken from SubPrivCertChainPath.\n");
    text.append("AutoExtractChannel 1\n");
    text.append("\n# This endpoint's private key, and the certificate that it shows to the broker.\n");
    text.append("EndpointPrivKey ").append(key("k_ep")).append("\n");
    text.append("EndpointAgentCertPath ").append(certificate("agent_ep_ep")).append("\n");
    text.append("\n# Operators whose experimenters may use this endpoint.\n");
    text.append("EndpointOpPubKeyPath ").append(publicKey("k_eop")).append("\n");
    text.append("\n# Proof that this endpoint stands for its operator: to the broker and to controllers. The certificate on k_ep first.\n");
    text.append("SubPrivCertChainPath ").append(certificate("subcmd_eop_ep")).append("\n");
    text.append("ControllerCertChainPath ").append(certificate("subcmd_eop_ep")).append("\n");
    text.append("\n# Counters of what experiments used up of their limits.\n");
    text.append("RLimDBPath ").append(folder.resolve("state").resolve("endpt.rlim")).append("\n");
    text.append("\n# 1: no broker; serve the one controller named on the command line.\nNoSubMode 0\n");
    text.append("\n# Of pktlab endpoint only: experiments at once, and octets that may be sent in so many nanoseconds.\n");
    text.append("#MaxConcurrentExperiments 1\n#SendRateLimit 12500000/10000000000\n");
    return text.toString();
  }

  String controller() {
    return "# Controller of a PacketLab deployment. Run an experiment:\n"
        + "#   pktlab run -c " + folder.resolve(Deployment.CONTROLLER_CONF) + " -a " + plan.controllerListen() + " -n 1 -- MLET [OPTIONS]\n"
        + "# The C program pktxpmgr takes this file as well.\n"
        + SYNTAX
        + "\n# 1: publish experiments at the broker. 0: only wait for endpoints that are told the address by hand.\n"
        + "EnableExpPublication 1\n"
        + "\n# The broker to publish at, whose signature its certificate must carry, and the certificate that is shown to it.\n"
        + "BrokerAddr " + plan.broker() + "\n"
        + "BrokerCertRootPath " + publicKey("k_bop") + "\n"
        + "PubAgentCertPath " + certificate("agent_xc_xc") + "\n"
        + "\n# The address that endpoints are told. The one to listen on is said on the command line (-a) and must belong to it.\n"
        + "PubControllerAddr " + plan.controller() + "\n"
        + "\n# How long an experiment stays published, and how long endpoints are served after that, in nanoseconds.\n"
        + "PubPeriod 3600000000000\n"
        + "GreetPeriodAfterPubEnd 0\n"
        + "\n# Which endpoints are wanted: countries (ISO 3166-1 alpha-3), locators (Maidenhead, with * and ?).\n"
        + "#PubCountry USA,CAN\n#PubLocation DM12,JN*\n"
        + "\n# The controller's private key.\n"
        + "ControllerPrivkeyPath " + key("k_xc") + "\n"
        + "\n# One experiment: DEFAULT:SNIKEY:CHAIN:OPERATORS:CHANNELS:OVERRIDES. Certificates that allow it, in any order; the endpoint\n"
        + "# operators it trusts; channels to publish on (empty: the operator's own). May be repeated.\n"
        + "ExpExec 1::" + certificate("exppriv_eop_exper") + "," + certificate("pubcmd_exper_xc") + ":" + publicKey("k_eop") + "::\n";
  }

  private Path key(String name) {
    return folder.resolve(Deployment.KEYS).resolve(name);
  }

  private Path publicKey(String name) {
    return folder.resolve(Deployment.KEYS).resolve(name + ".pub");
  }

  private Path certificate(String name) {
    return folder.resolve(Deployment.CERTIFICATES).resolve(name + ".cert");
  }
}
