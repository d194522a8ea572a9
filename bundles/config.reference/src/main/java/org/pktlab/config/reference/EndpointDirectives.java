package org.pktlab.config.reference;

import static org.pktlab.config.reference.Repeat.ADDS_UP;
import static org.pktlab.config.reference.Repeat.FIRST;
import static org.pktlab.config.reference.Repeat.LAST;

import java.util.List;
import java.util.function.Predicate;
import org.pktlab.config.reference.DirectiveTable.Need;

/** The directives of {@code endpt.conf} (packetlab-rendezvous.md section 13.2) and three of our own. */
public final class EndpointDirectives {
  private static final String SUBSCRIBING = "unless NoSubMode is 1";
  private static final Predicate<ReferenceConfig> SUBSCRIBES = config -> !config.isOn("NoSubMode");

  /** All of them. */
  public static final DirectiveTable TABLE =
      new DirectiveTable(
          "endpoint",
          List.of(
              d("BufMax", ValueKind.NUMBER, "8388608", FIRST, "", "Buffer limit of a session in octets"),
              d("TransprotoSup", ValueKind.PROTOCOLS, "", ADDS_UP, "always", "Offered kinds of sockets; unknown items are ignored"),
              d("RawModeLKM", ValueKind.BOOLEAN, "0", FIRST, "", "Raw sockets through the kernel module"),
              d(
                  "VMemLocalAddrStrIPv4",
                  ValueKind.LOCAL_IPV4,
                  "",
                  LAST,
                  "this or VMemLocalAddrStrIPv6",
                  "Exported IPv4 addresses, best first; without it IPv4 is off"),
              d(
                  "VMemLocalAddrStrIPv6",
                  ValueKind.LOCAL_IPV6,
                  "",
                  LAST,
                  "this or VMemLocalAddrStrIPv4",
                  "Exported IPv6 addresses, best first; without it IPv6 is off"),
              d("VMemLocalDNSAddrStrIPv4", ValueKind.RESOLVERS_IPV4, "", LAST, "", "Exported IPv4 resolvers"),
              d("VMemLocalDNSAddrStrIPv6", ValueKind.RESOLVERS_IPV6, "", LAST, "", "Exported IPv6 resolvers"),
              d("HostID", ValueKind.HOST_ID, "", LAST, "", "Host identifier in the memory map; not an attribute for matching"),
              d("BrokerAddr", ValueKind.ADDRESS, "", LAST, SUBSCRIBING, "Broker to subscribe at, default port 20557"),
              d("BrokerChannel", ValueKind.CHANNELS, "", LAST, "", "Channels to subscribe to; an empty item stands for the extracted ones"),
              d("AutoExtractChannel", ValueKind.BOOLEAN, "0", FIRST, "", "Take private channels from SubPrivCertChainPath"),
              d("EndpointAgentCertPath", ValueKind.FILE, "", LAST, SUBSCRIBING, "Agent certificate shown to the broker"),
              d("BrokerChainRootPath", ValueKind.FILES, "", LAST, SUBSCRIBING, "Public keys that a broker's certificate may end in"),
              d(
                  "EndpointOpPubKeyPath",
                  ValueKind.FILES,
                  "",
                  LAST,
                  "",
                  "Public keys of trusted operators; none: any controller root. Also the operator key of a subscription"),
              d(
                  "SubPrivCertChainPath",
                  ValueKind.FILES,
                  "",
                  LAST,
                  SUBSCRIBING,
                  "Representation chain for the broker, leaf first, operator-signed last"),
              d("ControllerCertChainPath", ValueKind.FILES, "", LAST, "always", "Representation chain shown to controllers, leaf first"),
              d("EndpointPrivKey", ValueKind.FILE, "", LAST, "always", "Private key of the endpoint, for everything"),
              d("EndpointAttr", ValueKind.ATTRIBUTES, "", LAST, "", "Attributes sent with a subscription"),
              d("NoSubMode", ValueKind.BOOLEAN, "0", FIRST, "", "No broker: run the one experiment named on the command line"),
              d("NoSubModeSNIKey", ValueKind.SNI, "", LAST, "", "Server name for NoSubMode 1"),
              d("RLimDBPath", ValueKind.PATH, "~/.pktlab/endpt.rlim", LAST, "", "Counters of resource limits"),
              d("WorkerBusyWaitMode", ValueKind.BOOLEAN, "0", FIRST, "", "Poll instead of sleep"),
              d("MonitorReportCrash", ValueKind.BOOLEAN, "0", FIRST, "", "Report crashes of monitors"),
              d("MonitorDeadlineMillsec", ValueKind.MILLISECONDS, "100", FIRST, "", "Time for one call of a monitor"),
              d("MonitorMemoryMax", ValueKind.MEMORY_SIZE, "1048576", FIRST, "", "Memory of one monitor in octets"),
              d("MonitorEnableDebug", ValueKind.BOOLEAN, "0", FIRST, "", "Debug output of monitors"),
              d("MaxConcurrentExperiments", ValueKind.COUNT, "1", LAST, "", "Experiments that may run at once"),
              d(
                  "SendRateLimit",
                  ValueKind.RATE,
                  "12500000/10000000000",
                  LAST,
                  "",
                  "Octets that may be sent per time in nanoseconds; none removes the limit"),
              d("TellFacts", ValueKind.FACTS, "", LAST, "", "What experiments may know about this host besides; nothing by default"),
              d("AllowConsume", ValueKind.BOOLEAN, "0", LAST, "", "Experiments may hide packets that they capture from the host"),
              d("StateDir", ValueKind.NEW_FOLDER, "", LAST, "", "Where the endpoint keeps what outlives it")),
          List.of(
              need(config -> true, "TransprotoSup"),
              new Need(List.of("VMemLocalAddrStrIPv4", "VMemLocalAddrStrIPv6"), config -> true, "always"),
              need(config -> true, "ControllerCertChainPath"),
              need(config -> true, "EndpointPrivKey"),
              need(SUBSCRIBES, "BrokerAddr"),
              need(SUBSCRIBES, "EndpointAgentCertPath"),
              need(SUBSCRIBES, "BrokerChainRootPath"),
              need(SUBSCRIBES, "SubPrivCertChainPath")));

  private EndpointDirectives() {}

  private static Directive d(String name, ValueKind kind, String defaultValue, Repeat repeat, String need, String meaning) {
    return new Directive(name, kind, defaultValue, repeat, need, meaning);
  }

  private static Need need(Predicate<ReferenceConfig> when, String name) {
    return new Need(List.of(name), when, when == SUBSCRIBES ? SUBSCRIBING : "always");
  }
}
