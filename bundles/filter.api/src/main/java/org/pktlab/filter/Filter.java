package org.pktlab.filter;

import java.nio.ByteBuffer;
import org.osgi.annotation.versioning.ConsumerType;

/** A loaded program. It has a stack of its own, so one thread at a time may run it; runs do not allocate, and share nothing with each other. */
@ConsumerType
public interface Filter {
  /** Most instructions that one run executes before its exit; a 64-bit immediate counts as one. */
  int INSTRUCTION_BUDGET = 65_536;

  /**
   * Runs the program on a packet without a context.
   *
   * @param packet holds the packet below its limit; borrowed and not written, and neither its position nor its byte order matters or is changed
   * @param offset absolute index of the first octet, which is that of the IP header
   * @param length of the packet, octets; may be 0
   * @return the 64-bit result register at the end
   * @throws FilterFaultException when the run was cut short; it has no stack trace and may be a shared instance
   * @throws IndexOutOfBoundsException when the packet does not lie below the buffer's limit
   */
  default long run(ByteBuffer packet, int offset, int length) throws FilterFaultException {
    return run(packet, offset, length, null);
  }

  /**
   * Runs the program on a packet with a context.
   *
   * @param context dialect of the C package: what register 1 points to and register 2 is the length of, from index 0 to its limit; the program may write to it;
   *     null for an empty one. The Linux dialect has a context of its own, the metadata of the packet, and this one is passed over
   */
  long run(ByteBuffer packet, int offset, int length, ByteBuffer context) throws FilterFaultException;
}
