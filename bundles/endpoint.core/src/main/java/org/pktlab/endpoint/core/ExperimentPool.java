package org.pktlab.endpoint.core;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.pktlab.cert.Certificate;
import org.pktlab.cert.CertificateLimits;
import org.pktlab.cert.EffectiveLimits;
import org.pktlab.cert.VerifiedChain;
import org.pktlab.link.Link;
import org.pktlab.link.LinkHandler;
import org.pktlab.link.Links;
import org.pktlab.rendezvous.Address;
import org.pktlab.rendezvous.Descriptor;
import org.pktlab.rendezvous.RendezvousException;
import org.pktlab.rendezvous.SniKey;
import org.pktlab.role.SessionStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which experiment runs (rendezvous specification, section 10): descriptors wait here; the candidate is the one of highest priority, among equals the
 * most recent; a strictly higher priority suspends a running session. All state is owned by the conductor thread.
 */
final class ExperimentPool {
  /** Descriptors that wait; a further one is refused. */
  private static final int MOST_WAITING = 10_000;

  private static final int MOST_REMEMBERED = 10_000;

  private static final Logger LOG = LoggerFactory.getLogger(ExperimentPool.class);

  private final Links links;
  private final ScheduledExecutorService conductor;
  private final EndpointSettings settings;
  private final SessionHost host;
  private final Runnable onIdle;
  // Keyed by the descriptor's text: an identical one that still waits or runs is dropped (section 15).
  private final Map<String, Experiment> experiments = new LinkedHashMap<>();
  // Texts that were served, until the end of their publication: a broker that delivers one again does not start it again.
  private final Map<String, Long> served = new LinkedHashMap<>();
  private ScheduledFuture<?> wakeUp;
  private long arrivals;
  private boolean stopped;
  private volatile List<Experiment> snapshot = List.of();
  private volatile long started;
  private volatile long completed;

  /** One descriptor and what is being done about it. */
  private final class Experiment {
    final long number = ++arrivals;
    final String text;
    final Address controller;
    final String sniKey;
    final long priority;
    final long pubEndNs;
    final Instant since = Instant.now();
    long resumeAtNs;
    ControllerDial dial;
    volatile Session session;

    Experiment(String text, Address controller, String sniKey, long priority, long pubEndNs) {
      this.text = text;
      this.controller = controller;
      this.sniKey = sniKey;
      this.priority = priority;
      this.pubEndNs = pubEndNs;
    }

    boolean active() {
      return dial != null;
    }
  }

  /**
   * @param onIdle run on the conductor whenever the last experiment has left the pool
   */
  ExperimentPool(Links links, ScheduledExecutorService conductor, EndpointSettings settings, SessionHost host, Runnable onIdle) {
    this.links = links;
    this.conductor = conductor;
    this.settings = settings;
    this.host = host;
    this.onIdle = onIdle;
  }

  /** Takes a descriptor that a broker delivered. On the conductor. */
  void offer(Descriptor descriptor) {
    String text = descriptor.format();
    try {
      Address controller = descriptor.controllerAddress();
      String sniKey = descriptor.sniKey().map(SniKey::text).orElse(null);
      long pubEnd = descriptor.pubEndNs().orElse(-1);
      offer(text, controller, sniKey, descriptor.priority(), pubEnd);
    } catch (RendezvousException e) {
      host.refusals().add("broker", "descriptor", e.getMessage());
      LOG.warn("descriptor ignored: {}", e.getMessage());
    }
  }

