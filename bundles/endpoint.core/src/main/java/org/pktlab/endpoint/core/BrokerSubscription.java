package org.pktlab.endpoint.core;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.pktlab.cert.ChainMode;
import org.pktlab.link.ConnectOutcome;
import org.pktlab.link.ConnectRequest;
import org.pktlab.link.Link;
import org.pktlab.link.LinkEnd;
import org.pktlab.link.LinkHandler;
import org.pktlab.link.LinkLimits;
import org.pktlab.link.Links;
import org.pktlab.protocol.MessageCodec;
import org.pktlab.protocol.Message;
import org.pktlab.protocol.ProtocolException;
import org.pktlab.protocol.Result;
import org.pktlab.protocol.StatusCode;
import org.pktlab.protocol.Xcert;
import org.pktlab.protocol.Xnotify;
import org.pktlab.protocol.Xsub;
import org.pktlab.rendezvous.Channel;
import org.pktlab.rendezvous.Descriptor;
import org.pktlab.rendezvous.RendezvousException;
import org.pktlab.role.RefusalLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the endpoint subscribed at its broker (rendezvous specification, section 8): connects, sends its chain and channels, and hands on descriptors; after any
 * failure it tries again with a growing, jittered pause. State is owned by the conductor, that of one connection by its link's loop.
 */
final class BrokerSubscription {
  private static final Logger LOG = LoggerFactory.getLogger(BrokerSubscription.class);
  private static final Duration PER_ADDRESS = Duration.ofSeconds(15);

  /**
   * How patient it is.
   *
   * @param firstPauseMs pause after the first failure; it doubles with each further one
   * @param longestPauseMs bound of the pause
   * @param steadyMs a subscription that lasted so long makes the next failure the first again
   * @param answerMs how long the broker may take to answer everything that was sent
   */
  record Pace(long firstPauseMs, long longestPauseMs, long steadyMs, long answerMs) {
    static final Pace USUAL = new Pace(500, 120_000, 5_000, 30_000);
  }

  private final Links links;
  private final ScheduledExecutorService conductor;
  private final EndpointSettings settings;
  private final RefusalLog refusals;
  private final Consumer<Descriptor> onDescriptor;
  private final Runnable onSubscribed;
  private final Pace pace;
  private long pauseMs;
  private Runnable attempt = () -> {};
  private ScheduledFuture<?> retry;
  private volatile Link link;
  private volatile String state = "CONNECTING";
  private volatile long connections;
  private volatile long descriptors;
  private boolean stopped;

  /**
   * @param onDescriptor told on the conductor of every well-formed descriptor
   * @param onSubscribed told on the conductor each time the broker has accepted the subscription
   */
  BrokerSubscription(
      Links links,
      ScheduledExecutorService conductor,
      EndpointSettings settings,
      RefusalLog refusals,
      Consumer<Descriptor> onDescriptor,
      Runnable onSubscribed,
      Pace pace) {
    this.links = links;
    this.conductor = conductor;
    this.settings = settings;
    this.refusals = refusals;
    this.onDescriptor = onDescriptor;
    this.onSubscribed = onSubscribed;
    this.pace = pace;
    this.pauseMs = pace.firstPauseMs();
  }

  String state() {
    return state;
  }

  long connections() {
    return connections;
  }

  long descriptors() {
    return descriptors;
  }

  String broker() {
    return settings.subscription().broker().toString();
  }

  /** Connects, now. On the conductor. */
  void start() {
    if (stopped) {
      return;
    }
    state = "CONNECTING";
    String host = settings.subscription().broker().host();
    NameResolution.of(
        host,
        conductor,
        addresses -> {
          if (addresses.isEmpty()) {
            again("the name " + host + " does not resolve");
          } else {
            connect(addresses, 0);
          }
        });
  }

  private void connect(List<InetAddress> addresses, int index) {
    if (stopped) {
      return;
    }
    EndpointSettings.SubscriptionSettings subscription = settings.subscription();
    InetSocketAddress address = new InetSocketAddress(addresses.get(index), subscription.broker().port());
    attempt =
        links.connect(
            new ConnectRequest(
                address, null, settings.key(), subscription.agentChain(), ChainMode.AGENT, subscription.roots(), PER_ADDRESS, LinkLimits.RENDEZVOUS),
            new ConnectOutcome() {
              @Override
              public LinkHandler onConnected(Link established) {
                connections++;
                Dialogue dialogue = new Dialogue(established);
                conductor.execute(
                    () -> {
                      if (stopped) {
                        established.close();
                      }
                    });
                return dialogue;
              }

              @Override
              public void onFailed(Stage stage, String reason) {
                conductor.execute(
                    () -> {
                      if (stage == Stage.CONNECT && index + 1 < addresses.size()) {
                        connect(addresses, index + 1);
                      } else {
                        again(address + ": " + reason);
                      }
                    });
              }
            });
  }

