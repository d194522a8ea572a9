package org.pktlab.filter.ebpf;

import org.osgi.service.component.annotations.Component;
import org.pktlab.filter.Dialect;
import org.pktlab.filter.Filter;
import org.pktlab.filter.FilterEngine;
import org.pktlab.filter.FilterRejectedException;
import org.pktlab.program.EbpfProgram;

/** Runs programs instruction by instruction: slow, and so plain that what it says is taken for right. */
@Component
public final class Interpreter implements FilterEngine {
  @Override
  public String name() {
    return "interpreter";
  }

  @Override
  public Filter load(EbpfProgram program, Dialect dialect) throws FilterRejectedException {
    return new InterpretedFilter(Checks.check(program, dialect), dialect);
  }
}
