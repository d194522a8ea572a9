package org.pktlab.protocol;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * An nctl in place (protocol specification, section 4.10). Reading and writing allocate nothing.
 */
public final class NctlFlyweight extends Flyweight {
  /** A view that must be wrapped before anything is read. */
  public NctlFlyweight() {
    super(MessageType.NCTL);
  }

  /** Socket number, 0 to 255. */
  public int sktid() {
    return u8(0);
  }

  /** Address family octet, see {@link Family}. */
  public int family() {
    return u8(1);
  }

  /** Kind of socket, see {@link Protocol}. */
  public int proto() {
    return u8(2);
  }

  /** Time of execution, unsigned nanoseconds since 1970 UTC; 0 for now. */
  public long timeNs() {
    return u64(3);
  }

  /** The command; {@link Nctl#FIN} is the only one with a meaning. */
  public int command() {
    return u8(11);
  }

  /**
   * Writes a whole nctl of a TCP socket.
   *
   * @return octets written
   * @throws IllegalArgumentException if a value is out of bounds; nothing is written then
   * @throws IndexOutOfBoundsException if the buffer has no room for it; nothing is written then
   */
  public static int encode(ByteBuffer b, int offset, int sktid, int family, long timeNs, int command) {
    Check.socket(sktid, family, Protocol.TCP);
    Check.u8("command", command);
    Objects.checkFromIndexSize(offset, Frame.HEADER_LENGTH + 12, b.limit());
    Frame.putHeader(b, offset, MessageType.NCTL, 12);
    putSocket(b, offset, sktid, family, Protocol.TCP);
    Octets.putU64(b, offset + Frame.HEADER_LENGTH + 3, timeNs);
    Octets.putU8(b, offset + Frame.HEADER_LENGTH + 11, command);
    return Frame.HEADER_LENGTH + 12;
  }
}
