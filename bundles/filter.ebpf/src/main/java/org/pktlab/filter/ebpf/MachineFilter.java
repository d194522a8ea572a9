package org.pktlab.filter.ebpf;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.pktlab.filter.Dialect;
import org.pktlab.filter.Filter;
import org.pktlab.filter.FilterFaultException;

/** What the filters of both engines share: the memory of a program, and getting it ready for a run. */
abstract class MachineFilter implements Filter {
  final Memory memory = new Memory();
  private final boolean linux;
  private final boolean readsMemory;
  private final ByteBuffer metadata;

  MachineFilter(Code code, Dialect dialect) {
    linux = dialect == Dialect.LINUX;
    boolean reads = false;
    boolean touchesContext = false;
    for (int i = 0; i < code.size; i = code.next(i)) {
      int kind = Code.kind(code.opcode[i]);
      boolean atomic = kind == Code.STX && Code.mode(code.opcode[i]) == Code.ATOMIC;
      reads |= kind == Code.LDX || atomic;
      touchesContext |= kind == Code.LDX && code.src[i] != 10 || (kind == Code.ST || kind == Code.STX) && code.dst[i] != 10;
    }
    readsMemory = reads;
    metadata = linux && touchesContext ? ByteBuffer.allocate(Memory.METADATA) : null;
    if (linux) {
      memory.context(metadata);
    }
  }

  @Override
  public final long run(ByteBuffer packet, int offset, int length, ByteBuffer context) throws FilterFaultException {
    Objects.checkFromIndexSize(offset, length, packet.limit());
    if (readsMemory) {
      memory.clearStack();
    }
    if (!linux) {
      memory.context(context);
      return execute(packet, offset, length, memory.contextAddress(), memory.contextLength());
    }
    if (metadata != null) {
      Memory.describe(metadata, packet, offset, length);
    }
    return execute(packet, offset, length, Memory.CONTEXT, 0);
  }

  /**
   * Runs the program.
   *
   * @param r1 what register 1 holds at the start
   * @param r2 what register 2 holds at the start
   */
  abstract long execute(ByteBuffer packet, int offset, int length, long r1, long r2) throws FilterFaultException;
}
