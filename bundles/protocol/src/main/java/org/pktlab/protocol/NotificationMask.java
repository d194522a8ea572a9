package org.pktlab.protocol;

/**
 * Bits of a socket's notification mask, 16 bits: a set bit <em>inhibits</em> its notification (protocol specification, section
 * 6.4). The value 0, the default, lets everything through.
 */
public final class NotificationMask {
  /** Inhibits ntag. */
  public static final int NTAG = 0x0002;

  /** Inhibits nstat. */
  public static final int NSTAT = 0x0004;

  /** Inhibits ndata. */
  public static final int NDATA = 0x0008;

  /** Inhibits ndrop. */
  public static final int NDROP = 0x0010;

  /** Inhibits nblock. */
  public static final int NBLOCK = 0x0020;

  /** All bits that have a meaning. */
  public static final int ALL = NTAG | NSTAT | NDATA | NDROP | NBLOCK;

  private NotificationMask() {}

  /** The bit that inhibits a {@link MessageType}, or 0 for types that no mask can hold back. */
  public static int bit(int messageType) {
    return switch (messageType) {
      case MessageType.NTAG -> NTAG;
      case MessageType.NSTAT -> NSTAT;
      case MessageType.NDATA -> NDATA;
      case MessageType.NDROP -> NDROP;
      case MessageType.NBLOCK -> NBLOCK;
      default -> 0;
    };
  }

  /** Whether the mask holds back notifications of this {@link MessageType}. */
  public static boolean inhibits(int mask, int messageType) {
    return (mask & bit(messageType)) != 0;
  }
}
