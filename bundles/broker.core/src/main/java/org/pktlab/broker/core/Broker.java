package org.pktlab.broker.core;

import java.net.InetSocketAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.pktlab.cert.CertificateDecoder;
import org.pktlab.cert.ChainVerifier;
import org.pktlab.link.Link;
import org.pktlab.link.LinkAcceptor;
import org.pktlab.link.LinkEnd;
import org.pktlab.link.LinkHandler;
import org.pktlab.protocol.StatusCode;
import org.pktlab.role.Printable;
import org.pktlab.role.RefusalLog;
import org.pktlab.role.SessionStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publications and subscriptions, and who they belong to (rendezvous specification, section 9). All state is owned by the conductor, a
 * single thread; the methods say where another thread may call them.
 */
final class Broker implements LinkAcceptor {
  private static final Logger LOG = LoggerFactory.getLogger(Broker.class);
  private static final long TICK_MS = 500;
  private static final long STATUS_SECONDS = 2;

  private final BrokerLimits limits;
  private final CertificateDecoder decoder;
  private final Judgement judgement;
  private final ScheduledExecutorService conductor;
  private final LongSupplier epochNs;
  private final RefusalLog refusals;
  private final BrokerCounters counters = new BrokerCounters();
  private final Deliveries deliveries;
  private final ChannelIndex index = new ChannelIndex();
  private final Walks walks = new Walks(this::run);
  private final Notifier notifier;
  private final Set<Party> parties = new LinkedHashSet<>();
  private final Set<Publication> publications = new LinkedHashSet<>();
  private final Set<Subscription> subscriptions = new LinkedHashSet<>();
  private long weight;
  private long lastId;
  private final CompletableFuture<Void> empty = new CompletableFuture<>();
  private boolean stopped;
  private boolean finished;

