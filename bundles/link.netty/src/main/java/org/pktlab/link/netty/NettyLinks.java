package org.pktlab.link.netty;

import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.pktlab.cert.ChainVerifier;
import org.pktlab.link.ConnectOutcome;
import org.pktlab.link.ConnectOutcome.Stage;
import org.pktlab.link.ConnectRequest;
import org.pktlab.link.LinkAcceptor;
import org.pktlab.link.LinkServer;
import org.pktlab.link.Links;
import org.pktlab.link.ListenRequest;

/**
 * Links on Netty with the platform's TLS 1.3 engine (trust specification, section 10; protocol specification, sections 2.2 to 2.4). Its
 * threads are daemons. {@link org.pktlab.link.Link#loop()} is the {@link EventLoop} of the link's channel, so that other channels can be
 * registered on it.
 */
@Component(service = Links.class)
@Designate(ocd = NettyLinks.Config.class)
public final class NettyLinks implements Links, AutoCloseable {
  /** Configuration. */
  @ObjectClassDefinition(name = "PacketLab links", description = "TLS connections that carry protocol messages")
  public @interface Config {
    /** Number of network threads, at least 1. */
    @AttributeDefinition(name = "Network threads", description = "How many threads serve all links", min = "1")
    int loops() default 2;
  }

  private static final long STEP_NS = TimeUnit.MILLISECONDS.toNanos(1);

  static {
    TlsEngines.raiseChainLimits();
  }

  private final ChainVerifier verifier;
  private final Loops loops;
  private final LoopMemory memory = new LoopMemory();
  private final Set<NettyServer> servers = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /** Starts as a component. */
  @Activate
  public NettyLinks(@Reference ChainVerifier verifier, Config config) {
    this(verifier, config.loops());
  }

  /**
   * Starts without OSGi.
   *
   * @param verifier judges the chains of peers; called on network threads
   * @param loops number of network threads, at least 1
   */
  public NettyLinks(ChainVerifier verifier, int loops) {
    this(verifier, Loops.start(requireOneOrMore(loops)));
    CipherWarmUp.begin();
  }

  NettyLinks(ChainVerifier verifier, Loops loops) {
    this.verifier = Objects.requireNonNull(verifier);
    this.loops = loops;
  }

  private static int requireOneOrMore(int loops) {
    if (loops < 1) {
      throw new IllegalArgumentException("links need at least one network thread");
    }
    return loops;
  }

  /** Which interface to the operating system is used: {@code epoll} or {@code nio}. */
  public String kind() {
    return loops.kind();
  }

  @Override
  public LinkServer listen(ListenRequest request, LinkAcceptor acceptor) throws IOException {
    if (closed) {
      throw new IOException("the links are closed");
    }
    NettyServer server = NettyServer.listen(loops, request, Objects.requireNonNull(acceptor), verifier, memory);
    servers.add(server);
    return server;
  }

  @Override
  public Runnable connect(ConnectRequest request, ConnectOutcome outcome) {
    Objects.requireNonNull(outcome);
    ConnectAttempt attempt = new ConnectAttempt(request, outcome, verifier, memory);
    EventLoop loop = loops.group().next();
    Class<? extends SocketChannel> kind = loops.client();
    try {
      loop.execute(() -> attempt.start(loop, kind));
    } catch (RejectedExecutionException ended) {
      attempt.fail(Stage.CONNECT, "the links are closed");
      return () -> {};
    }
    return () -> giveUp(loop, attempt);
  }

  private static void giveUp(EventLoop loop, ConnectAttempt attempt) {
    if (loop.inEventLoop()) {
      attempt.giveUp();
      return;
    }
    try {
      loop.execute(attempt::giveUp);
    } catch (RejectedExecutionException ended) {
      // Then the attempt has ended with its loop.
      return;
    }
  }

  /** Stops listening, closes all links, waits a few seconds at most for their ends, and stops the threads. Idempotent. */
  @Override
  @Deactivate
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    servers.forEach(NettyServer::close);
    memory.links().forEach(LinkChannel::close);
    boolean onLoop = false;
    for (EventExecutor loop : loops.group()) {
      onLoop |= loop.inEventLoop();
    }
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Farewell.LINGER_MS);
    while (!onLoop && !memory.links().isEmpty() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(STEP_NS);
    }
    var stopped = loops.group().shutdownGracefully(0, Farewell.LINGER_MS, TimeUnit.MILLISECONDS);
    if (!onLoop) {
      stopped.awaitUninterruptibly(Farewell.LINGER_MS, TimeUnit.MILLISECONDS);
    }
  }
}
