package org.pktlab.protocol;

/**
 * Asks for the end of the experiment; the reference never sends it and answers 0x11 (protocol specification, section 4.2).
 */
public record End() implements Request {
  @Override
  public int type() {
    return MessageType.END;
  }
}
