package org.pktlab.controller.core;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The controller's configuration: the directives of the reference's {@code xpmgr.conf} by the same names, and what its command line gives. */
@ObjectClassDefinition(name = "PacketLab controller", description = "Runs experiments on endpoints that accept its certificates")
@interface ControllerConfiguration {
  /** PID of the configuration. */
  String PID = "org.pktlab.controller";

  @AttributeDefinition(name = "EnableExpPublication", description = "1: publish experiments at the broker; 0: only await endpoints")
  String EnableExpPublication() default "";

  @AttributeDefinition(name = "BrokerAddr", description = "Broker to publish at, HOST[:PORT], default port 20556")
  String BrokerAddr() default "";

  @AttributeDefinition(name = "PubAgentCertPath", description = "Agent certificate shown to the broker, a file")
  String PubAgentCertPath() default "";

  @AttributeDefinition(name = "BrokerCertRootPath", description = "Public keys the broker's certificate may be signed with, files; none means any")
  String BrokerCertRootPath() default "";

  @AttributeDefinition(name = "PubControllerAddr", description = "Controller address to publish, HOST[:PORT]")
  String PubControllerAddr() default "";

  @AttributeDefinition(name = "PubPeriod", description = "How long to publish, nanoseconds; empty means until the experiment ends")
  String PubPeriod() default "";

  @AttributeDefinition(name = "PubExpPriority", description = "Priority of the experiment")
  String PubExpPriority() default "";

  @AttributeDefinition(name = "PubCountry", description = "Countries of the endpoints wanted, three capitals each; comma separated")
  String PubCountry() default "";

  @AttributeDefinition(name = "PubLocation", description = "Maidenhead patterns of the endpoints wanted; comma separated")
  String PubLocation() default "";

  @AttributeDefinition(name = "GreetPeriodAfterPubEnd", description = "How long to accept endpoints after publication has ended, nanoseconds")
  String GreetPeriodAfterPubEnd() default "0";

  @AttributeDefinition(name = "ControllerPrivkeyPath", description = "Private key, a file")
  String ControllerPrivkeyPath() default "";

  @AttributeDefinition(name = "ExpExec", description = "IS_DEFAULT:SNIKEY:CHAIN_FILES:OPERATOR_FILES:CHANNELS:OVERRIDES, one for each experiment entry")
  String[] ExpExec() default {};

  @AttributeDefinition(name = "ProgramDirPath", description = "Directory of monitor programs")
  String ProgramDirPath() default "";

  @AttributeDefinition(name = "EnableProxyMode", description = "1: reach endpoints through a proxy")
  String EnableProxyMode() default "0";

  @AttributeDefinition(name = "Listen", description = "Local address to await endpoints on, HOST[:PORT]")
  String Listen() default "0.0.0.0:20556";

  @AttributeDefinition(name = "Published", description = "Controller address to publish, HOST[:PORT]; before PubControllerAddr")
  String Published() default "";

  @AttributeDefinition(name = "HostId", description = "Pattern for the hostid of endpoints")
  String HostId() default "";
}
