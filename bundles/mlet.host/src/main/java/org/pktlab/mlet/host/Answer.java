package org.pktlab.mlet.host;

import org.pktlab.mlet.RefusedException;
import org.pktlab.protocol.StatusCode;

/**
 * What the endpoint answered.
 *
 * @param status status code, 0 for success
 * @param monitor index of the monitor that said no, where the status has one
 * @param monitorCode the monitor's own code, where the status has one
 * @param data what was read, or null
 */
record Answer(int status, int monitor, int monitorCode, byte[] data) {
  private static final byte[] NOTHING = {};

  /** The plain yes. */
  static final Answer SUCCESS = new Answer(StatusCode.SUCCESS, 0, 0, NOTHING);

  boolean isSuccess() {
    return status == StatusCode.SUCCESS;
  }

  /** The answer as the exception that a caller gets. */
  RefusedException refused(String what) {
    String why =
        switch (status) {
          case StatusCode.ECTLMONREJ -> "monitor " + monitor + " of the endpoint rejected it with code " + monitorCode;
          case StatusCode.ECTLMONUKN -> "monitor " + monitor + " of the endpoint failed";
          default -> StatusCode.describe(status);
        };
    return new RefusedException(status, "the endpoint refused to " + what + ": " + why + " (" + StatusCode.name(status) + ")");
  }
}
