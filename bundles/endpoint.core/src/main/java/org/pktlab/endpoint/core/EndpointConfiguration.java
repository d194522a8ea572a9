package org.pktlab.endpoint.core;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The endpoint's configuration: the directives of the reference's {@code endpt.conf} by the same names, and ours. */
@ObjectClassDefinition(name = "PacketLab endpoint", description = "A vantage point that others may use within the limits of its operator")
@interface EndpointConfiguration {
  /** PID of the configuration. */
  String PID = "org.pktlab.endpoint";

  @AttributeDefinition(name = "BufMax", description = "Buffer for queued sends and undelivered receptions, octets")
  long BufMax() default 8_388_608;

  @AttributeDefinition(name = "TransprotoSup", description = "Kinds of socket offered: tcp, udp, raw; comma separated")
  String[] TransprotoSup() default {};

  @AttributeDefinition(name = "VMemLocalAddrStrIPv4", description = "Exported IPv4 addresses ADDRESS/LEN, or interface names, best first; comma separated")
  String VMemLocalAddrStrIPv4() default "";

  @AttributeDefinition(name = "VMemLocalAddrStrIPv6", description = "Exported IPv6 addresses, or interface names, best first; comma separated")
  String VMemLocalAddrStrIPv6() default "";

  @AttributeDefinition(name = "VMemLocalDNSAddrStrIPv4", description = "Exported IPv4 resolvers, best first; comma separated")
  String VMemLocalDNSAddrStrIPv4() default "";

  @AttributeDefinition(name = "VMemLocalDNSAddrStrIPv6", description = "Exported IPv6 resolvers, best first; comma separated")
  String VMemLocalDNSAddrStrIPv6() default "";

  @AttributeDefinition(name = "HostID", description = "Host identifier shown to controllers, at most 255 octets")
  String HostID() default "";

  @AttributeDefinition(name = "BrokerAddr", description = "Broker to subscribe at, HOST[:PORT], default port 20557")
  String BrokerAddr() default "";

  @AttributeDefinition(name = "BrokerChannel", description = "Channels to subscribe to, hex; comma separated; an empty item means our own")
  String BrokerChannel() default "";

  @AttributeDefinition(name = "AutoExtractChannel", description = "1: an empty channel item stands for the channels of the representation chain")
  String AutoExtractChannel() default "0";

  @AttributeDefinition(name = "EndpointAgentCertPath", description = "Agent certificate shown to the broker, a file")
  String EndpointAgentCertPath() default "";

  @AttributeDefinition(name = "BrokerChainRootPath", description = "Public keys the broker's certificate may be signed with, files; comma separated")
  String BrokerChainRootPath() default "";

  @AttributeDefinition(name = "EndpointOpPubKeyPath", description = "Public keys of trusted operators, files; comma separated; none means any")
  String EndpointOpPubKeyPath() default "";

  @AttributeDefinition(name = "SubPrivCertChainPath", description = "Representation chain for the broker, files, leaf first; comma separated")
  String SubPrivCertChainPath() default "";

  @AttributeDefinition(name = "ControllerCertChainPath", description = "Representation chain shown to controllers, files; comma separated")
  String ControllerCertChainPath() default "";

  @AttributeDefinition(name = "EndpointPrivKey", description = "Private key, a file")
  String EndpointPrivKey() default "";

  @AttributeDefinition(name = "EndpointAttr", description = "Attributes sent to the broker: name=value; pairs")
  String EndpointAttr() default "";

  @AttributeDefinition(name = "NoSubMode", description = "1: no broker; serve one controller and stop")
  String NoSubMode() default "0";

  @AttributeDefinition(name = "NoSubModeSNIKey", description = "SNI key sent to that controller")
  String NoSubModeSNIKey() default "";

  @AttributeDefinition(name = "NoSubModeAddr", description = "Address of that controller, HOST[:PORT], default 127.0.0.1:20556")
  String NoSubModeAddr() default "127.0.0.1:20556";

  @AttributeDefinition(name = "MaxConcurrentExperiments", description = "Experiments that may run at the same time")
  int MaxConcurrentExperiments() default 1;

  @AttributeDefinition(name = "SendRateLimit", description = "OCTETS/NANOSECONDS that an experiment may send in any window, or none")
  String SendRateLimit() default "12500000/10000000000";

  @AttributeDefinition(name = "TellFacts", description = "What experiments may know about this host: addresses, gateway, resolvers, dhcp, mtu, clock, external; default nothing")
  String TellFacts() default "";

  @AttributeDefinition(name = "AllowConsume", description = "1: experiments may hide packets that they capture from the host")
  String AllowConsume() default "0";
}
