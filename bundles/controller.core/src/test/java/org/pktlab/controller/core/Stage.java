package org.pktlab.controller.core;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.pktlab.cert.Certificate;
import org.pktlab.cert.ChainMode;
import org.pktlab.cert.PassphraseSource;
import org.pktlab.cert.bc.BouncyCastleTrust;
import org.pktlab.controller.EndpointSession;
import org.pktlab.controller.ExperimentListener;
import org.pktlab.link.ConnectOutcome;
import org.pktlab.link.ConnectRequest;
import org.pktlab.link.Link;
import org.pktlab.link.LinkAcceptor;
import org.pktlab.link.LinkHandler;
import org.pktlab.link.LinkLimits;
import org.pktlab.link.LinkServer;
import org.pktlab.link.ListenRequest;
import org.pktlab.link.ServerCredentials;
import org.pktlab.link.netty.NettyLinks;
import org.pktlab.rendezvous.Address;

/** The parts that play around a controller: scripted endpoints, a scripted broker, and someone who starts experiments. */
final class Stage {
  static final Pace QUICK = new Pace(40, 400, 300, 1_500, 1_500);

  private static final NettyLinks LINKS = new NettyLinks(BouncyCastleTrust.verifier(), 2);
  private static final NettyLinks FAR_LINKS = new NettyLinks(BouncyCastleTrust.verifier(), 1);

  private Stage() {}

  static NettyLinks farLinks() {
    return FAR_LINKS;
  }

  static ControllerRole controller(Configured configuration, Announcements announcements) {
    return new ControllerRole(
        announcements.context(),
        configuration,
        LINKS,
        BouncyCastleTrust.credentialFiles(),
        BouncyCastleTrust.verifier(),
        PassphraseSource.NONE,
        QUICK);
  }

  static ControllerRole controller(Configured configuration) {
    return controller(configuration, new Announcements());
  }

  /** Connects as an endpoint. */
  static Conversation endpoint(String address, String sniKey) throws Exception {
    return connect(address, sniKey).get(Await.SECONDS, TimeUnit.SECONDS);
  }

  /** How an attempt to connect as an endpoint fails. */
  static String endpointRefused(String address, String sniKey) throws Exception {
    try {
      connect(address, sniKey).get(Await.SECONDS, TimeUnit.SECONDS);
      throw new AssertionError("the endpoint was let in");
    } catch (ExecutionException e) {
      return e.getCause().getMessage();
    } catch (TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  private static CompletableFuture<Conversation> connect(String text, String sniKey) throws Exception {
    Address address = Address.parse(text, 0);
    CompletableFuture<Conversation> connected = new CompletableFuture<>();
    List<byte[]> chain = new ArrayList<>();
    for (Certificate certificate : List.of(Pki.REPRESENTATION)) {
      chain.add(certificate.der());
    }
    FAR_LINKS.connect(
        new ConnectRequest(
            new InetSocketAddress(address.host(), address.port()),
            sniKey,
            Pki.ENDPOINT,
            chain,
            ChainMode.ENDPOINT_JUDGES_CONTROLLER,
            List.of(Pki.OPERATOR.publicKey()),
            Duration.ofSeconds(5),
            LinkLimits.SESSION),
        new ConnectOutcome() {
          @Override
          public LinkHandler onConnected(Link link) {
            Conversation conversation = new Conversation(link);
            connected.complete(conversation);
            return conversation;
          }

          @Override
          public void onFailed(Stage stage, String reason) {
            connected.completeExceptionally(new IOException(stage + ": " + reason));
          }
        });
    return connected;
  }

  /** A broker that listens and leaves the talking to the test. */
  static final class Broker implements AutoCloseable {
    private final BlockingQueue<Conversation> connections = new LinkedBlockingQueue<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private LinkServer server;
    private final int port;

    Broker() throws IOException {
      listen(0);
      port = server.address().getPort();
    }

    private void listen(int on) throws IOException {
      ServerCredentials credentials =
          new ServerCredentials(Pki.BROKER, List.of(Pki.BROKER_AGENT.der()), ChainMode.AGENT, List.of(Pki.AGENTS.publicKey()), true, null);
      server =
          FAR_LINKS.listen(
              new ListenRequest(new InetSocketAddress(InetAddress.getLoopbackAddress(), on), sni -> credentials, LinkLimits.RENDEZVOUS),
              new LinkAcceptor() {
                @Override
                public LinkHandler onLink(Link link) {
                  accepted.incrementAndGet();
                  Conversation conversation = new Conversation(link);
                  connections.add(conversation);
                  return conversation;
                }

                @Override
                public void onRefused(InetSocketAddress remote, String reason) {}
              });
    }

    String address() {
      return "127.0.0.1:" + port;
    }

    int accepted() {
      return accepted.get();
    }

    Conversation arriving() throws InterruptedException {
      Conversation conversation = connections.poll(Await.SECONDS, TimeUnit.SECONDS);
      if (conversation == null) {
        throw new AssertionError("nobody publishes");
      }
      return conversation;
    }

    void goAway() {
      server.close();
    }

    void comeBack() throws IOException {
      listen(port);
    }

    @Override
    public void close() {
      server.close();
    }
  }

  /** Keeps what an experiment tells. */
  static final class Told implements ExperimentListener {
    final BlockingQueue<Conversation> sessions = new LinkedBlockingQueue<>();
    final List<EndpointSession> numbers = new CopyOnWriteArrayList<>();
    final List<String> refused = new CopyOnWriteArrayList<>();
    final List<String> notices = new CopyOnWriteArrayList<>();
    final List<String> ended = new CopyOnWriteArrayList<>();
    final AtomicInteger published = new AtomicInteger();

    @Override
    public void onPublished() {
      published.incrementAndGet();
    }

    @Override
    public void onRefused(String peer, String reason) {
      refused.add(reason);
    }

    @Override
    public void onNotice(String line) {
      notices.add(line);
    }

    @Override
    public LinkHandler onSession(EndpointSession session) {
      numbers.add(session);
      Conversation conversation = new Conversation(session.link());
      sessions.add(conversation);
      return conversation;
    }

    @Override
    public void onEnded(String reason) {
      ended.add(reason);
    }

    Conversation session() throws InterruptedException {
      Conversation session = sessions.poll(Await.SECONDS, TimeUnit.SECONDS);
      if (session == null) {
        throw new AssertionError("no session starts; refused: " + refused);
      }
      return session;
    }

    String awaitRefused() {
      Await.until("a refusal", () -> !refused.isEmpty());
      return refused.get(0);
    }

    String awaitEnded() {
      Await.until("the end of the experiment", () -> !ended.isEmpty());
      return ended.get(0);
    }
  }
}
