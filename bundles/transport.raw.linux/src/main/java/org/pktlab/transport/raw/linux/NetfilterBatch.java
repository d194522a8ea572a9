package org.pktlab.transport.raw.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.pktlab.transport.parts.Errno;

/**
 * Messages to nftables that the kernel follows as a whole or not at all, as they lie in memory: written one after the other, then sent once. Lengths and types
 * are in the machine's byte order, numbers in that of the network. One thread.
 */
final class NetfilterBatch {
  // Of linux/netlink.h and linux/netfilter/nfnetlink.h.
  private static final int REQUEST = 0x1;
  private static final int ACKNOWLEDGE = 0x4;
  private static final int EXCLUSIVE = 0x200;
  private static final int CREATE = 0x400;
  private static final int ERROR = 2;
  private static final int BATCH_BEGIN = 0x10;
  private static final int BATCH_END = 0x11;
  private static final int NFTABLES = 10;
  private static final int NESTED = 0x8000;
  private static final int HEADER = 16;
  private static final int FAMILY_HEADER = 4;
  private static final int ATTRIBUTE_HEADER = 4;

  private static final int ROOM = 4_096;
  private static final int MOST_ANSWERS = 16;
  private static final int ENODATA = 61;

  private final MemorySegment memory;
  private final MemorySegment answer;
  private final ByteBuffer out;
  private int messages;
  private int start;

  NetfilterBatch(Arena arena) {
    memory = arena.allocate(ROOM, 8);
    answer = arena.allocate(2L * ROOM, 8);
    out = memory.asByteBuffer().order(ByteOrder.nativeOrder());
    header(BATCH_BEGIN, REQUEST, 0, NFTABLES);
    end();
  }

  private void header(int type, int flags, int family, int resource) {
    start = out.position();
    out.putInt(0).putShort((short) type).putShort((short) flags).putInt(messages++).putInt(0);
    out.put((byte) family).put((byte) 0).put((byte) (resource >> 8)).put((byte) resource);
  }

  /** Begins a message that makes something which is not there yet. */
  void create(int type, int family) {
    header(NFTABLES << 8 | type, REQUEST | ACKNOWLEDGE | CREATE | EXCLUSIVE, family, 0);
  }

  /** Ends a message. */
  void end() {
    out.putInt(start, out.position() - start);
  }

  void text(int attribute, String value) {
    octets(attribute, (value + '\0').getBytes(StandardCharsets.UTF_8));
  }

  void number(int attribute, int value) {
    octets(attribute, new byte[] {(byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value});
  }

  void octets(int attribute, byte[] value) {
    int at = out.position();
    out.putInt(0).put(value);
    close(at, attribute);
  }

  /** Begins an attribute made of attributes. Gives back what {@link #closeNest} needs. */
  int openNest() {
    int at = out.position();
    out.putInt(0);
    return at;
  }

  void closeNest(int at, int attribute) {
    close(at, attribute | NESTED);
  }

  private void close(int at, int type) {
    out.putShort(at, (short) (out.position() - at)).putShort(at + 2, (short) type);
    while (out.position() % ATTRIBUTE_HEADER != 0) {
      out.put((byte) 0);
    }
  }

  /** Sends the messages; the kernel has answered when the call is over. Gives back 0 or a negative error number. To be called once. */
  int send(Libc libc, int socket) {
    int wanted = messages - 1;
    header(BATCH_END, REQUEST, 0, NFTABLES);
    end();
    int sent = libc.write(socket, memory.asSlice(0, out.position()));
    if (sent < 0) {
      return sent;
    }
    int followed = 0;
    for (int i = 0; i < MOST_ANSWERS && followed < wanted; i++) {
      int length = libc.read(socket, answer);
      if (length == -Errno.EINTR) {
        continue;
      }
      if (length < 0) {
        return length == -Errno.EAGAIN ? -ENODATA : length;
      }
      ByteBuffer in = answer.asByteBuffer().order(ByteOrder.nativeOrder());
      if (length < HEADER + FAMILY_HEADER || in.getShort(4) != ERROR) {
        continue; // nothing else was asked for
      }
      if (in.getInt(HEADER) != 0) {
        return in.getInt(HEADER);
      }
      followed++;
    }
    return followed == wanted ? 0 : -ENODATA;
  }
}