  /**
   * Takes an experiment, unless an identical text waits, runs, or was served and is still being published.
   *
   * @param sniKey or null
   * @param pubEndNs end of its publication, unsigned; -1 for none
   */
  void offer(String text, Address controller, String sniKey, long priority, long pubEndNs) {
    long now = host.epochNs().getAsLong();
    served.values().removeIf(until -> Long.compareUnsigned(until, now) <= 0);
    if (stopped || experiments.containsKey(text) || served.containsKey(text)) {
      return;
    }
    if (experiments.size() >= MOST_WAITING) {
      host.refusals().add(controller.toString(), "descriptor", "already " + MOST_WAITING + " experiments wait");
      return;
    }
    if (pubEndNs != -1 && Long.compareUnsigned(pubEndNs, now) <= 0) {
      host.refusals().add(controller.toString(), "descriptor", "its publication has ended");
      return;
    }
    Experiment experiment = new Experiment(text, controller, sniKey, priority, pubEndNs);
    experiments.put(text, experiment);
    LOG.info("experiment={} controller={} priority={} received", experiment.number, controller, priority);
    schedule();
  }

  private void schedule() {
    if (stopped) {
      return;
    }
    snapshot = new ArrayList<>(experiments.values());
    long now = host.epochNs().getAsLong();
    int running = 0;
    Experiment candidate = null;
    Experiment lowest = null;
    long nextNs = -1;
    for (Experiment experiment : experiments.values()) {
      if (experiment.active()) {
        running++;
        if (lowest == null || experiment.priority < lowest.priority) {
          lowest = experiment;
        }
      } else if (Long.compareUnsigned(experiment.resumeAtNs, now) > 0) {
        nextNs = Long.compareUnsigned(experiment.resumeAtNs, nextNs) < 0 ? experiment.resumeAtNs : nextNs;
      } else if (candidate == null || experiment.priority >= candidate.priority) {
        candidate = experiment; // later in the map means more recently received
      }
    }
    if (candidate != null) {
      if (running < settings.maxExperiments()) {
        run(candidate);
        conductor.execute(this::schedule);
      } else if (candidate.priority > lowest.priority) {
        preempt(lowest);
      }
    }
    if (wakeUp != null) {
      wakeUp.cancel(false);
      wakeUp = null;
    }
    if (nextNs != -1) {
      wakeUp = conductor.schedule(this::schedule, Math.min(nextNs - now, TimeUnit.SECONDS.toNanos(1)), TimeUnit.NANOSECONDS);
    }
  }

  private void preempt(Experiment experiment) {
    Session session = experiment.session;
    if (session != null) {
      session.suspend();
    } else {
      experiment.dial.cancel();
      experiment.dial = null;
      conductor.execute(this::schedule);
    }
  }

  private void run(Experiment experiment) {
    started++;
    ControllerDial[] mine = new ControllerDial[1];
    mine[0] =
        new ControllerDial(
            links,
            conductor,
            settings,
            experiment.controller,
            experiment.sniKey,
            new ControllerDial.Outcome() {
              @Override
              public LinkHandler connected(Link link) {
                return begin(experiment, mine[0], link);
              }

              @Override
              public void failed(String reason) {
                host.refusals().add(experiment.controller.toString(), "session", reason);
                LOG.warn("experiment={} controller={} not reached: {}", experiment.number, experiment.controller, reason);
                ended(experiment, mine[0], SessionEnd.Outcome.FINISHED, -1);
              }
            });
    experiment.dial = mine[0];
    experiment.dial.start();
  }

  /** On the loop of the link: the controller is verified; what its certificates demand is looked at before anything is accepted from it. */
  private LinkHandler begin(Experiment experiment, ControllerDial dial, Link link) {
    VerifiedChain chain = link.peer().chain();
    long now = host.epochNs().getAsLong();
    String unenforceable = unenforceable(chain);
    if (unenforceable != null) {
      host.refusals().add(link.remoteAddress().toString(), "session", unenforceable);
      LOG.warn("experiment={} controller={} refused: {}", experiment.number, experiment.controller, unenforceable);
      conductor.execute(() -> ended(experiment, dial, SessionEnd.Outcome.FINISHED, -1));
      return null;
    }
    EffectiveLimits limits = EffectiveLimits.of(chain.certificates(), now);
    Session session =
        new Session(
            host,
            link,
            limits.monitors(),
            limits.endTimeNs(),
            (outcome, resumeAtNs, reason) -> conductor.execute(() -> ended(experiment, dial, outcome, resumeAtNs)));
    LOG.info(
        "experiment={} session={} controller key={} set-up",
        experiment.number,
        link.remoteAddress(),
        chain.leaf().subjectKeyId());
    conductor.execute(() -> {
      if (stopped) {
        session.stop("the endpoint stops");
      } else if (experiment.dial != dial) {
        session.suspend(); // an experiment of higher priority came while this one was being connected
      } else {
        experiment.session = session;
      }
    });
    return session;
  }