  /**
   * @param conductor the single thread that owns the broker; whoever made it ends it after {@link #stop()}
   * @param epochNs the clock, nanoseconds since 1970, unsigned
   * @param settings where deliveries are remembered
   */
  Broker(
      BrokerLimits limits,
      CertificateDecoder decoder,
      ChainVerifier verifier,
      ScheduledExecutorService conductor,
      LongSupplier epochNs,
      RefusalLog refusals,
      BrokerSettings settings) {
    this.limits = limits;
    this.decoder = decoder;
    this.judgement = new Judgement(verifier, limits.channels());
    this.conductor = conductor;
    this.epochNs = epochNs;
    this.refusals = refusals;
    this.deliveries = Deliveries.open(settings.storeDir(), limits.deliveries(), counters, epochNs);
    this.notifier = new Notifier(limits, deliveries, counters, epochNs, this::run, walks::add, this::catchUp, this::tooSlow);
    conductor.scheduleWithFixedDelay(guarded(this::tick), TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
  }

  // What dialogues use, on their loops.

  BrokerLimits limits() {
    return limits;
  }

  CertificateDecoder decoder() {
    return decoder;
  }

  Judgement judgement() {
    return judgement;
  }

  long nowNs() {
    return epochNs.getAsLong();
  }

  boolean reserveCertificateOctets(int octets) {
    if (counters.certificateOctets.addAndGet(octets) > limits.allCertificateOctets()) {
      counters.certificateOctets.addAndGet(-octets);
      return false;
    }
    return true;
  }

  void releaseCertificateOctets(int octets) {
    counters.certificateOctets.addAndGet(-octets);
  }

  /** Notes a refusal for the administrator. Any thread. */
  void refused(Party party, String what, String reason) {
    counters.refused.increment();
    refusals.add(party.name, what, reason);
    LOG.info("peer={} {} refused: {}", party.name, what, Printable.of(reason));
  }

  @Override
  public LinkHandler onLink(Link link) {
    if (link.peer().chain() == null) {
      return null;
    }
    Dialogue dialogue = new Dialogue(link, this);
    counters.connectionsAccepted.increment();
    run(() -> join(dialogue.party()));
    return dialogue;
  }

  @Override
  public void onRefused(InetSocketAddress remote, String reason) {
    counters.connectionsRefused.increment();
    refusals.add(remote == null ? "unknown" : remote.toString(), "connection", reason);
    LOG.debug("peer={} connection refused: {}", remote, reason);
  }

  void publish(Party party, PublicationRequest request) {
    run(() -> enter(party, request));
  }

  void subscribe(Party party, SubscriptionRequest request) {
    run(() -> enter(party, request));
  }

  void written(Party party, long token) {
    run(() -> notifier.written(party, token));
  }

  void ended(Party party, LinkEnd reason) {
    run(() -> leave(party, reason));
  }

  /** Runs a task on the conductor, after those handed over before. Any thread. */
  private void run(Runnable task) {
    try {
      conductor.execute(guarded(task));
    } catch (RejectedExecutionException e) {
      LOG.trace("the broker has stopped");
    }
  }

  private Runnable guarded(Runnable task) {
    return () -> {
      try {
        if (!finished) {
          task.run();
        }
      } catch (RuntimeException e) {
        LOG.error("a task of the broker failed; it goes on", e);
      }
    };
  }

  // On the conductor.

  private void join(Party party) {
    if (stopped) {
      party.link.close();
      return;
    }
    parties.add(party);
    counters.connections.set(parties.size());
    LOG.debug("peer={} connected", party.name);
  }

  private void enter(Party party, PublicationRequest request) {
    if (party.closing || stopped) {
      return;
    }
    String full =
        party.publications.size() >= limits.publicationsEach()
            ? "this connection has " + limits.publicationsEach() + " publications already"
            : publications.size() >= limits.publications() || weight + request.weight() > limits.weight() ? "the broker is full" : null;
    if (full != null) {
      party.dialogue.refused(StatusCode.EUNKFAULT, "xpub", full);
      return;
    }
    Publication publication = new Publication(++lastId, party, request);
    party.everServed = true;
    party.publications.add(publication);
    publications.add(publication);
    weight += request.weight();
    index.add(publication);
    counters.published.increment();
    counters.publications.set(publications.size());
    String text = Printable.of(request.descriptor().format());
    LOG.info("peer={} published on {}: {}", party.name, Descriptions.names(request.channels()), text);
    party.dialogue.accepted();
    walks.add(new Announcement(index, notifier, publication));
  }

  private void enter(Party party, SubscriptionRequest request) {
    if (party.closing || stopped) {
      return;
    }
    String full =
        party.subscriptions.size() >= limits.subscriptionsEach()
            ? "this connection has " + limits.subscriptionsEach() + " subscriptions already"
            : subscriptions.size() >= limits.subscriptions() || weight + request.weight() > limits.weight() ? "the broker is full" : null;
    if (full != null) {
      party.dialogue.refused(StatusCode.EUNKFAULT, "xsub", full);
      return;
    }
    Subscription subscription = new Subscription(++lastId, party, request);
    party.everServed = true;
    party.subscriptions.add(subscription);
    subscriptions.add(subscription);
    weight += request.weight();
    index.add(subscription);
    counters.subscribed.increment();
    counters.subscriptions.set(subscriptions.size());
    String text = Printable.of(request.attributes().format());
    LOG.info("peer={} subscribed to {}: {}", party.name, Descriptions.names(request.channels()), text);
    party.dialogue.accepted(); // the loop does this before anything that is delivered later
    catchUp(subscription);
  }

  private void catchUp(Subscription subscription) {
    if (subscription.catchUp != null) {
      subscription.catchUp.again();
      return;
    }
    subscription.catchUp = new CatchUp(index, notifier, subscription);
    walks.add(subscription.catchUp);
  }

  private void remove(Publication publication) {
    publication.live = false;
    publication.owner.publications.remove(publication);
    publications.remove(publication);
    index.remove(publication);
    weight -= publication.request.weight();
    counters.publications.set(publications.size());
  }

  private void remove(Subscription subscription) {
    subscription.live = false;
    subscription.owner.subscriptions.remove(subscription);
    subscriptions.remove(subscription);
    index.remove(subscription);
    weight -= subscription.request.weight();
    counters.subscriptions.set(subscriptions.size());
  }

  /** Ends what belongs to a connection; it may itself take a while to close. */
  private void retire(Party party) {
    if (party.closing) {
      return;
    }
    party.closing = true;
    for (Publication publication : List.copyOf(party.publications)) {
      remove(publication);
      counters.withdrawn.increment();
    }
    for (Subscription subscription : List.copyOf(party.subscriptions)) {
      remove(subscription);
    }
    if (notifier.abandon(party) && !stopped) {
      tellOthers(party);
    }
  }

  private void close(Party party, String why) {
    LOG.info("peer={} connection closed: {}", party.name, why);
    refusals.add(party.name, "connection", why);
    retire(party);
    party.link.close();
  }

  private void tooSlow(Party party) {
    counters.slowClosed.increment();
    close(party, "it is too slow: " + party.waiting.size() + " notifications wait");
  }

  private void leave(Party party, LinkEnd reason) {
    int withdrawn = party.publications.size();
    retire(party);
    if (notifier.ended(party) && !stopped) {
      tellOthers(party);
    }
    parties.remove(party);
    counters.connections.set(parties.size());
    LOG.info("peer={} left{}: {}", party.name, withdrawn == 0 ? "" : ", " + withdrawn + " publication(s) withdrawn", reason.detail());
    if (stopped && parties.isEmpty()) {
      empty.complete(null);
    }
  }

  /** Another connection of the same endpoint may get what this one did not take. */
  private void tellOthers(Party party) {
    for (Party other : parties) {
      if (other != party && !other.closing && other.agent.equals(party.agent)) {
        other.subscriptions.forEach(this::catchUp);
      }
    }
  }

  private void tick() {
    if (stopped) {
      return;
    }
    long nowNs = epochNs.getAsLong(); // asked each time: the clock may have been set
    for (Publication publication : List.copyOf(publications)) {
      if (publication.hasEnded(nowNs)) {
        remove(publication);
        counters.expired.increment();
        LOG.info("peer={} publication ended: {}", publication.owner.name, Printable.of(publication.request.descriptor().format()));
      }
    }
    for (Subscription subscription : List.copyOf(subscriptions)) {
      if (subscription.hasEnded(nowNs)) {
        remove(subscription);
        counters.expired.increment();
        if (subscription.owner.subscriptions.isEmpty()) {
          close(subscription.owner, "a certificate of its chain has expired"); // else it would wait for ever
        }
      }
    }
    long nanos = System.nanoTime();
    for (Party party : List.copyOf(parties)) {
      if (party.closing) {
        continue;
      }
      if ((!party.waiting.isEmpty() || !party.inFlight.isEmpty()) && nanos - party.progressNanos > limits.stalled().toNanos()) {
        tooSlow(party);
      } else if (!party.everServed && nanos - party.sinceNanos > limits.idle().toNanos()) {
        close(party, "it has neither published nor subscribed");
      }
    }
    deliveries.prune(nowNs);
    deliveries.commit();
  }

  /**
   * Closes all connections. Any thread.
   *
   * @return complete when the last one has ended, with its notifications accounted for
   */
  CompletableFuture<Void> stop() {
    run(
        () -> {
          stopped = true;
          for (Party party : parties) {
            retire(party);
            party.link.close();
          }
          if (parties.isEmpty()) {
            empty.complete(null);
          }
        });
    return empty;
  }

  /** Closes the store; nothing happens afterwards. On the conductor. */
  void finish() {
    finished = true;
    deliveries.close();
  }

  // For the administrator, any thread.

  String store() {
    return deliveries.state();
  }

  Map<String, Long> stats() {
    return counters.snapshot();
  }

  List<SessionStatus> sessions() {
    try {
      return conductor.submit(() -> Descriptions.of(publications, subscriptions)).get(STATUS_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
      LOG.debug("no status: {}", e.toString());
    }
    return List.of();
  }
}
