package org.pktlab.filter.ebpf;

import org.pktlab.filter.Dialect;
import org.pktlab.filter.FilterRejectedException;
import org.pktlab.program.EbpfProgram;

/** The checks that a program passes before any engine takes it. */
final class Checks {
  private Checks() {}

  static Code check(EbpfProgram program, Dialect dialect) throws FilterRejectedException {
    Code code = new Code(program);
    if (dialect == Dialect.LINUX) {
      LinuxVerifier.check(code);
    } else {
      ReferenceChecks.check(code);
    }
    return code;
  }
}
