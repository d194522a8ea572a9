package org.pktlab.protocol;

/**
 * The state octet of a socket block, signed: negative values are errors (protocol specification, sections 6.3 and 7.2).
 */
public final class SocketState {
  /** The slot is unused. */
  public static final byte FREE = 0;

  /** A TCP connect is in progress. */
  public static final byte OPENING = 1;

  /** Usable. */
  public static final byte OPEN = 2;

  /** The TCP peer finished sending; we can still send. */
  public static final byte EOF = 3;

  /** Our FIN is sent; we can still receive. */
  public static final byte WFIN = 4;

  /** Both directions are finished. */
  public static final byte END = 5;

  /** The connect was refused. */
  public static final byte REFUSED = -1;

  /** The connection was reset. */
  public static final byte RESET = -2;

  /** The connect or the connection timed out. */
  public static final byte TIMEDOUT = -3;

  /** The host, or on reading the network, is unreachable. */
  public static final byte UNREACH = -4;

  /** Any other failure. */
  public static final byte UNKFAULT = -128;

  private SocketState() {}

  /** Whether the state is an error: the slot stays occupied until nclose. */
  public static boolean isError(byte state) {
    return state < FREE;
  }

  /** Whether the block's writable fields accept a write (section 6.3): {@link #OPENING} or higher. */
  public static boolean isWritable(byte state) {
    return state >= OPENING;
  }

  /** The upper-case name, or "state N". */
  public static String name(byte state) {
    return switch (state) {
      case FREE -> "FREE";
      case OPENING -> "OPENING";
      case OPEN -> "OPEN";
      case EOF -> "EOF";
      case WFIN -> "WFIN";
      case END -> "END";
      case REFUSED -> "REFUSED";
      case RESET -> "RESET";
      case TIMEDOUT -> "TIMEDOUT";
      case UNREACH -> "UNREACH";
      case UNKFAULT -> "UNKFAULT";
      default -> "state " + state;
    };
  }
}
