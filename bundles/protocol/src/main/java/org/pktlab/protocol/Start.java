package org.pktlab.protocol;

/**
 * Ends the set-up phase of a session (protocol specification, section 4.2).
 */
public record Start() implements Request {
  @Override
  public int type() {
    return MessageType.START;
  }
}
