package org.pktlab.transport.raw.pcap4j;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The configuration {@code org.pktlab.transport.raw}. */
@ObjectClassDefinition(id = PcapRawTransport.PID, name = "PacketLab raw transport")
public @interface RawSettings {
  /** Octets of captured packets that may wait for the session's loop, for each socket. */
  @AttributeDefinition(
      name = "Ring",
      description = "Octets of captured packets that may wait for the session's loop, for each socket, 262144 to 1073741824. What finds no room is counted as dropped.",
      min = "262144",
      max = "1073741824")
  int ringOctets() default 8_388_608;

  /** How many octets the operating system is asked to hold for each socket. */
  @AttributeDefinition(
      name = "Kernel buffer",
      description = "Octets the operating system is asked to hold for each socket, 262144 to 268435456. It may grant less without the privilege CAP_NET_ADMIN.",
      min = "262144",
      max = "268435456")
  int kernelBufferOctets() default 16_777_216;
}
