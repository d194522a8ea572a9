package org.pktlab.role;

import java.time.Instant;
import java.util.Objects;

/**
 * Something a role said no to.
 *
 * @param at when
 * @param who an address, and the key id where one is proven
 * @param what was asked, such as {@code session}, {@code xpub}, {@code nopen}
 * @param reason why not, in words
 */
public record Refusal(Instant at, String who, String what, String reason) {
  /** Checks that all parts are there. */
  public Refusal {
    Objects.requireNonNull(at);
    Objects.requireNonNull(who);
    Objects.requireNonNull(what);
    Objects.requireNonNull(reason);
  }
}
