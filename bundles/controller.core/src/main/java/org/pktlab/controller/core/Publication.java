package org.pktlab.controller.core;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.pktlab.cert.ChainMode;
import org.pktlab.link.ConnectOutcome;
import org.pktlab.link.ConnectRequest;
import org.pktlab.link.Link;
import org.pktlab.link.LinkEnd;
import org.pktlab.link.LinkHandler;
import org.pktlab.link.LinkLimits;
import org.pktlab.link.Links;
import org.pktlab.protocol.Message;
import org.pktlab.protocol.MessageCodec;
import org.pktlab.protocol.ProtocolException;
import org.pktlab.protocol.Result;
import org.pktlab.protocol.StatusCode;
import org.pktlab.protocol.Xcert;
import org.pktlab.protocol.Xpub;
import org.pktlab.rendezvous.Address;
import org.pktlab.rendezvous.Channel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the entries of one experiment at the broker and keeps them published (rendezvous specification, section 7): the last entry first, each message after
 * the answer to the one before. When the connection is lost, the identical texts are published again after a growing, jittered pause. State is owned by the
 * conductor, that of one connection by its link's loop.
 */
final class Publication {
  private static final Logger LOG = LoggerFactory.getLogger(Publication.class);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(15);
  private static final byte[] NO_OPERATOR = new byte[32];

  /** Told on the conductor. */
  interface Listener {
    /** The descriptor of an entry; called once the connection's local address is known, and must give the same text every time. */
    String descriptor(int entry, InetSocketAddress local);

    /** Every entry is accepted; called again after each reconnection. */
    void published();

    /** The broker said no, which is final. */
    void refused(String reason);

    /** The broker is not reached now; it is tried again. */
    void unreachable(String reason);
  }

  private final Links links;
  private final ScheduledExecutorService conductor;
  private final ControllerSettings settings;
  private final Listener listener;
  private final Pace pace;
  private long pauseMs;
  private Runnable attempt = () -> {};
  private ScheduledFuture<?> retry;
  private volatile Link link;
  private volatile String state = "CONNECTING";
  private volatile boolean stopped;

  Publication(Links links, ScheduledExecutorService conductor, ControllerSettings settings, Pace pace, Listener listener) {
    this.links = links;
    this.conductor = conductor;
    this.settings = settings;
    this.listener = listener;
    this.pace = pace;
    this.pauseMs = pace.firstPauseMs();
  }

  String state() {
    return state;
  }

  /** Connects, now. On the conductor. */
  void start() {
    if (stopped) {
      return;
    }
    state = "CONNECTING";
    Address broker = settings.publication().broker();
    Thread resolver =
        new Thread(
            () -> {
              InetSocketAddress address = new InetSocketAddress(broker.host(), broker.port()); // blocks, hence a thread of its own
              try {
                conductor.execute(() -> connect(address));
              } catch (RejectedExecutionException e) {
                LOG.trace("the controller has stopped");
              }
            },
            "pktlab-resolve");
    resolver.setDaemon(true);
    resolver.start();
  }

  private void connect(InetSocketAddress address) {
    if (stopped) {
      return;
    }
    ControllerSettings.PublicationSettings publication = settings.publication();
    if (address.isUnresolved()) {
      again("the name " + publication.broker().host() + " does not resolve");
      return;
    }
    attempt =
        links.connect(
            new ConnectRequest(
                address, null, settings.key(), publication.agentChain(), ChainMode.AGENT, publication.roots(), CONNECT_TIMEOUT, LinkLimits.RENDEZVOUS),
            new ConnectOutcome() {
              @Override
              public LinkHandler onConnected(Link established) {
                link = established;
                state = "PUBLISHING";
                Dialogue dialogue = new Dialogue(established);
                conductor.execute(() -> prepare(dialogue));
                return dialogue;
              }

              @Override
              public void onFailed(Stage stage, String reason) {
                conductor.execute(() -> again(address + ": " + reason));
              }
            });
  }

