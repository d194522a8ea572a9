package org.pktlab.protocol;

/**
 * Tells what was dropped; never sent by the reference (protocol specification, section 4.16).
 *
 * @param sktid socket number, 0 to 255
 * @param family an octet, see {@link Family}
 * @param proto an octet, see {@link Protocol}
 * @param firstTimeNs time of the first drop, unsigned nanoseconds since 1970 UTC
 * @param lastTimeNs time of the last drop, unsigned nanoseconds since 1970 UTC
 * @param unitCount datagrams or packets dropped or cut, 0 to 4294967295
 * @param byteCount octets dropped, 0 to 4294967295
 */
public record Ndrop(
    int sktid, int family, int proto, long firstTimeNs, long lastTimeNs, long unitCount, long byteCount)
    implements Notification {
  /**
   * Checks the bounds of every field.
   *
   * @throws IllegalArgumentException if a field is out of bounds
   */
  public Ndrop {
    Check.socket(sktid, family, proto);
    Check.u32("unitCount", unitCount);
    Check.u32("byteCount", byteCount);
  }

  @Override
  public int type() {
    return MessageType.NDROP;
  }
}
