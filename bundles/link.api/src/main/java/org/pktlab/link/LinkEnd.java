package org.pktlab.link;

import java.util.Objects;

/**
 * How a link ended.
 *
 * @param kind the class of ending
 * @param detail one line for people; never holds octets of the peer unescaped
 */
public record LinkEnd(Kind kind, String detail) {
  /** Classes of ending. */
  public enum Kind {
    /** We closed it. */
    LOCAL,
    /** The peer ended it at a frame boundary, with or without close_notify. */
    PEER,
    /** The peer ended it inside a frame. */
    TRUNCATED,
    /** The peer sent a frame longer than this link accepts. */
    TOO_LONG,
    /** TLS or TCP failed. */
    FAILED,
    /** Nothing came for the idle time that was set. */
    IDLE
  }

  /** Checks that both parts are there. */
  public LinkEnd {
    Objects.requireNonNull(kind);
    Objects.requireNonNull(detail);
  }
}
