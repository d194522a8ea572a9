package org.pktlab.mlet.host;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.pktlab.controller.EndpointSession;
import org.pktlab.controller.Experiment;
import org.pktlab.controller.ExperimentListener;
import org.pktlab.link.LinkHandler;
import org.pktlab.mlet.Arguments;
import org.pktlab.mlet.Declaration;
import org.pktlab.mlet.Mlet;
import org.pktlab.mlet.run.Outcome;
import org.pktlab.mlet.run.RunListener;
import org.pktlab.role.Printable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of one mlet: an experiment, and a thread for each of its sessions. */
final class MletRun implements ExperimentListener {
  private static final Logger LOG = LoggerFactory.getLogger(MletRun.class);
  private static final long STOP_SECONDS = 5;
  private static final long LOST_SECONDS = 1;
  private static final String CLOCK_SOURCE = "endpoint real-time clock, not synchronised";

  private final Mlet mlet;
  private final Declaration declaration;
  private final Arguments arguments;
  private final String software;
  private final RunListener listener;
  private final AtomicReference<Experiment> experiment = new AtomicReference<>();
  private final Set<RunningSession> running = ConcurrentHashMap.newKeySet();
  private final CountDownLatch started = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicLong completed = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private volatile RowSink sink;
  private volatile boolean stopping;
  private volatile boolean aborted;

  MletRun(Mlet mlet, Declaration declaration, Arguments arguments, String software, RunListener listener) {
    this.mlet = mlet;
    this.declaration = declaration;
    this.arguments = arguments;
    this.software = software;
    this.listener = listener;
  }

  /** Where rows go; set before the experiment starts. */
  void sink(RowSink rows) {
    sink = rows;
  }

  /** The experiment that serves this run. */
  void experiment(Experiment serving) {
    experiment.set(serving);
    if (aborted) {
      serving.abort();
    }
    listener.onNotice("listening on " + serving.listenAddress());
    started.countDown();
  }

  /** Waits for the end. The first interrupt stops the run and gives the mlets a moment, a second one does not wait for them. */
  Outcome await() {
    boolean interrupted = false;
    try {
      ended.await();
      awaitSessions(Long.MAX_VALUE);
    } catch (InterruptedException e) {
      interrupted = true;
      stop();
    }
    return new Outcome(completed.get(), failed.get(), sink.rows(), interrupted);
  }

  private void stop() {
    stopping = true;
    Experiment current = experiment.get();
    current.stop();
    running.forEach(RunningSession::interrupt);
    try {
      awaitSessions(TimeUnit.SECONDS.toNanos(STOP_SECONDS));
      current.abort();
      // What did not listen to the interrupt learns that its session is gone.
      awaitSessions(TimeUnit.SECONDS.toNanos(LOST_SECONDS));
    } catch (InterruptedException again) {
      LOG.debug("interrupted again; mlets are left behind");
      current.abort();
    }
  }

  private void awaitSessions(long mostNs) throws InterruptedException {
    long begin = System.nanoTime();
    for (RunningSession session : running) {
      long left = mostNs == Long.MAX_VALUE ? mostNs : mostNs - (System.nanoTime() - begin);
      if (!session.over.await(Math.max(0, left), TimeUnit.NANOSECONDS)) {
        return;
      }
    }
  }

  @Override
  public void onPublished() {
    listener.onNotice("published");
  }

  @Override
  public void onRefused(String peer, String reason) {
    listener.onRefused(peer, reason);
  }

  @Override
  public void onNotice(String line) {
    listener.onNotice(line);
  }

  @Override
  public LinkHandler onSession(EndpointSession session) {
    RunningSession begun = new RunningSession(session);
    running.add(begun);
    begun.begin();
    return begun.wire;
  }

  @Override
  public void onEnded(String reason) {
    listener.onNotice(reason);
    ended.countDown();
  }

  /** The rows have nowhere to go: nothing is left to do. */
  void sinkFailed(IOException why) {
    listener.onNotice("the results cannot be written: " + Printable.of(String.valueOf(why.getMessage())));
    aborted = true;
    Experiment current = experiment.get();
    if (current != null) {
      current.abort();
    }
  }

  /** One session with its mlet. */
  private final class RunningSession implements SessionEvents {
    private final EndpointSession session;
    private final SessionWire wire;
    private final Thread thread;
    private final String endpoint;
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile SessionResults results;
    private volatile String note = "";

    RunningSession(EndpointSession session) {
      this.session = session;
      this.wire = new SessionWire(session.link(), this);
      this.endpoint = named(session.link().remoteAddress());
      this.thread = MletThreads.unstarted("mlet-" + declaration.name() + "-" + session.number(), this::run);
    }

    void begin() {
      tell(RunListener.State.CONNECTED, "");
      thread.start();
      if (stopping) {
        interrupt();
      }
    }

    void interrupt() {
      thread.interrupt();
    }

    private void run() {
      String why = null;
      try {
        // The experiment may tell of its first session before the call that starts it has returned.
        started.await();
        results = new SessionResults(declaration, sink, origin(), this::progress);
        tell(RunListener.State.RUNNING, "");
        SessionVantage vantage = new SessionVantage(wire, session.endpointKeyId());
        vantage.tellItsAddress();
        mlet.run(vantage, arguments, results);
      } catch (InterruptedException e) {
        why = stopping ? "stopped" : "interrupted";
      } catch (IOException e) {
        why = String.valueOf(e.getMessage());
      } catch (java.io.UncheckedIOException e) {
        why = e.getMessage();
      } catch (RuntimeException | LinkageError | StackOverflowError e) {
        LOG.warn("mlet {} failed by a fault of its own", declaration.name(), e);
        why = "a fault of the mlet: " + e;
      } finally {
        finish(why);
      }
    }

    private void finish(String why) {
      // Clears an interrupt that came late: what follows must not stop half-way.
      Thread.interrupted();
      try {
        if (why == null) {
          completed.incrementAndGet();
          tell(RunListener.State.DONE, "");
        } else {
          failed.incrementAndGet();
          sink.writeFailure(origin(), why);
          tell(RunListener.State.FAILED, Printable.of(why));
        }
      } catch (java.io.UncheckedIOException e) {
        tell(RunListener.State.FAILED, "the results cannot be written");
      } finally {
        running.remove(this);
        over.countDown();
        session.link().close();
      }
    }

    private Object[] origin() {
      Experiment current = experiment.get();
      return new Object[] {
        RowSink.SCHEMA_VERSION, current == null ? null : current.id(), session.endpointKeyId(), endpoint, software, CLOCK_SOURCE
      };
    }

    private void tell(RunListener.State state, String detail) {
      SessionResults current = results;
      listener.onEndpoint(session.number(), endpoint, state, current == null ? 0 : current.rows(), detail);
    }

    @Override
    public void progress(String line) {
      if (!line.isEmpty()) {
        note = line;
      }
      tell(RunListener.State.RUNNING, note);
    }

    @Override
    public void ended(String reason) {
      // The mlet learns of it at its next operation.
    }
  }

  private static String named(java.net.InetSocketAddress address) {
    String host = address.getAddress() == null ? address.getHostString() : address.getAddress().getHostAddress();
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
  }
}
