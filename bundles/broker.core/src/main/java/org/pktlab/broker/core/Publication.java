package org.pktlab.broker.core;

import java.time.Instant;

/** An experiment that is published now. Owned by the conductor. */
final class Publication {
  final long id;
  final Party owner;
  final PublicationRequest request;
  final byte[] text;
  final Instant since = Instant.now();

  /** False once it was withdrawn or has ended. */
  boolean live = true;

  Publication(long id, Party owner, PublicationRequest request) {
    this.id = id;
    this.owner = owner;
    this.request = request;
    this.text = request.descriptor().octets();
  }

  boolean hasEnded(long nowNs) {
    return Long.compareUnsigned(request.endNs(), nowNs) <= 0;
  }
}
