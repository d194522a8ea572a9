package org.pktlab.filter;

import org.osgi.annotation.versioning.ConsumerType;
import org.pktlab.program.EbpfProgram;

/** Makes programs of filter expressions as tcpdump takes them (pcap-filter). A service; any thread may call it. */
@ConsumerType
public interface FilterCompiler {
  /** Longest expression, characters. */
  int MAX_EXPRESSION = 65_536;

  /**
   * Compiles an expression to a program of {@link Dialect#LINUX} for packets that begin with their IP header. Its result is 0 for a packet that does not match,
   * and more than any packet's length for one that does.
   *
   * @param expression pcap-filter syntax; empty matches every packet; at most {@link #MAX_EXPRESSION} characters
   * @throws FilterSyntaxException when it is no expression, or the library that reads it is missing
   */
  EbpfProgram compile(String expression) throws FilterSyntaxException;
}
