package org.pktlab.role;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** Keeps the latest refusals of a role. Any thread may use it; what is older than {@link #CAPACITY} entries is forgotten. */
public final class RefusalLog {
  /** Refusals kept. */
  public static final int CAPACITY = 100;

  private final ArrayDeque<Refusal> latest = new ArrayDeque<>(CAPACITY);
  private long total;

  /** Adds a refusal that happens now. */
  public synchronized void add(String who, String what, String reason) {
    if (latest.size() == CAPACITY) {
      latest.removeLast();
    }
    latest.addFirst(new Refusal(Instant.now(), Printable.of(who), Printable.of(what), Printable.of(reason)));
    total++;
  }

  /** The latest refusals, newest first. */
  public synchronized List<Refusal> latest() {
    return new ArrayList<>(latest);
  }

  /** Refusals since the role started, the forgotten ones too. */
  public synchronized long total() {
    return total;
  }
}
