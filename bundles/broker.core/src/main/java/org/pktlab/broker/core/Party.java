package org.pktlab.broker.core;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.pktlab.cert.KeyId;
import org.pktlab.link.Link;

/** What the conductor knows of one connection. Owned by the conductor, but for the final fields that any thread may read. */
final class Party {
  final Link link;
  final Dialogue dialogue;
  final KeyId agent;
  final String name;
  final Instant since = Instant.now();
  final long sinceNanos = System.nanoTime();

  final Set<Publication> publications = new LinkedHashSet<>();
  final Set<Subscription> subscriptions = new LinkedHashSet<>();

  /** Notifications that wait for room in the window. */
  final ArrayDeque<Notice> waiting = new ArrayDeque<>();

  /** Notifications handed to the link and not yet taken by the operating system, oldest first. */
  final ArrayDeque<Notice> inFlight = new ArrayDeque<>();

  /** Walks that wait until fewer notifications wait. */
  final List<Walk> parked = new ArrayList<>();

  /** Token of the oldest notification in flight. */
  long firstToken;

  long progressNanos = System.nanoTime();
  boolean everServed;
  boolean dirty;
  boolean closing;

  Party(Link link, Dialogue dialogue, KeyId agent) {
    this.link = link;
    this.dialogue = dialogue;
    this.agent = agent;
    this.name = text(link.remoteAddress()) + " key " + agent;
  }

  private static String text(java.net.InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }
}
