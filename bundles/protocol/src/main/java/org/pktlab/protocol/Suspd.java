package org.pktlab.protocol;

/**
 * Tells that the endpoint suspends the experiment and closes the session (protocol specification, sections 4.2 and 11.1).
 */
public record Suspd() implements Notification {
  @Override
  public int type() {
    return MessageType.SUSPD;
  }
}