  private void again(String reason) {
    if (stopped) {
      return;
    }
    link = null;
    state = "WAITING";
    long pause = pauseMs / 2 + ThreadLocalRandom.current().nextLong(pauseMs / 2 + 1);
    pauseMs = Math.min(pauseMs * 2, pace.longestPauseMs());
    LOG.warn("broker={} not subscribed: {}; next attempt in {} ms", broker(), reason, pause);
    refusals.add(broker(), "subscription", reason);
    retry = conductor.schedule(this::start, pause, TimeUnit.MILLISECONDS);
  }

  /** Ends the subscription for good. On the conductor. */
  void stop() {
    stopped = true;
    state = "STOPPED";
    attempt.run();
    if (retry != null) {
      retry.cancel(false);
    }
    Link current = link;
    if (current != null) {
      current.close();
    }
  }

  /** The conversation on one connection; on its link's loop. */
  private final class Dialogue implements LinkHandler {
    private final Link connection;
    private final ScheduledFuture<?> answerTimer;
    private int awaited;
    private long subscribedNs;
    private String problem;

    Dialogue(Link connection) {
      this.connection = connection;
      link = connection;
      state = "SUBSCRIBING";
      EndpointSettings.SubscriptionSettings subscription = settings.subscription();
      for (byte[] certificate : subscription.representation()) {
        write(new Xcert(certificate));
      }
      write(
          new Xsub(
              subscription.channels().stream().map(Channel::octets).toList(), subscription.operatorKey().raw(), subscription.attributes().format()));
      connection.flush();
      answerTimer = connection.loop().schedule(() -> fail("no answer within " + pace.answerMs() + " ms"), pace.answerMs(), TimeUnit.MILLISECONDS);
    }

    private void write(Message message) {
      connection.write(MessageCodec.encode(message));
      awaited++;
    }

    @Override
    public void onFrame(ByteBuffer buffer, int offset, int length) {
      if (problem != null) {
        return;
      }
      try {
        Message message = MessageCodec.decode(buffer, offset, length);
        if (awaited > 0 && message instanceof Result result) {
          result(result);
        } else if (awaited == 0 && message instanceof Xnotify notify) {
          notified(notify);
        } else {
          fail("unexpected message from the broker: " + message.getClass().getSimpleName().toLowerCase(Locale.ROOT));
        }
      } catch (ProtocolException e) {
        fail("malformed message from the broker: " + e.getMessage());
      }
    }

    private void result(Result result) {
      if (result.status() != StatusCode.SUCCESS) {
        fail("the broker refused: " + StatusCode.name(result.status()) + " (" + StatusCode.describe(result.status()) + ")");
        return;
      }
      if (--awaited == 0) {
        state = "SUBSCRIBED";
        subscribedNs = System.nanoTime();
        answerTimer.cancel(false);
        conductor.execute(
            () -> {
              LOG.info("broker={} subscribed to {} channel(s)", broker(), settings.subscription().channels().size());
              onSubscribed.run();
            });
      }
    }

    private void notified(Xnotify notify) {
      try {
        Descriptor descriptor = Descriptor.parse(notify.text());
        if (!descriptor.isDeliverable()) {
          refusals.add(broker(), "descriptor", "it is longer than " + Descriptor.MAX_DELIVERED_OCTETS + " octets");
          return;
        }
        descriptors++;
        conductor.execute(() -> onDescriptor.accept(descriptor));
      } catch (RendezvousException e) {
        refusals.add(broker(), "descriptor", e.getMessage());
      }
    }

    private void fail(String reason) {
      problem = reason;
      connection.close();
    }

    @Override
    public void onClosed(LinkEnd reason) {
      answerTimer.cancel(false);
      // A broker that accepts and then closes at once is not to be hammered either.
      boolean steady = awaited == 0 && System.nanoTime() - subscribedNs >= TimeUnit.MILLISECONDS.toNanos(pace.steadyMs());
      conductor.execute(
          () -> {
            if (steady) {
              pauseMs = pace.firstPauseMs();
            }
            again(problem != null ? problem : "the connection ended: " + reason.detail());
          });
    }
  }
}
