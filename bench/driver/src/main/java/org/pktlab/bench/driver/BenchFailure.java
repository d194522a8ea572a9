package org.pktlab.bench.driver;

/** A benchmark could not be made; the message says why, in one line. */
final class BenchFailure extends Exception {
  private static final long serialVersionUID = 1L;

  BenchFailure(String line) {
    super(line);
  }
}
