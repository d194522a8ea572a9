package org.pktlab.protocol;

/**
 * Assigned but never sent by the reference (protocol specification, section 4.2).
 */
public record Resumd() implements Notification {
  @Override
  public int type() {
    return MessageType.RESUMD;
  }
}
