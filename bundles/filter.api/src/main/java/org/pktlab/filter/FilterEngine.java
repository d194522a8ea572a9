package org.pktlab.filter;

import org.osgi.annotation.versioning.ConsumerType;
import org.pktlab.program.EbpfProgram;

/** Makes filters of programs. A service; any thread may call it. The one with the highest service ranking is used. */
@ConsumerType
public interface FilterEngine {
  /** What the engine is called: {@code interpreter}, {@code compiler}. */
  String name();

  /**
   * Checks a program and makes it ready to run.
   *
   * @throws FilterRejectedException when the checks of the dialect refuse it: it names the instruction
   */
  Filter load(EbpfProgram program, Dialect dialect) throws FilterRejectedException;
}
