package org.pktlab.endpoint.core;


/** Told once how a session ended, on its loop. */
interface SessionEnd {
  /**
   * @param resumeAtNs the time before which the experiment need not be started again, when it yielded; -1 (for ever) when it is over; 0 when it was suspended
   * @param reason one line
   */
  void onEnded(Outcome outcome, long resumeAtNs, String reason);

  /** What becomes of the experiment. */
  enum Outcome {
    /** It is over. */
    FINISHED,
    /** It is to be started again, not before a time. */
    YIELDED,
    /** It made room for another and is to be started again. */
    SUSPENDED
  }
}
