package org.pktlab.controller.core;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.pktlab.cert.VerifiedChain;
import org.pktlab.controller.EndpointSession;
import org.pktlab.controller.Experiment;
import org.pktlab.controller.ExperimentListener;
import org.pktlab.controller.ExperimentRefusedException;
import org.pktlab.controller.ExperimentRequest;
import org.pktlab.link.Link;
import org.pktlab.link.LinkHandler;
import org.pktlab.link.LinkServer;
import org.pktlab.link.Links;
import org.pktlab.rendezvous.Address;
import org.pktlab.rendezvous.Descriptor;
import org.pktlab.rendezvous.RendezvousException;
import org.pktlab.rendezvous.SniKey;
import org.pktlab.role.SessionStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One experiment being served: its SNI keys, its publication and its sessions. Its state is guarded by its own monitor, which is held for moments only; listeners are
 * called outside of it.
 */
final class ServedExperiment implements Experiment {
  private static final Logger LOG = LoggerFactory.getLogger(ServedExperiment.class);
  private static final long NEVER = -1;

  private final long id;
  private final ControllerRole role;
  private final ControllerSettings settings;
  private final ExperimentRequest request;
  private final ExperimentListener listener;
  private final ScheduledExecutorService conductor;
  private final List<SniKey> sniKeys;
  private final Instant since = Instant.now();
  private final long startNs = ControllerRole.epochNs();
  private final String[] descriptors;
  private final LinkServer server;
  private final Publication publication;
  private final Pace pace;
  private final long publicationEndNs;
  private final Map<Long, Running> running = new LinkedHashMap<>();
  private final Set<Link> pending = new LinkedHashSet<>();
  private long sessions;
  private boolean accepting = true;
  private boolean ended;
  private String endReason = "stopped";
  private ScheduledFuture<?> publicationTimer;
  private ScheduledFuture<?> greetTimer;

  private record Running(Link link, String peer, Instant since) {}

  ServedExperiment(
      long id,
      ControllerRole role,
      ControllerSettings settings,
      Links links,
      ScheduledExecutorService conductor,
      LinkServer server,
      List<SniKey> sniKeys,
      ExperimentRequest request,
      ExperimentListener listener,
      Pace pace)
      throws ExperimentRefusedException {
    this.id = id;
    this.role = role;
    this.settings = settings;
    this.server = server;
    this.sniKeys = sniKeys;
    this.request = request;
    this.listener = listener;
    this.conductor = conductor;
    this.pace = pace;
    this.descriptors = new String[settings.entries().size()];
    long lastEndNs = 0;
    for (int i = 0; i < descriptors.length; i++) {
      long endNs = descriptor(i, server.address()); // tells now rather than later that one cannot be made
      lastEndNs = Long.compareUnsigned(endNs, lastEndNs) > 0 ? endNs : lastEndNs;
    }
    publicationEndNs = lastEndNs;
    if (settings.publication() == null) {
      publication = null;
    } else {
      Arrays.fill(descriptors, null); // made again when it is known by which address we reach the broker
      publication =
          new Publication(
              links,
              conductor,
              settings,
              pace,
              new Publication.Listener() {
                @Override
                public String descriptor(int entry, InetSocketAddress local) {
                  try {
                    return text(entry, local);
                  } catch (ExperimentRefusedException e) {
                    throw new IllegalStateException(e); // it could be made when the experiment began
                  }
                }

                @Override
                public void published() {
                  listener.onPublished();
                }

                @Override
                public void refused(String reason) {
                  end("the broker refused the publication: " + reason);
                }

                @Override
                public void unreachable(String reason) {
                  role.refusalLog().add(settings.publication().broker().toString(), "publication", reason);
                  listener.onNotice("broker not reached: " + reason);
                }
              });
    }
  }

  void begin() {
    if (publication == null) {
      return;
    }
    synchronized (this) {
      if (publicationEndNs != NEVER && accepting) {
        long now = ControllerRole.epochNs();
        long leftNs = Long.compareUnsigned(publicationEndNs, now) <= 0 ? 0 : capped(publicationEndNs - now);
        publicationTimer = conductor.schedule(publication::stop, leftNs, TimeUnit.NANOSECONDS);
        greetTimer = conductor.schedule(() -> end("its publication has ended"), capped(leftNs + settings.greetAfterNs()), TimeUnit.NANOSECONDS);
      }
    }
    conductor.execute(publication::start);
  }

  /** A delay that a scheduler takes; what is longer than a century is for ever. */
  private static long capped(long ns) {
    long century = TimeUnit.DAYS.toNanos(36_500);
    return Long.compareUnsigned(ns, century) > 0 ? century : ns;
  }

  // ------------------------------------------------------------------------------------------------ descriptors

  /**
   * Makes the descriptor of an entry, once (manager specification, section 5.2).
   *
   * @return when its publication ends, unsigned; {@link #NEVER} when it says nothing of that
   */
  private synchronized long descriptor(int index, InetSocketAddress brokerSide) throws ExperimentRefusedException {
    ExperimentEntry entry = settings.entries().get(index);
    Descriptor.Builder builder = Descriptor.builder();
    String hostId = request.hostId() != null ? request.hostId() : settings.hostId();
    if (hostId != null) {
      builder.hostId(hostId);
    }
    ControllerSettings.PublicationSettings how = settings.publication();
    if (how != null) {
      builder.locations(how.locations()).countries(how.countries());
      if (how.priority() >= 0) {
        builder.priority(how.priority());
      }
      if (how.periodNs() >= 0) {
        builder.pubEndNs(startNs + how.periodNs());
      }
    }
    try {
      Descriptor made = builder.controllerAddress(publishedAddress(brokerSide)).sniKey(sniKeys.get(index)).overrides(entry.overrides()).build();
      if (descriptors[index] == null) {
        descriptors[index] = made.format();
      }
      return made.pubEndNs().orElse(NEVER);
    } catch (RendezvousException e) {
      throw new ExperimentRefusedException("the descriptor cannot be made: " + e.getMessage());
    }
  }

