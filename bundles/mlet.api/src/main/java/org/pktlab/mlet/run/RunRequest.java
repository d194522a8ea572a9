package org.pktlab.mlet.run;

import java.io.OutputStream;
import java.util.List;
import java.util.Objects;

/**
 * What to run.
 *
 * @param mlet name of an installed mlet
 * @param arguments its command line, as given
 * @param sessions endpoint sessions to serve; at least 1
 * @param hostId pattern for the endpoints' {@code hostid}, or null
 * @param listen address to listen on, or null for the configured one
 * @param published controller address to publish, or null
 * @param format name of a {@link ResultFormat}: {@code table}, {@code jsonl}, {@code csv}
 * @param provenance whether every row carries where it comes from
 * @param output where rows are written; flushed after every row, not closed
 */
public record RunRequest(
    String mlet,
    List<String> arguments,
    long sessions,
    String hostId,
    String listen,
    String published,
    String format,
    boolean provenance,
    OutputStream output) {
  /** Checks what is required. */
  public RunRequest {
    Objects.requireNonNull(mlet);
    Objects.requireNonNull(format);
    Objects.requireNonNull(output);
    arguments = List.copyOf(arguments);
    if (sessions < 1) {
      throw new IllegalArgumentException("an experiment serves at least one session");
    }
  }
}
