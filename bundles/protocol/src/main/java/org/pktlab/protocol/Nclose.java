package org.pktlab.protocol;

/**
 * Closes a socket (protocol specification, sections 4.7 and 7.3).
 *
 * @param sktid socket number, 0 to 255
 */
public record Nclose(int sktid) implements Request {
  /**
   * Checks the bounds of every field.
   *
   * @throws IllegalArgumentException if a field is out of bounds
   */
  public Nclose {
    Check.u8("sktid", sktid);
  }

  @Override
  public int type() {
    return MessageType.NCLOSE;
  }
}