  private synchronized String text(int index, InetSocketAddress brokerSide) throws ExperimentRefusedException {
    descriptor(index, brokerSide);
    return descriptors[index];
  }

  /** Section 5.3: as asked for, as configured, the address we listen on, else the one by which we reach the broker. */
  private String publishedAddress(InetSocketAddress brokerSide) {
    if (request.published() != null) {
      return request.published();
    }
    if (settings.published() != null) {
      return settings.published();
    }
    InetSocketAddress here = server.address();
    if (!here.getAddress().isAnyLocalAddress()) {
      return new Address(here.getAddress().getHostAddress(), here.getPort()).toString();
    }
    return new Address(brokerSide.getAddress().getHostAddress(), here.getPort()).toString();
  }

  // ------------------------------------------------------------------------------------------------ sessions

  /** A verified endpoint has arrived for one of our entries. On the loop of its link; null turns it away. */
  LinkHandler accept(Link link, ExperimentEntry entry) {
    String peer = link.remoteAddress().toString();
    synchronized (this) {
      if (!accepting || sessions + pending.size() >= request.sessions()) {
        role.refusalLog().add(peer, "session", "experiment " + id + " serves no further session");
        return null;
      }
      pending.add(link);
    }
    return new SessionSetup(
        link,
        settings,
        entry,
        pace.setupMs(),
        new SessionSetup.Outcome() {
          @Override
          public void started(Link established) {
            ServedExperiment.this.started(established, peer);
          }

          @Override
          public void failed(String reason) {
            ServedExperiment.this.setupFailed(link, peer, reason);
          }
        });
  }

  private void started(Link link, String peer) {
    VerifiedChain chain = link.peer().chain();
    String keyId = chain == null ? "-" : chain.leaf().subjectKeyId().toString();
    EndpointSession session;
    boolean last;
    synchronized (this) {
      pending.remove(link);
      sessions++;
      session = new EndpointSession(sessions, link, keyId, Instant.now());
      running.put(session.number(), new Running(link, peer + " " + keyId, session.since()));
      last = sessions >= request.sessions();
    }
    LOG.info("experiment={} session={} endpoint={} key={} started", id, session.number(), peer, keyId);
    try {
      link.handler(new SessionEnding(Objects.requireNonNull(listener.onSession(session)), () -> sessionEnded(session.number())));
    } catch (RuntimeException e) {
      LOG.error("experiment={} session={} closed: whoever was to receive it failed", id, session.number(), e);
      link.close();
      sessionEnded(session.number());
    }
    if (last) {
      conductor.execute(() -> end("every session asked for was served"));
    }
  }

  private void setupFailed(Link link, String peer, String reason) {
    synchronized (this) {
      pending.remove(link);
    }
    role.refusalLog().add(peer, "session", reason);
    listener.onRefused(peer, reason);
    endIfDone();
  }

  private void sessionEnded(long number) {
    synchronized (this) {
      running.remove(number);
    }
    endIfDone();
  }

  // ------------------------------------------------------------------------------------------------ the end

  private void end(String reason) {
    synchronized (this) {
      if (!accepting) {
        return;
      }
      accepting = false;
      endReason = reason;
      if (greetTimer != null) {
        publicationTimer.cancel(false);
        greetTimer.cancel(false);
      }
    }
    role.withdraw(this, sniKeys, server);
    if (publication != null) {
      conductor.execute(publication::stop);
    }
    endIfDone();
  }

  private void endIfDone() {
    synchronized (this) {
      if (accepting || ended || !pending.isEmpty() || !running.isEmpty()) {
        return;
      }
      ended = true;
    }
    role.ended(this);
    listener.onEnded(endReason);
  }

  @Override
  public void stop() {
    end("stopped");
  }

  @Override
  public void abort() {
    end("stopped");
    List<Link> open;
    synchronized (this) {
      open = new ArrayList<>(pending);
      running.values().forEach(session -> open.add(session.link()));
    }
    open.forEach(Link::close);
  }

  // ------------------------------------------------------------------------------------------------ status

  @Override
  public long id() {
    return id;
  }

  @Override
  public synchronized List<String> descriptors() {
    List<String> known = new ArrayList<>();
    for (String descriptor : descriptors) {
      if (descriptor != null) {
        known.add(descriptor);
      }
    }
    return known;
  }

  @Override
  public String listenAddress() {
    return new Address(server.address().getAddress().getHostAddress(), server.address().getPort()).toString();
  }

  ExperimentListener listener() {
    return listener;
  }

  synchronized void addStatus(List<SessionStatus> status) {
    String state = publication == null ? "ACCEPTING" : publication.state();
    status.add(
        new SessionStatus(
            id, "experiment", listenAddress(), accepting ? state : "ENDING", since, "sessions=" + sessions + " running=" + running.size() + " pending=" + pending.size()));
    running.forEach((number, session) -> status.add(new SessionStatus(number, "session", session.peer(), "RUNNING", session.since(), "experiment=" + id)));
  }
}
