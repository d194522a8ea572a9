package org.pktlab.role;

import java.time.Instant;
import java.util.Objects;

/**
 * One connection or experiment that a role serves.
 *
 * @param id unique within the role's life
 * @param kind such as {@code session}, {@code publication}, {@code subscription}, {@code experiment}
 * @param peer who it is with: an address, and the key id where one is proven
 * @param state one word, such as {@code SETUP} or {@code RUNNING}
 * @param since when it entered the role's care
 * @param detail what else helps, in one line; may be empty
 */
public record SessionStatus(long id, String kind, String peer, String state, Instant since, String detail) {
  /** Checks that all parts are there. */
  public SessionStatus {
    Objects.requireNonNull(kind);
    Objects.requireNonNull(peer);
    Objects.requireNonNull(state);
    Objects.requireNonNull(since);
    Objects.requireNonNull(detail);
  }
}
