package org.pktlab.filter.ebpf;

import java.util.List;
import org.pktlab.filter.FilterEngine;

/** The engines that every test runs. */
final class Engines {
  static final List<FilterEngine> ALL = List.of(new Interpreter(), new Compiler());

  private Engines() {}
}
