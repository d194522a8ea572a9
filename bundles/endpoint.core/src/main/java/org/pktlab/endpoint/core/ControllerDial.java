package org.pktlab.endpoint.core;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.pktlab.cert.ChainMode;
import org.pktlab.link.ConnectOutcome;
import org.pktlab.link.ConnectRequest;
import org.pktlab.link.Link;
import org.pktlab.link.LinkHandler;
import org.pktlab.link.LinkLimits;
import org.pktlab.link.Links;
import org.pktlab.rendezvous.Address;

/**
 * Connects to the controller of one descriptor (rendezvous specification, section 10): each resolved address in turn, 3 s for each, a pause of 1 s between
 * rounds, given up 5 s after the start. Runs on the conductor; the outcome is told there, except that a link is handed over on its own loop.
 */
final class ControllerDial {
  private static final Duration PER_ADDRESS = Duration.ofSeconds(3);
  private static final long PAUSE_MS = 1000;
  private static final long GIVE_UP_NS = TimeUnit.SECONDS.toNanos(5);

  /** Told exactly once. */
  interface Outcome {
    /** A link is there; called on its loop. */
    LinkHandler connected(Link link);

    /** There will be none; called on the conductor. */
    void failed(String reason);
  }

  private final Links links;
  private final ScheduledExecutorService conductor;
  private final EndpointSettings settings;
  private final Address controller;
  private final String sniKey;
  private final Outcome outcome;
  private final long startedNs = System.nanoTime();
  private List<InetAddress> addresses;
  private int next;
  private String lastReason = "no answer";
  private Runnable attempt = () -> {};
  private boolean over;

  ControllerDial(
      Links links, ScheduledExecutorService conductor, EndpointSettings settings, Address controller, String sniKey, Outcome outcome) {
    this.links = links;
    this.conductor = conductor;
    this.settings = settings;
    this.controller = controller;
    this.sniKey = sniKey;
    this.outcome = outcome;
  }

  /** Begins. On the conductor. */
  void start() {
    NameResolution.of(controller.host(), conductor, this::resolved);
  }

  /** Gives up; nothing is told afterwards. On the conductor. */
  void cancel() {
    over = true;
    attempt.run();
  }

  private void resolved(List<InetAddress> found) {
    if (over) {
      return;
    }
    if (found.isEmpty()) {
      fail("the name " + controller.host() + " does not resolve");
      return;
    }
    addresses = found;
    tryNext();
  }

  private void tryNext() {
    if (over) {
      return;
    }
    if (next == addresses.size()) {
      next = 0;
      if (leftNs() <= TimeUnit.MILLISECONDS.toNanos(PAUSE_MS)) {
        fail(lastReason);
      } else {
        conductor.schedule(this::tryNext, PAUSE_MS, TimeUnit.MILLISECONDS);
      }
      return;
    }
    if (leftNs() <= 0) {
      fail(lastReason);
      return;
    }
    InetSocketAddress address = new InetSocketAddress(addresses.get(next++), controller.port());
    attempt =
        links.connect(
            new ConnectRequest(
                address,
                sniKey,
                settings.key(),
                settings.controllerChain(),
                ChainMode.ENDPOINT_JUDGES_CONTROLLER,
                settings.operators(),
                Duration.ofNanos(Math.min(PER_ADDRESS.toNanos(), leftNs())),
                LinkLimits.SESSION),
            new ConnectOutcome() {
              @Override
              public LinkHandler onConnected(Link link) {
                return outcome.connected(link);
              }

              @Override
              public void onFailed(Stage stage, String reason) {
                conductor.execute(() -> attemptFailed(stage, address + ": " + reason));
              }
            });
  }

  private long leftNs() {
    return GIVE_UP_NS - (System.nanoTime() - startedNs);
  }

  private void attemptFailed(ConnectOutcome.Stage stage, String reason) {
    lastReason = reason;
    if (stage == ConnectOutcome.Stage.CONNECT) {
      tryNext();
    } else {
      fail(reason); // TLS failures are final (section 10)
    }
  }

  private void fail(String reason) {
    if (!over) {
      over = true;
      outcome.failed(reason);
    }
  }
}
