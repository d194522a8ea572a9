package org.pktlab.broker.core;

import java.time.Instant;

/** An endpoint that waits for experiments on some channels. Owned by the conductor. */
final class Subscription {
  final long id;
  final Party owner;
  final SubscriptionRequest request;
  final Instant since = Instant.now();

  /** False once it has ended. */
  boolean live = true;

  /** The work of telling it of publications that were there before it; null once that is done. */
  CatchUp catchUp;

  Subscription(long id, Party owner, SubscriptionRequest request) {
    this.id = id;
    this.owner = owner;
    this.request = request;
  }

  boolean hasEnded(long nowNs) {
    return Long.compareUnsigned(request.endNs(), nowNs) < 0; // a certificate is still valid at its last instant
  }
}
