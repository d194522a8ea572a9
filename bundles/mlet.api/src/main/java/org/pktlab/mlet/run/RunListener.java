package org.pktlab.mlet.run;

import org.osgi.annotation.versioning.ConsumerType;

/** Watches a run. Called on any thread, for each endpoint in order; must not block. Texts are escaped and fit for a terminal. */
@ConsumerType
public interface RunListener {
  /** Something about the run as a whole: listening, published, broker lost, ended. */
  default void onNotice(String line) {}

  /** A connection or endpoint was turned away. */
  default void onRefused(String peer, String reason) {}

  /**
   * An endpoint entered another state.
   *
   * @param session counts from 1
   * @param endpoint its address
   * @param state where it stands
   * @param rows rows so far
   * @param detail a line of progress, or why it failed; may be empty
   */
  default void onEndpoint(long session, String endpoint, State state, long rows, String detail) {}

  /** Where an endpoint's run stands. */
  enum State {
    /** The session is set up. */
    CONNECTED,
    /** The mlet runs. */
    RUNNING,
    /** The mlet returned. */
    DONE,
    /** The mlet could not complete. */
    FAILED
  }
}
