package org.pktlab.protocol;

/** What an nstat reports: one octet (protocol specification, section 4.14). */
public final class StatCode {
  /** The connection is established; for TCP always with the peer's address and never as an octet on the wire. */
  public static final int ESTABLISHED = 0;

  /** The peer reset the connection. */
  public static final int RESET = 1;

  /** The connection timed out. */
  public static final int TIMEDOUT = 2;

  /** The peer closed its sending side. */
  public static final int PEER_CLOSED = 3;

  /** Anything else. */
  public static final int OTHER = 0xFF;

  private StatCode() {}

  /** The code in words, or "code N". */
  public static String name(int code) {
    return switch (code) {
      case ESTABLISHED -> "established";
      case RESET -> "reset by peer";
      case TIMEDOUT -> "timed out";
      case PEER_CLOSED -> "peer closed";
      case OTHER -> "other failure";
      default -> "code " + code;
    };
  }
}
