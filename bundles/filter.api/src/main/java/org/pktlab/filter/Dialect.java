package org.pktlab.filter;

/** Which of the two eBPF machines a program is written for (programs specification, section 3). */
public enum Dialect {
  /** The machine bundled with the C package: packet loads in little-endian byte order, faults where an access is out of bounds. */
  REFERENCE,
  /**
   * The socket filter of Linux: packet loads in network byte order, registers must be initialised, every path ends; a packet load out of range ends the program
   * with result 0. Capture filters speak it.
   */
  LINUX
}
