package org.pktlab.filter.ebpf;

import java.nio.ByteBuffer;
import org.pktlab.filter.Dialect;
import org.pktlab.filter.FilterFaultException;
import org.pktlab.filter.FilterFaultException.Kind;

/** What the classes made of programs extend and call. Small methods, which the JVM puts in the place of the call. */
abstract class CompiledFilter extends MachineFilter {
  CompiledFilter(Code code, Dialect dialect) {
    super(code, dialect);
  }

  final long load(long address, int width) throws FilterFaultException {
    return memory.load(address, width);
  }

  final void store(long address, long value, int width) throws FilterFaultException {
    memory.store(address, width, value);
  }

  final long atomic(long address, long operand, long expected, int operation, int width) throws FilterFaultException {
    return Atomics.access(memory, operation, width, address, operand, expected);
  }

  /** Loads of the Linux dialect that are known to be inside the packet. */
  static long network(ByteBuffer packet, int index, int width) {
    return Packet.network(packet, index, width);
  }

  static int place(int at, int width, int length) {
    return Packet.place(at, width, length);
  }

  static long reference(ByteBuffer packet, int offset, int length, long at, int width) throws FilterFaultException {
    return Packet.reference(packet, offset, length, at, width);
  }

  /** Where a divisor of the C package's dialect is looked at. */
  static void checkDivisor(long divisor) throws FilterFaultException {
    if (divisor == 0) {
      throw FilterFaultException.of(Kind.DIV_ZERO);
    }
  }

  /** Thrown where the budget is used up or the program is left at its end. */
  static FilterFaultException limit() {
    return FilterFaultException.of(Kind.LIMIT_OR_END);
  }
}
