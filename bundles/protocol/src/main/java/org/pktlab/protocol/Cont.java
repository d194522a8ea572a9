package org.pktlab.protocol;

/**
 * Assigned but without use (protocol specification, section 4.2).
 */
public record Cont() implements Request {
  @Override
  public int type() {
    return MessageType.CONT;
  }
}
