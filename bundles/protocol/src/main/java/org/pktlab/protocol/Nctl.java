package org.pktlab.protocol;

/**
 * Controls a TCP connection (protocol specification, sections 4.10 and 7.5).
 *
 * @param sktid socket number, 0 to 255
 * @param family an octet, see {@link Family}; judged by the endpoint only
 * @param proto always {@link Protocol#TCP}
 * @param timeNs time of execution, unsigned nanoseconds since 1970 UTC; 0 for now
 * @param command 0 to 255; {@link #FIN} is the only one with a meaning, and any other aborts the C endpoint
 */
public record Nctl(int sktid, int family, int proto, long timeNs, int command) implements Request {
  /** Command: shut down the sending direction. */
  public static final int FIN = 1;

  /**
   * Checks the bounds of every field.
   *
   * @throws IllegalArgumentException if a field is out of bounds
   */
  public Nctl {
    Check.socket(sktid, family, proto);
    Check.that(proto == Protocol.TCP, "only TCP has control commands");
    Check.u8("command", command);
  }

  @Override
  public int type() {
    return MessageType.NCTL;
  }
}
