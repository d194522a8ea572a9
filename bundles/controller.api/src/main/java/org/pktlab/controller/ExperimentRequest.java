package org.pktlab.controller;

/**
 * What to run. Absent values come from the controller's configuration (manager specification, sections 1, 2 and 5).
 *
 * @param sessions endpoint sessions to serve; one counts once its {@code start} succeeded; at least 1, {@link Long#MAX_VALUE} for no limit
 * @param hostId pattern for the {@code hostid} attribute of endpoints, or null
 * @param listen local address to listen on as {@code HOST[:PORT]}, or null for the configured one
 * @param published controller address to publish as {@code HOST[:PORT]}, or null
 */
public record ExperimentRequest(long sessions, String hostId, String listen, String published) {
  /** Checks the range. */
  public ExperimentRequest {
    if (sessions < 1) {
      throw new IllegalArgumentException("an experiment serves at least one session");
    }
  }
}
