package org.pktlab.mlet;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.osgi.annotation.versioning.ProviderType;

/** The endpoint's memory (protocol specification, section 6). Values are big-endian. */
@ProviderType
public interface EndpointMemory {
  /**
   * Reads.
   *
   * @param address unsigned 32-bit address
   * @param length 1 to 65,535 octets
   * @return a new buffer of exactly that length
   */
  ByteBuffer read(int address, int length) throws IOException, InterruptedException;

  /**
   * Writes and waits until it is done. Octets that fall on read-only or unmapped memory are discarded by the endpoint without notice.
   *
   * @param data from position to limit; at most 65,535 octets
   */
  void write(int address, ByteBuffer data) throws IOException, InterruptedException;
}
