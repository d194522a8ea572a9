package org.pktlab.cert;

/**
 * What is left of the totals that a certificate grants; it survives sessions (packetlab-trust section 9). All numbers are unsigned 64 bits,
 * and 2^64-1 stands for no limit.
 *
 * @param sendOctets octets that may still be sent
 * @param sendPackets packets that may still be sent
 * @param receiveOctets octets that may still be received
 * @param receivePackets packets that may still be received
 * @param runTimeNs nanoseconds that may still be run
 */
public record Counters(long sendOctets, long sendPackets, long receiveOctets, long receivePackets, long runTimeNs) {
  /** Nothing is limited. */
  public static final Counters UNLIMITED = new Counters(-1, -1, -1, -1, -1);

  /** Returns what a certificate grants before anything is used up. */
  public static Counters grantedBy(CertificateLimits limits) {
    return new Counters(
        orUnlimited(limits.maxSendOctets()),
        orUnlimited(limits.maxSendPackets()),
        orUnlimited(limits.maxReceiveOctets()),
        orUnlimited(limits.maxReceivePackets()),
        orUnlimited(limits.maxRunTimeNs()));
  }

  /** Returns the smaller of each number. */
  public Counters min(Counters other) {
    return new Counters(
        min(sendOctets, other.sendOctets),
        min(sendPackets, other.sendPackets),
        min(receiveOctets, other.receiveOctets),
        min(receivePackets, other.receivePackets),
        min(runTimeNs, other.runTimeNs));
  }

  static long min(long a, long b) {
    return Long.compareUnsigned(a, b) <= 0 ? a : b;
  }

  private static long orUnlimited(Long value) {
    return value == null ? -1 : value;
  }
}
