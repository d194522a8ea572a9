package org.pktlab.link.netty;

/** Tokens of frames that have left and of which nobody was told yet, in order. Not for several threads. */
final class WrittenTokens {
  private long[] ring = new long[8];
  private int head;
  private int count;

  void addAll(SealedBatch batch) {
    for (int i = 0; i < batch.tokenCount(); i++) {
      if (count == ring.length) {
        grow();
      }
      ring[head + count++ & ring.length - 1] = batch.tokenAt(i);
    }
  }

  private void grow() {
    long[] larger = new long[2 * ring.length];
    for (int i = 0; i < count; i++) {
      larger[i] = ring[head + i & ring.length - 1];
    }
    ring = larger;
    head = 0;
  }

  boolean isEmpty() {
    return count == 0;
  }

  int size() {
    return count;
  }

  long removeFirst() {
    long token = ring[head];
    head = head + 1 & ring.length - 1;
    count--;
    return token;
  }
}
