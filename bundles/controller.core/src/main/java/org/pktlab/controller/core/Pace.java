package org.pktlab.controller.core;

/**
 * How patient the controller is.
 *
 * @param firstPauseMs pause before the broker is tried again after the first failure; it doubles with each further one
 * @param longestPauseMs bound of that pause
 * @param steadyMs a publication that stood so long makes the next failure the first again
 * @param answerMs how long the broker may take for each answer
 * @param setupMs how long the set-up of an endpoint session may take
 */
record Pace(long firstPauseMs, long longestPauseMs, long steadyMs, long answerMs, long setupMs) {
  static final Pace USUAL = new Pace(500, 60_000, 5_000, 30_000, 10_000);
}
