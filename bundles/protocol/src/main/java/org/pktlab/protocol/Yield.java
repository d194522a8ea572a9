package org.pktlab.protocol;

/**
 * Gives the endpoint away: the session closes and is started again later (protocol specification, sections 4.3 and 11.2).
 *
 * @param resumeHintNs time before which the experiment need not be restarted, unsigned nanoseconds since 1970 UTC
 */
public record Yield(long resumeHintNs) implements Request {
  @Override
  public int type() {
    return MessageType.YIELD;
  }
}
