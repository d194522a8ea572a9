package org.pktlab.controller;

import java.time.Instant;
import java.util.Objects;
import org.pktlab.link.Link;

/**
 * A session with an endpoint, past {@code start}.
 *
 * @param number counts the sessions of the experiment, from 1
 * @param link carries the session's frames; whoever received this record owns it and closes it
 * @param endpointKeyId hex key identifier of the endpoint, or {@code -} when it showed no certificate
 * @param since when {@code start} succeeded
 */
public record EndpointSession(long number, Link link, String endpointKeyId, Instant since) {
  /** Checks that all parts are there. */
  public EndpointSession {
    Objects.requireNonNull(link);
    Objects.requireNonNull(endpointKeyId);
    Objects.requireNonNull(since);
  }
}
