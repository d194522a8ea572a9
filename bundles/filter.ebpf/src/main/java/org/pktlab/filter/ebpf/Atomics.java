package org.pktlab.filter.ebpf;

import org.pktlab.filter.FilterFaultException;

/** The atomic accesses of Linux. Memory belongs to one run, so they are ordinary loads and stores. */
final class Atomics {
  static final int FETCH = 0x01;
  static final int EXCHANGE = 0xe1;
  static final int COMPARE_EXCHANGE = 0xf1;
  static final int LOAD_ACQUIRE = 0x100;
  static final int STORE_RELEASE = 0x110;

  private Atomics() {}

  /** The register that receives what was there before; -1 if none does. */
  static int result(int operation, int dst, int src) {
    switch (operation) {
      case LOAD_ACQUIRE:
        return dst;
      case COMPARE_EXCHANGE:
        return 0;
      default:
        return operation != STORE_RELEASE && (operation & FETCH) != 0 ? src : -1;
    }
  }

  /**
   * Reads, changes and writes.
   *
   * @param expected register 0, for compare and exchange
   * @return what was there before, zero-extended; 0 after a store
   */
  static long access(Memory memory, int operation, int width, long address, long operand, long expected) throws FilterFaultException {
    if (operation == STORE_RELEASE) {
      memory.store(address, width, operand);
      return 0;
    }
    long old = memory.load(address, width);
    switch (operation) {
      case LOAD_ACQUIRE:
        return old;
      case EXCHANGE:
        memory.store(address, width, operand);
        return old;
      case COMPARE_EXCHANGE:
        if (old == Arithmetic.truncated(expected, width)) {
          memory.store(address, width, operand);
        }
        return old;
      default:
        memory.store(address, width, Arithmetic.alu64(operation & ~FETCH, old, operand));
        return old;
    }
  }
}
