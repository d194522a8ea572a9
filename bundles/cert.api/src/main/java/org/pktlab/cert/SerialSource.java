package org.pktlab.cert;

import org.osgi.annotation.versioning.ConsumerType;

/** Where serial numbers of new certificates come from. */
@FunctionalInterface
@ConsumerType
public interface SerialSource {
  /**
   * Returns the next serial number: 1 to 64 octets, big-endian, unsigned, not zero. Leading zeros are allowed and not written. No two
   * certificates of one signer should get the same, since an endpoint keeps counters by signer and serial number.
   */
  byte[] next();
}
