package org.pktlab.transport.raw.linux;

import org.pktlab.program.EbpfProgram;
import org.pktlab.transport.HidingFailedException;

/** Packets of an interface are hidden from the host's own stack until this is closed, or the process ends, however it does. */
interface Hiding extends AutoCloseable {
  /** How packets are hidden; any thread, in the network namespace of the interface. */
  interface Way {
    /**
     * Begins to hide those packets for which the result of a program is positive; all others pass untouched.
     *
     * @param program that the checks of the Linux dialect have passed
     * @throws HidingFailedException with the kernel's reason and what would help; nothing is hidden then, and nothing left
     */
    Hiding start(Interface where, EbpfProgram program) throws HidingFailedException;
  }

  /** The way of this kernel: TCX where there is any, which asks nothing else of the system, or a rule of nftables. A {@link Way}. */
  static Hiding start(Interface where, EbpfProgram program) throws HidingFailedException {
    try {
      return TcxHiding.start(where, program);
    } catch (NoTcxException e) {
      return NetfilterHiding.start(where, program);
    }
  }

  /** The host sees its packets again. To be called once; any thread. */
  @Override
  void close();
}
