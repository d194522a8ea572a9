package org.pktlab.mlet;

/** What the network said when a connection or socket failed: a closed list, written in results as {@link #word()}. */
public enum FailureReason {
  /** Nobody listens there. */
  REFUSED("refused"),
  /** The peer reset the connection. */
  RESET("reset"),
  /** No answer in time. */
  TIMED_OUT("timeout"),
  /** No way to that host or network. */
  UNREACHABLE("unreachable"),
  /** The endpoint did not say. */
  UNKNOWN("unknown");

  private final String word;

  FailureReason(String word) {
    this.word = word;
  }

  /** The word used in results. */
  public String word() {
    return word;
  }
}
