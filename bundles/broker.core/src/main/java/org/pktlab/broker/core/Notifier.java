package org.pktlab.broker.core;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.pktlab.rendezvous.Channel;
import org.pktlab.rendezvous.Matching;

/**
 * Sends each endpoint each text once (rendezvous specification, sections 9 and 15). A notification first waits in the queue of its
 * connection, then is in flight until the operating system has taken it. It is remembered, on disk too, before it is in flight, and
 * forgotten again if the connection ends before it was taken: an endpoint may then miss a text that its connection had swallowed, but
 * never gets one twice. Owned by the conductor.
 */
final class Notifier {
  private static final long WITHOUT_END_NS = 24L * 3600 * 1_000_000_000L;

  private final BrokerLimits limits;
  private final Deliveries deliveries;
  private final BrokerCounters counters;
  private final LongSupplier epochNs;
  private final Consumer<Runnable> later;
  private final Consumer<Walk> resume;
  private final Consumer<Subscription> behind;
  private final Consumer<Party> tooSlow;
  private final Set<ByteBuffer> queued = new HashSet<>();
  private List<Party> dirty = new ArrayList<>();

  /**
   * @param later runs a task on the conductor after what it does now
   * @param resume goes on with a walk that was parked
   * @param behind told of a subscription that missed a publication and must catch up
   * @param tooSlow told of a subscriber whose queue is full
   */
  Notifier(
      BrokerLimits limits,
      Deliveries deliveries,
      BrokerCounters counters,
      LongSupplier epochNs,
      Consumer<Runnable> later,
      Consumer<Walk> resume,
      Consumer<Subscription> behind,
      Consumer<Party> tooSlow) {
    this.limits = limits;
    this.deliveries = deliveries;
    this.counters = counters;
    this.epochNs = epochNs;
    this.later = later;
    this.resume = resume;
    this.behind = behind;
    this.tooSlow = tooSlow;
  }

  /** Whether so many notifications wait that old publications have to wait too: half of the queue is for new ones. */
  boolean isBusy(Party party) {
    return party.waiting.size() >= Math.max(1, limits.waiting() / 2);
  }

  /** Queues a notification if the two match and the endpoint was not told of this text before. */
  void offer(Publication publication, Subscription subscription, Channel channel) {
    Party party = subscription.owner;
    if (party.closing || !publication.live || !subscription.live) {
      return;
    }
    if (!Matching.matches(publication.request.descriptor(), subscription.request.attributes())) {
      return;
    }
    ByteBuffer delivery = Deliveries.key(party.agent, publication.request.textHash());
    if (queued.contains(delivery) || deliveries.contains(delivery)) {
      counters.duplicates.increment();
      return;
    }
    if (party.waiting.size() >= limits.waiting()) {
      // While old publications are being handed out a full queue says nothing about the subscriber's speed.
      if (party.subscriptions.stream().anyMatch(each -> each.catchUp != null)) {
        behind.accept(subscription);
      } else {
        tooSlow.accept(party);
      }
      return;
    }
    queued.add(delivery);
    party.waiting.add(new Notice(publication, channel, delivery));
    if (party.waiting.size() == 1 && party.inFlight.isEmpty()) {
      party.progressNanos = System.nanoTime();
    }
    touch(party);
  }

  private void touch(Party party) {
    if (!party.dirty) {
      party.dirty = true;
      if (dirty.isEmpty()) {
        later.accept(this::pump);
      }
      dirty.add(party);
    }
  }

  private void pump() {
    List<Party> now = dirty;
    dirty = new ArrayList<>();
    List<Runnable> handovers = new ArrayList<>(now.size());
    for (Party party : now) {
      party.dirty = false;
      if (!party.closing) {
        handovers.add(fill(party));
      }
    }
    deliveries.commit(); // before anything leaves
    handovers.forEach(Runnable::run);
  }

  private Runnable fill(Party party) {
    long nowNs = epochNs.getAsLong();
    long token = party.firstToken + party.inFlight.size();
    List<Notice> leaving = new ArrayList<>();
    while (party.inFlight.size() < limits.window() && !party.waiting.isEmpty()) {
      Notice notice = party.waiting.poll();
      queued.remove(notice.delivery());
      Publication publication = notice.publication();
      if (publication.live && !publication.hasEnded(nowNs)) {
        deliveries.remember(notice.delivery(), publication.request.pubEnd().orElse(nowNs + WITHOUT_END_NS));
        party.inFlight.add(notice);
        leaving.add(notice);
      }
    }
    if (party.waiting.size() <= limits.waiting() / 4) {
      party.parked.forEach(resume);
      party.parked.clear();
    }
    return () -> {
      if (!leaving.isEmpty()) {
        party.dialogue.deliver(leaving, token);
      }
    };
  }

  /** The operating system has taken the notification with this token, and with it all before. */
  void written(Party party, long token) {
    while (party.firstToken <= token && !party.inFlight.isEmpty()) {
      party.inFlight.poll();
      party.firstToken++;
      counters.notifications.increment();
    }
    party.progressNanos = System.nanoTime();
    if (!party.closing && (!party.waiting.isEmpty() || !party.parked.isEmpty())) {
      touch(party);
    }
  }

  /**
   * The connection is closing: nothing more is handed to it.
   *
   * @return whether something still waited, so that another connection of the endpoint may now get it
   */
  boolean abandon(Party party) {
    boolean any = !party.waiting.isEmpty();
    party.waiting.forEach(notice -> queued.remove(notice.delivery()));
    party.waiting.clear();
    party.parked.clear();
    return any;
  }

  /**
   * The connection has ended.
   *
   * @return whether something did not reach the endpoint, so that another connection of it may now get it
   */
  boolean ended(Party party) {
    boolean any = !party.inFlight.isEmpty();
    party.inFlight.forEach(notice -> deliveries.forget(notice.delivery()));
    party.inFlight.clear();
    return any;
  }
}
