package org.pktlab.protocol;

/**
 * Tells when the data of a tagged nsend left, or that they did not (protocol specification, section 4.13).
 *
 * @param sktid socket number, 0 to 255
 * @param tag the tag of the nsend, 0 to 65535
 * @param timeNs when the data left or were discarded, unsigned nanoseconds since 1970 UTC
 * @param status 0 if sent, else a {@link StatusCode}, in practice EPKTNOTSENT
 */
public record Ntag(int sktid, int tag, long timeNs, int status) implements Notification {
  /**
   * Checks the bounds of every field.
   *
   * @throws IllegalArgumentException if a field is out of bounds
   */
  public Ntag {
    Check.u8("sktid", sktid);
    Check.u16("tag", tag);
    Check.u16("status", status);
  }

  @Override
  public int type() {
    return MessageType.NTAG;
  }
}
