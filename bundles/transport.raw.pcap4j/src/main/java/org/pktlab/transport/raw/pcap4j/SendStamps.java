package org.pktlab.transport.raw.pcap4j;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.pktlab.transport.parts.KernelSendTimes;

/**
 * Reads from the error queue of a raw IP socket when the kernel handed packets to the driver. Owned by the loop.
 */
final class SendStamps {
  /** Octets of the control message that asks for the time of one packet. */
  static final int REQUEST = 24;

  private static final int FLAGS = 1 << 4 | 1 << 7 | 1 << 11; // SOFTWARE, OPT_ID, OPT_TSONLY
  private static final int TX_SOFTWARE = 1 << 1;
  private static final int ORIGIN_TIMESTAMPING = 4;

  private static final int COUNT = 64;
  private static final int MESSAGE = 64;
  private static final int CONTROL_ADDRESS = 32;
  private static final int CONTROL_LENGTH = 40;
  private static final int CONTROLS = 256;

  // struct cmsghdr, sock_extended_err.
  private static final int LEVEL = 8;
  private static final int TYPE = 12;
  private static final int DATA = 16;
  private static final int ORIGIN = DATA + 4;
  private static final int KEY = DATA + 12;

  private final int fd;
  private final ByteBuffer messages = memory(MESSAGE);
  private final ByteBuffer controls = memory(CONTROLS);
  private final long messagesAddress = address(messages);

  private SendStamps(int fd) {
    this.fd = fd;
    for (int i = 0; i < COUNT; i++) {
      messages.putLong(i * MESSAGE + CONTROL_ADDRESS, address(controls) + (long) i * CONTROLS);
    }
  }

  /** Has the kernel number the packets whose times are asked for; null where it cannot. */
  static SendStamps of(int fd) {
    try {
      LibC.setsockopt(fd, LibC.SOL_SOCKET, LibC.SO_TIMESTAMPING, new int[] {FLAGS}, 4);
      return new SendStamps(fd);
    } catch (LastErrorException e) {
      return null;
    }
  }

  /** Writes the control message that asks for a packet's time. */
  static void putRequest(ByteBuffer to, int at) {
    to.putLong(at, DATA + 4).putInt(at + LEVEL, LibC.SOL_SOCKET).putInt(at + TYPE, LibC.SO_TIMESTAMPING).putInt(at + DATA, TX_SOFTWARE);
  }

  private static ByteBuffer memory(int each) {
    return ByteBuffer.allocateDirect(each * COUNT).order(ByteOrder.nativeOrder());
  }

  private static long address(ByteBuffer direct) {
    return Pointer.nativeValue(Native.getDirectBufferPointer(direct));
  }

  /**
   * Reads the next times that are there.
   *
   * @return whether there may be more
   */
  boolean read(KernelSendTimes into) {
    for (int i = 0; i < COUNT; i++) {
      messages.putLong(i * MESSAGE + CONTROL_LENGTH, CONTROLS);
    }
    int count;
    try {
      count = LibC.recvmmsg(fd, messagesAddress, COUNT, LibC.MSG_ERRQUEUE | LibC.MSG_DONTWAIT, 0);
    } catch (LastErrorException e) {
      return false; // there are none
    }
    for (int i = 0; i < count; i++) {
      readOne(i * CONTROLS, (int) messages.getLong(i * MESSAGE + CONTROL_LENGTH), into);
    }
    return count == COUNT;
  }

  /** A time comes with two control messages: the time, and whose it is. */
  private void readOne(int start, int length, KernelSendTimes into) {
    long timeNs = 0;
    int about = -1;
    for (int at = start; start + length - at >= DATA; ) {
      long size = controls.getLong(at);
      if (size < DATA || size > start + length - at) {
        return;
      }
      if (controls.getInt(at + LEVEL) != LibC.SOL_SOCKET) {
        about = controls.get(at + ORIGIN) == ORIGIN_TIMESTAMPING ? at : -1;
      } else if (controls.getInt(at + TYPE) == LibC.SO_TIMESTAMPING) {
        timeNs = controls.getLong(at + DATA) * 1_000_000_000 + controls.getLong(at + DATA + 8);
      }
      at += (int) (size + 7 & -8);
    }
    if (about >= 0 && timeNs != 0) {
      into.told(controls.getInt(about + KEY), timeNs);
    }
  }
}