  /** Why a chain cannot be accepted here, or null: a limit that is not enforced must not be accepted. Monitors are asked for at start. */
  private static String unenforceable(VerifiedChain chain) {
    for (Certificate certificate : chain.certificates()) {
      CertificateLimits limits = certificate.limits();
      if (limits == null) {
        continue;
      }
      String name =
          limits.maxPriority() != null ? "max_num_priority"
              : limits.maxSockets() != null ? "max_socket_count"
              : limits.maxRunTimeNs() != null ? "max_exp_period"
              : limits.maxSendOctets() != null ? "max_send_byte"
              : limits.maxSendPackets() != null ? "max_send_pkt"
              : limits.maxReceiveOctets() != null ? "max_recv_byte"
              : limits.maxReceivePackets() != null ? "max_recv_pkt"
              : !limits.octetRates().isEmpty() ? "max_burst_rate_byte"
              : !limits.packetRates().isEmpty() ? "max_burst_rate_pkt"
              : !limits.destinations().isEmpty() ? "valid_dest"
              : null;
      if (name != null) {
        return "its certificates carry the limit " + name + ", which this endpoint cannot enforce";
      }
    }
    return null;
  }

  private void ended(Experiment experiment, ControllerDial dial, SessionEnd.Outcome outcome, long resumeAtNs) {
    if (experiment.dial != dial) {
      return; // it was preempted before it was connected
    }
    boolean hadSession = experiment.session != null;
    experiment.dial = null;
    experiment.session = null;
    switch (outcome) {
      case FINISHED -> {
        completed++;
        experiments.remove(experiment.text);
        if (hadSession && experiment.pubEndNs != -1 && served.size() < MOST_REMEMBERED) {
          served.put(experiment.text, experiment.pubEndNs);
        }
      }
      case YIELDED -> experiment.resumeAtNs = resumeAtNs;
      case SUSPENDED -> experiment.resumeAtNs = 0;
    }
    schedule();
    if (experiments.isEmpty()) {
      onIdle.run();
    }
  }

  /** Ends every session and forgets every descriptor. On the conductor. */
  void stop() {
    stopped = true;
    for (Experiment experiment : experiments.values()) {
      if (experiment.session != null) {
        experiment.session.stop("the endpoint stops");
      } else if (experiment.dial != null) {
        experiment.dial.cancel();
      }
    }
    experiments.clear();
    snapshot = List.of();
  }

  /** What waits and runs now. Any thread. */
  List<SessionStatus> status() {
    List<SessionStatus> status = new ArrayList<>();
    for (Experiment experiment : snapshot) {
      Session session = experiment.session;
      String state = session != null ? session.state() : experiment.active() ? "CONNECTING" : "WAITING";
      String detail = "priority=" + experiment.priority;
      if (session != null) {
        SessionCounters counters = session.counters();
        detail +=
            " sockets=" + session.openSockets() + " requests=" + counters.requests + " sent=" + counters.unitsSent + " received="
                + counters.unitsReceived + " dropped=" + counters.unitsDropped + (counters.clocks().isEmpty() ? "" : " " + counters.clocks());
      }
      status.add(
          new SessionStatus(experiment.number, "experiment", session != null ? session.peer() : experiment.controller.toString(), state, experiment.since, detail));
    }
    return status;
  }

  long started() {
    return started;
  }

  long completed() {
    return completed;
  }
}
