package org.pktlab.protocol;

/** Values of a socket block's field "last send error", a signed octet (protocol specification, section 7.6). */
public final class SendError {
  /** None so far. */
  public static final byte NONE = 0;

  /** The operating system was out of buffers. */
  public static final byte NO_RESOURCES = 1;

  /** The packet was rejected. */
  public static final byte BAD_PACKET = 2;

  /** Timed out. */
  public static final byte TIMEDOUT = 3;

  /** Reset by the peer. */
  public static final byte RESET = 4;

  /** Host or network unreachable. */
  public static final byte UNREACHABLE = 5;

  /** Discarded because the sending direction was shut down. */
  public static final byte DISCARDED = 6;

  /** A fatal failure of a raw socket; the protocol gives this value no name. */
  public static final byte RAW_FATAL = 7;

  /** Anything else. */
  public static final byte OTHER = 127;

  private SendError() {}

  /** The value in words, or "error N". */
  public static String name(byte error) {
    return switch (error) {
      case NONE -> "none";
      case NO_RESOURCES -> "no resources";
      case BAD_PACKET -> "bad packet";
      case TIMEDOUT -> "timed out";
      case RESET -> "reset";
      case UNREACHABLE -> "unreachable";
      case DISCARDED -> "discarded by FIN";
      case RAW_FATAL -> "fatal failure of a raw socket";
      case OTHER -> "other failure";
      default -> "error " + error;
    };
  }
}
