package org.pktlab.broker.core;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Totals and present numbers of the broker; any thread may change and read them. */
final class BrokerCounters {
  final LongAdder connectionsAccepted = new LongAdder();
  final LongAdder connectionsRefused = new LongAdder();
  final LongAdder published = new LongAdder();
  final LongAdder subscribed = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder notifications = new LongAdder();
  final LongAdder duplicates = new LongAdder();
  final LongAdder withdrawn = new LongAdder();
  final LongAdder expired = new LongAdder();
  final LongAdder slowClosed = new LongAdder();
  final AtomicLong connections = new AtomicLong();
  final AtomicLong publications = new AtomicLong();
  final AtomicLong subscriptions = new AtomicLong();
  final AtomicLong remembered = new AtomicLong();

  /** Octets of certificates that connections hold until their next xpub or xsub. */
  final AtomicLong certificateOctets = new AtomicLong();

  /** Name to value, in the order to be shown. */
  Map<String, Long> snapshot() {
    Map<String, Long> stats = new LinkedHashMap<>();
    stats.put("connections", connections.get());
    stats.put("publications", publications.get());
    stats.put("subscriptions", subscriptions.get());
    stats.put("connections accepted", connectionsAccepted.sum());
    stats.put("connections refused", connectionsRefused.sum());
    stats.put("published", published.sum());
    stats.put("subscribed", subscribed.sum());
    stats.put("refused", refused.sum());
    stats.put("notifications", notifications.sum());
    stats.put("duplicates withheld", duplicates.sum());
    stats.put("withdrawn", withdrawn.sum());
    stats.put("expired", expired.sum());
    stats.put("slow subscribers closed", slowClosed.sum());
    stats.put("deliveries remembered", remembered.get());
    stats.put("certificate octets held", certificateOctets.get());
    return stats;
  }
}
