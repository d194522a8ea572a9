package org.pktlab.mlet.run;

/**
 * How a run ended.
 *
 * @param completed sessions whose mlet returned
 * @param failed sessions whose mlet threw, or that were lost
 * @param rows rows written
 * @param interrupted whether it was stopped from outside
 */
public record Outcome(long completed, long failed, long rows, boolean interrupted) {
  /** The exit status of a command: 0 all completed, 3 some, 4 none, 130 interrupted. */
  public int exitStatus() {
    if (interrupted) {
      return 130;
    }
    if (completed == 0) {
      return 4;
    }
    return failed == 0 ? 0 : 3;
  }
}