  private void prepare(Dialogue dialogue) {
    if (stopped) {
      dialogue.connection.close();
      return;
    }
    List<Message> messages = new ArrayList<>();
    for (int i = settings.entries().size() - 1; i >= 0; i--) {
      ExperimentEntry entry = settings.entries().get(i);
      byte[] operator = NO_OPERATOR;
      if (!entry.operators().isEmpty()) {
        entry.verified().der().forEach(der -> messages.add(new Xcert(der)));
        operator = entry.verified().rootKey().raw();
      }
      messages.add(
          new Xpub(entry.channels().stream().map(Channel::octets).toList(), operator, listener.descriptor(i, dialogue.connection.localAddress())));
    }
    dialogue.connection.loop().execute(() -> dialogue.begin(messages));
  }

  private void again(String reason) {
    if (stopped) {
      return;
    }
    link = null;
    state = "WAITING";
    long pause = pauseMs / 2 + ThreadLocalRandom.current().nextLong(pauseMs / 2 + 1);
    pauseMs = Math.min(pauseMs * 2, pace.longestPauseMs());
    retry = conductor.schedule(this::start, pause, TimeUnit.MILLISECONDS);
    listener.unreachable(reason + "; next attempt in " + pause + " ms");
  }

  /** Withdraws: the broker forgets a publication when its connection ends. On the conductor. Idempotent. */
  void stop() {
    stopped = true;
    state = "WITHDRAWN";
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
    private final ArrayDeque<Message> unsent = new ArrayDeque<>();
    private boolean awaiting;
    private boolean published;
    private long publishedNs;
    private ScheduledFuture<?> answerTimer;
    private String refusal;
    private String problem;

    Dialogue(Link connection) {
      this.connection = connection;
    }

    void begin(List<Message> messages) {
      unsent.addAll(messages);
      next();
    }

    private void next() {
      Message message = unsent.poll();
      if (message == null) {
        published = true;
        publishedNs = System.nanoTime();
        state = "PUBLISHED";
        conductor.execute(listener::published);
        return;
      }
      awaiting = true;
      answerTimer = connection.loop().schedule(this::unanswered, pace.answerMs(), TimeUnit.MILLISECONDS);
      connection.write(MessageCodec.encode(message));
      connection.flush();
    }

    private void unanswered() {
      problem = "no answer from the broker within " + pace.answerMs() + " ms";
      connection.close();
    }

    private void answered() {
      awaiting = false;
      if (answerTimer != null) {
        answerTimer.cancel(false);
      }
    }

    @Override
    public void onFrame(ByteBuffer buffer, int offset, int length) {
      if (published || problem != null || refusal != null) {
        return; // messages after publication are ignored, as the reference does
      }
      try {
        Message message = MessageCodec.decode(buffer, offset, length);
        if (!awaiting || !(message instanceof Result result)) {
          problem = "unexpected message from the broker: " + message.getClass().getSimpleName().toLowerCase(Locale.ROOT);
          connection.close();
        } else if (result.status() != StatusCode.SUCCESS) {
          refusal = StatusCode.name(result.status()) + " (" + StatusCode.describe(result.status()) + ")";
          connection.close();
        } else {
          answered();
          next();
        }
      } catch (ProtocolException e) {
        problem = "malformed message from the broker: " + e.getMessage();
        connection.close();
      }
    }

    @Override
    public void onClosed(LinkEnd reason) {
      answered();
      // A broker that accepts and then closes at once is not to be hammered either.
      boolean steady = published && System.nanoTime() - publishedNs >= TimeUnit.MILLISECONDS.toNanos(pace.steadyMs());
      conductor.execute(
          () -> {
            if (steady) {
              pauseMs = pace.firstPauseMs();
            }
            if (refusal != null && !stopped) {
              stopped = true;
              state = "REFUSED";
              listener.refused(refusal);
            } else {
              again(problem != null ? problem : "the connection to the broker ended: " + reason.detail());
            }
          });
    }
  }
}
