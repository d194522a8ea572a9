package org.pktlab.transport.udp;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The configuration {@code org.pktlab.transport.udp}. */
@ObjectClassDefinition(id = UdpTransport.PID, name = "PacketLab UDP transport")
public @interface UdpSettings {
  /** How many octets the operating system is asked to hold for each socket and direction. */
  @AttributeDefinition(
      name = "Kernel buffer",
      description = "Octets the operating system is asked to hold for each socket and direction, 4096 to 268435456."
              + " It may grant less without privilege.",
      min = "4096",
      max = "268435456")
  int kernelBufferOctets() default 4_194_304;
}
