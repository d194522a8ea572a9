package org.pktlab.endpoint.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.pktlab.cert.ChainMode;
import org.pktlab.cert.bc.BouncyCastleTrust;
import org.pktlab.filter.FilterEngine;
import org.pktlab.link.Link;
import org.pktlab.link.LinkAcceptor;
import org.pktlab.link.LinkHandler;
import org.pktlab.link.LinkLimits;
import org.pktlab.link.LinkServer;
import org.pktlab.link.ListenRequest;
import org.pktlab.link.ServerCredentials;
import org.pktlab.link.netty.NettyLinks;
import org.pktlab.protocol.MemoryMap;
import org.pktlab.rendezvous.Address;
import org.pktlab.role.RefusalLog;
import org.pktlab.schedule.SendTimer;
import org.pktlab.schedule.send.SpinSettings;
import org.pktlab.schedule.send.SpinTimer;
import org.pktlab.transport.Transport;
import org.pktlab.transport.tcp.TcpTransport;
import org.pktlab.transport.udp.UdpSettings;
import org.pktlab.transport.udp.UdpTransport;

/**
 * A whole endpoint without a container (pool, sessions, real transports, real timer) and a scripted controller that it connects to over TLS. Closing it checks that
 * nothing is left behind.
 */
final class Rig implements AutoCloseable {
  private static final NettyLinks LINKS = new NettyLinks(BouncyCastleTrust.verifier(), 2);
  private static final NettyLinks CONTROLLER_LINKS = new NettyLinks(BouncyCastleTrust.verifier(), 1);
  private static final List<byte[]> ENDPOINT_CHAIN = TestTrust.endpointChain();
  private static final List<byte[]> CONTROLLER_CHAIN = TestTrust.controllerChain();
  private static final SendTimer TIMER = new SpinTimer(spinning());

  static final int EVERYTHING = MemoryMap.PROTOCOL_TCP | MemoryMap.PROTOCOL_UDP;

  final RefusalLog refusals = new RefusalLog();
  final Transports transports;
  final BufferAccount buffer;
  final ExperimentPool pool;
  final ScheduledExecutorService conductor = Executors.newSingleThreadScheduledExecutor(Rig::daemon);
  final AtomicInteger idle = new AtomicInteger();
  final AtomicInteger offered = new AtomicInteger();
  final AtomicLong clockShiftNs = new AtomicLong();
  final List<String> refusedLinks = new CopyOnWriteArrayList<>();
  final EndpointSettings settings;
  private final BlockingQueue<ControllerEnd> sessions = new LinkedBlockingQueue<>();
  private final LinkServer server;

  /** What differs from the usual endpoint and controller. */
  static final class Options {
    private ExportedHost exported = host();
    private long bufferLimit = 8_388_608;
    private int protocols = EVERYTHING;
    private int experiments = 1;
    private SessionHost.RateLimit rate;
    private boolean mayConsume;
    private Set<HostFacts.Item> told = Set.of();
    private final List<Transport> transports = new ArrayList<>(List.of(new TcpTransport(), udp()));
    private FilterEngine filters;
    private long setupNs = SessionHost.SETUP_NS;
    private List<byte[]> controllerChain = CONTROLLER_CHAIN;

    Options exported(ExportedHost value) {
      exported = value;
      return this;
    }

    Options buffer(long value) {
      bufferLimit = value;
      return this;
    }

    Options protocols(int value) {
      protocols = value;
      return this;
    }

    Options experiments(int value) {
      experiments = value;
      return this;
    }

    Options rate(long octets, long windowNs) {
      rate = new SessionHost.RateLimit(octets, windowNs);
      return this;
    }

    Options told(Set<HostFacts.Item> value) {
      told = value;
      return this;
    }

    /** Adds raw sockets, and the engine for their filters. */
    Options raw(Transport transport, FilterEngine engine) {
      transports.add(transport);
      protocols |= MemoryMap.PROTOCOL_RAW;
      filters = engine;
      return this;
    }

    Options setup(long ns) {
      setupNs = ns;
      return this;
    }

    Options controllerChain(List<byte[]> value) {
      controllerChain = value;
      return this;
    }

    Rig start() {
      return new Rig(this);
    }
  }

  static Options with() {
    return new Options();
  }

  static Rig usual() {
    return with().start();
  }

