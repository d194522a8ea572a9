package org.pktlab.filter.ebpf;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.pktlab.filter.FilterFaultException;
import org.pktlab.filter.FilterFaultException.Kind;

/** Packet loads of both dialects. */
final class Packet {
  /** Added to negative offsets of packet loads: Linux counts those from here on from the network header, where our packets begin anyway. */
  private static final int NETWORK_HEADER = 0x10_0000;

  private static final VarHandle SHORTS = MethodHandles.byteBufferViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INTS = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LITTLE_SHORTS = MethodHandles.byteBufferViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LITTLE_INTS = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LITTLE_LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Packet() {}

  /** Where a packet load of Linux reads, from the packet's first octet on; -1 if that is not inside the packet. */
  static int place(int at, int width, int length) {
    int from = at >= 0 ? at : at + NETWORK_HEADER;
    return from >= 0 && from <= length - width ? from : -1;
  }

  /** Loads 1, 2 or 4 octets in network byte order, zero-extended. */
  static long network(ByteBuffer packet, int index, int width) {
    switch (width) {
      case 1:
        return packet.get(index) & 0xffL;
      case 2:
        return (short) SHORTS.get(packet, index) & 0xffffL;
      default:
        return (int) INTS.get(packet, index) & 0xffff_ffffL;
    }
  }

  /** Loads 1, 2, 4 or 8 octets as the C package does: little endian, a fault when they are not all inside the packet. */
  static long reference(ByteBuffer packet, int offset, int length, long at, int width) throws FilterFaultException {
    if (at < 0 || at > length - width) {
      throw FilterFaultException.of(Kind.OOB_LOAD);
    }
    int index = offset + (int) at;
    switch (width) {
      case 1:
        return packet.get(index) & 0xffL;
      case 2:
        return (short) LITTLE_SHORTS.get(packet, index) & 0xffffL;
      case 4:
        return (int) LITTLE_INTS.get(packet, index) & 0xffff_ffffL;
      default:
        return (long) LITTLE_LONGS.get(packet, index);
    }
  }
}
