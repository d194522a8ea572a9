package org.pktlab.broker.core;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The broker's configuration. */
@ObjectClassDefinition(name = "PacketLab broker", description = "Brings experiments and endpoints together")
@interface BrokerConfiguration {
  /** PID of the configuration. */
  String PID = "org.pktlab.broker";

  @AttributeDefinition(name = "Publish", description = "Where managers publish, HOST[:PORT], default port 20556; port 0 takes any free one")
  String Publish() default "127.0.0.1:20556";

  @AttributeDefinition(
      name = "Subscribe",
      description = "Where endpoints subscribe, HOST[:PORT], default port 20557; may be the same as Publish")
  String Subscribe() default "127.0.0.1:20557";

  @AttributeDefinition(name = "PrivKey", description = "The broker's private key, a file")
  String PrivKey() default "";

  @AttributeDefinition(name = "CertChainPath", description = "The broker's agent certificate, a file")
  String CertChainPath() default "";

  @AttributeDefinition(
      name = "ClientRootPath",
      description = "Public keys that clients' agent certificates may be signed with, files; comma separated; none means any")
  String ClientRootPath() default "";

  @AttributeDefinition(
      name = "StoreDir",
      description = "Folder for the memory of deliveries, kept across restarts; none keeps them in memory only")
  String StoreDir() default "";
}