  static InetAddress ip(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  static ExportedHost host() {
    return new ExportedHost(
        List.of(new ExportedHost.Prefix(ip("127.0.0.1"), 8), new ExportedHost.Prefix(ip("192.0.2.7"), 25)),
        List.of(ip("::1"), ip("2001:db8::7")),
        List.of(ip("192.0.2.53")),
        List.of(ip("2001:db8::53"), ip("2001:db8::54")),
        "vantage-1");
  }

  private static SpinSettings spinning() {
    return new SpinSettings() {
      @Override
      public int spinLeadMicros() {
        return 200;
      }

      @Override
      public int stayAwakeMicros() {
        return 2_000;
      }

      @Override
      public int spinSliceMicros() {
        return 10;
      }

      @Override
      public long timerSlackNanos() {
        return 0;
      }

      @Override
      public int realTimePriority() {
        return 0;
      }

      @Override
      public String processors() {
        return "";
      }

      @Override
      public Class<? extends java.lang.annotation.Annotation> annotationType() {
        return SpinSettings.class;
      }
    };
  }

  static UdpTransport udp() {
    return new UdpTransport(
        new UdpSettings() {
          @Override
          public int kernelBufferOctets() {
            return 4_194_304;
          }

          @Override
          public Class<? extends java.lang.annotation.Annotation> annotationType() {
            return UdpSettings.class;
          }
        });
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "test-conductor");
    thread.setDaemon(true);
    return thread;
  }

  private Rig(Options options) {
    transports = new Transports(options.protocols);
    options.transports.forEach(transport -> transports.add(transport, 0));
    buffer = new BufferAccount(options.bufferLimit);
    settings =
        new EndpointSettings(
            options.exported,
            options.bufferLimit,
            options.protocols,
            TestTrust.ENDPOINT,
            ENDPOINT_CHAIN,
            List.of(TestTrust.OPERATOR.publicKey()),
            null,
            null,
            options.experiments,
            options.rate,
            options.told,
            options.mayConsume);
    HostFacts facts = new HostFacts(options.told, options.exported, Path.of("/"));
    SessionHost host =
        new SessionHost(
            options.exported, facts, buffer, transports, () -> TIMER, () -> options.filters, this::clock, options.rate, options.mayConsume, options.setupNs, refusals);
    pool = new ExperimentPool(LINKS, conductor, settings, host, idle::incrementAndGet);
    ServerCredentials credentials =
        new ServerCredentials(
            TestTrust.CONTROLLER, options.controllerChain, ChainMode.CONTROLLER_JUDGES_ENDPOINT, List.of(TestTrust.OPERATOR.publicKey()), true, null);
    try {
      server =
          CONTROLLER_LINKS.listen(
              new ListenRequest(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), sni -> credentials, LinkLimits.SESSION),
              new LinkAcceptor() {
                @Override
                public LinkHandler onLink(Link link) {
                  ControllerEnd end = new ControllerEnd(link);
                  sessions.add(end);
                  return end;
                }

                @Override
                public void onRefused(InetSocketAddress remote, String reason) {
                  refusedLinks.add(reason);
                }
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static NettyLinks links() {
    return LINKS;
  }

  static NettyLinks farLinks() {
    return CONTROLLER_LINKS;
  }

  long clock() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano() + clockShiftNs.get();
  }

  Address controller() {
    return new Address("127.0.0.1", server.address().getPort());
  }

  /** Offers an experiment of a priority; its text is told apart by a number. */
  String offer(long priority) {
    String text = "hostid=x" + offered.incrementAndGet() + ";";
    offer(text, priority, -1);
    return text;
  }

  void offer(String text, long priority, long pubEndNs) {
    offer(text, controller(), priority, pubEndNs);
  }

  void offer(String text, Address where, long priority, long pubEndNs) {
    conductor.execute(() -> pool.offer(text, where, null, priority, pubEndNs));
  }

  /** The next session that arrives at the controller. */
  ControllerEnd arriving() {
    try {
      return ControllerEnd.required(sessions.poll(Await.SECONDS, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  boolean anyArrived() {
    return !sessions.isEmpty();
  }

  /** A session in set-up. */
  ControllerEnd connect() {
    offer(0);
    return arriving();
  }

  /** A session past {@code start}. */
  ControllerEnd session() {
    return connect().started();
  }

  /** Waits until everything queued for the conductor before has been done. */
  void settleConductor() {
    try {
      conductor.submit(() -> {}).get(Await.SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  void stopListening() {
    server.close();
  }

  void awaitEnded(long experiments) {
    Await.until(() -> pool.completed() + " of " + experiments + " experiments have ended", () -> pool.completed() == experiments);
  }

  /** Whether a refusal of this kind was noted whose reason holds this text. */
  boolean refused(String what, String part) {
    return refusals.latest().stream().anyMatch(refusal -> refusal.what().equals(what) && refusal.reason().contains(part));
  }

  @Override
  public void close() {
    try {
      conductor.submit(pool::stop).get(Await.SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    }
    server.close();
    for (ControllerEnd end = sessions.poll(); end != null; end = sessions.poll()) {
      end.close();
    }
    Await.until(() -> "the buffer is empty after the sessions, not " + buffer.used(), () -> buffer.used() == 0);
    conductor.shutdown();
    assertTrue(pool.status().isEmpty());
    assertEquals(0, buffer.used());
    for (int proto : new int[] {6, 17}) {
      Transport transport = transports.get(proto);
      if (transport instanceof TcpTransport tcp) {
        tcp.deactivate();
      } else if (transport instanceof UdpTransport udp) {
        udp.deactivate();
      }
    }
  }
}
