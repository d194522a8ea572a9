package org.pktlab.protocol;

/**
 * Answers a request with a status (protocol specification, section 4.11).
 *
 * @param status 0 to 65535, see {@link StatusCode}
 * @param monitorIndex index of the monitor for ECTLMONREJ and ECTLMONUKN; else 0
 * @param monitorErrid the monitor's own code for ECTLMONREJ; else 0
 */
public record Result(int status, int monitorIndex, int monitorErrid) implements Response {
  /** The answer to a request that succeeded. */
  public static final Result SUCCESS = new Result(StatusCode.SUCCESS, 0, 0);

  /** A result with this status and, where the status has them, monitor fields of 0. */
  public static Result of(int status) {
    return status == StatusCode.SUCCESS ? SUCCESS : new Result(status, 0, 0);
  }

  /** Whether the request succeeded. */
  public boolean isSuccess() {
    return status == StatusCode.SUCCESS;
  }

  /**
   * Checks the bounds of every field.
   *
   * @throws IllegalArgumentException if a field is out of bounds
   */
  public Result {
    Check.u16("status", status);
    Check.u16("monitorIndex", monitorIndex);
    Check.u16("monitorErrid", monitorErrid);
    boolean indexed = status == StatusCode.ECTLMONREJ || status == StatusCode.ECTLMONUKN;
    Check.that(indexed || monitorIndex == 0, "only the monitor statuses carry a monitor index");
    Check.that(status == StatusCode.ECTLMONREJ || monitorErrid == 0, "only ECTLMONREJ carries a monitor's code");
  }

  @Override
  public int type() {
    return MessageType.RESULT;
  }
}
