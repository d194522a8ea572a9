package org.pktlab.filter.ebpf;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.pktlab.filter.FilterFaultException;
import org.pktlab.filter.FilterFaultException.Kind;

/**
 * What the addresses of a program point to: the stack and the context, in little-endian byte order, each at an address far from the other and from 0. Every access is
 * checked here, whatever was proved before. One thread at a time.
 */
final class Memory {
  /** The address that register 10 holds: the end of the stack. */
  static final long STACK_END = 0x0000_7f53_0000_1000L;

  /** The address of the context. */
  static final long CONTEXT = 0x0000_7f51_0000_0000L;

  /** Octets of the metadata that Linux gives to a filter. */
  static final int METADATA = 192;

  private static final long STACK_START = STACK_END - Code.STACK;
  private static final VarHandle SHORTS = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle CONTEXT_SHORTS = MethodHandles.byteBufferViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle CONTEXT_INTS = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle CONTEXT_LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int LENGTH_AT = 0;
  private static final int PROTOCOL_AT = 16;
  private static final int ETHERTYPE_IPV4 = 0x0800;
  private static final int ETHERTYPE_IPV6 = 0x86dd;

  private final byte[] stack = new byte[Code.STACK];
  private ByteBuffer context;
  private int contextLength;

  /** Forgets what an earlier run left on the stack. */
  void clearStack() {
    Arrays.fill(stack, (byte) 0);
  }

  /** Puts a context, null for an empty one, at {@link #CONTEXT} for the next run. */
  void context(ByteBuffer buffer) {
    context = buffer;
    contextLength = buffer == null ? 0 : buffer.limit();
  }

  /** What register 1 holds at the start. */
  long contextAddress() {
    return contextLength == 0 ? 0 : CONTEXT;
  }

  int contextLength() {
    return contextLength;
  }

  /** Writes what an endpoint knows of a packet into the form that Linux gives to its filters: length and protocol; the rest is 0. */
  static void describe(ByteBuffer metadata, ByteBuffer packet, int offset, int length) {
    for (int i = 0; i < METADATA; i += Long.BYTES) {
      CONTEXT_LONGS.set(metadata, i, 0L);
    }
    CONTEXT_INTS.set(metadata, LENGTH_AT, length);
    int version = length == 0 ? 0 : packet.get(offset) >> 4 & 0x0f;
    int type = version == 4 ? ETHERTYPE_IPV4 : version == 6 ? ETHERTYPE_IPV6 : 0;
    // A network-order number in a field of the host's order.
    CONTEXT_INTS.set(metadata, PROTOCOL_AT, Short.reverseBytes((short) type) & 0xffff);
  }

  /** Loads 1, 2, 4 or 8 octets, zero-extended. */
  long load(long address, int width) throws FilterFaultException {
    long at = address - STACK_START;
    if (at >= 0 && at <= Code.STACK - width) {
      return get((int) at, width);
    }
    long inside = address - CONTEXT;
    if (inside >= 0 && inside <= contextLength - width) {
      return contextGet((int) inside, width);
    }
    throw FilterFaultException.of(Kind.OOB_LOAD);
  }

  /** Stores the low 1, 2, 4 or 8 octets of a value. */
  void store(long address, int width, long value) throws FilterFaultException {
    long at = address - STACK_START;
    if (at >= 0 && at <= Code.STACK - width) {
      set((int) at, width, value);
      return;
    }
    long inside = address - CONTEXT;
    if (inside < 0 || inside > contextLength - width || context.isReadOnly()) {
      throw FilterFaultException.of(Kind.OOB_STORE);
    }
    contextSet((int) inside, width, value);
  }

  private long get(int at, int width) {
    switch (width) {
      case 1:
        return stack[at] & 0xffL;
      case 2:
        return (short) SHORTS.get(stack, at) & 0xffffL;
      case 4:
        return (int) INTS.get(stack, at) & 0xffff_ffffL;
      default:
        return (long) LONGS.get(stack, at);
    }
  }

  private void set(int at, int width, long value) {
    switch (width) {
      case 1:
        stack[at] = (byte) value;
        break;
      case 2:
        SHORTS.set(stack, at, (short) value);
        break;
      case 4:
        INTS.set(stack, at, (int) value);
        break;
      default:
        LONGS.set(stack, at, value);
    }
  }

  private long contextGet(int at, int width) {
    switch (width) {
      case 1:
        return context.get(at) & 0xffL;
      case 2:
        return (short) CONTEXT_SHORTS.get(context, at) & 0xffffL;
      case 4:
        return (int) CONTEXT_INTS.get(context, at) & 0xffff_ffffL;
      default:
        return (long) CONTEXT_LONGS.get(context, at);
    }
  }

  private void contextSet(int at, int width, long value) {
    switch (width) {
      case 1:
        context.put(at, (byte) value);
        break;
      case 2:
        CONTEXT_SHORTS.set(context, at, (short) value);
        break;
      case 4:
        CONTEXT_INTS.set(context, at, (int) value);
        break;
      default:
        CONTEXT_LONGS.set(context, at, value);
    }
  }
}
