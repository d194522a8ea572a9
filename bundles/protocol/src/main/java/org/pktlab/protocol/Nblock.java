package org.pktlab.protocol;

/**
 * Tells that a monitor withheld received data (protocol specification, section 4.17).
 *
 * @param sktid socket number, 0 to 255
 * @param family an octet, see {@link Family}
 * @param proto an octet, see {@link Protocol}
 * @param monitorErrid the monitor's own code, 0 to 65535
 * @param timeNs time of reception of the withheld data, unsigned nanoseconds since 1970 UTC
 */
public record Nblock(int sktid, int family, int proto, int monitorErrid, long timeNs) implements Notification {
  /**
   * Checks the bounds of every field.
   *
   * @throws IllegalArgumentException if a field is out of bounds
   */
  public Nblock {
    Check.socket(sktid, family, proto);
    Check.u16("monitorErrid", monitorErrid);
  }

  @Override
  public int type() {
    return MessageType.NBLOCK;
  }
}
