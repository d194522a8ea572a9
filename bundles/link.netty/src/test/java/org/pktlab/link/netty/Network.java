package org.pktlab.link.netty;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.pktlab.cert.bc.BouncyCastleTrust;
import org.pktlab.link.ConnectOutcome;
import org.pktlab.link.ConnectRequest;
import org.pktlab.link.Link;
import org.pktlab.link.LinkAcceptor;
import org.pktlab.link.LinkHandler;
import org.pktlab.link.LinkLimits;
import org.pktlab.link.LinkServer;
import org.pktlab.link.ListenRequest;

/** Links of one test, with a server on loopback whose links and refusals can be awaited. */
final class Network implements AutoCloseable {
  final NettyLinks links;
  final BlockingQueue<RecordingHandler> accepted = new LinkedBlockingQueue<>();
  final BlockingQueue<String> refusals = new LinkedBlockingQueue<>();
  private final List<LinkServer> servers = new ArrayList<>();

  Network() {
    this(new NettyLinks(BouncyCastleTrust.verifier(), 2));
  }

  Network(NettyLinks links) {
    this.links = links;
  }

  InetSocketAddress listen(LinkLimits limits) throws IOException {
    return listen(key -> Handshakes.controller(), limits);
  }

  InetSocketAddress listen(ListenRequest.CredentialSource source, LinkLimits limits) throws IOException {
    return listen(source, limits, RecordingHandler::new);
  }

  InetSocketAddress listen(ListenRequest.CredentialSource source, LinkLimits limits, Function<Link, RecordingHandler> handlers)
      throws IOException {
    return listen(Handshakes.listen(source, limits), handlers);
  }

  InetSocketAddress listen(ListenRequest request, Function<Link, RecordingHandler> handlers) throws IOException {
    LinkServer server =
        links.listen(
            request,
            new LinkAcceptor() {
              @Override
              public LinkHandler onLink(Link link) {
                RecordingHandler handler = handlers.apply(link);
                accepted.add(handler);
                return handler;
              }

              @Override
              public void onRefused(InetSocketAddress remote, String reason) {
                refusals.add(reason);
              }
            });
    servers.add(server);
    return server.address();
  }

  LinkServer server() {
    return servers.get(0);
  }

  RecordingHandler awaitAccepted() throws Exception {
    RecordingHandler handler = accepted.poll(10, TimeUnit.SECONDS);
    if (handler == null) {
      throw new AssertionError("no link was accepted; refusals: " + refusals);
    }
    return handler;
  }

  String awaitRefusal() throws Exception {
    String reason = refusals.poll(10, TimeUnit.SECONDS);
    if (reason == null) {
      throw new AssertionError("nothing was refused");
    }
    return reason;
  }

  /** An attempt to connect: one of the two is completed. */
  static final class Attempt implements ConnectOutcome {
    final CompletableFuture<RecordingHandler> connected = new CompletableFuture<>();
    final CompletableFuture<String> failed = new CompletableFuture<>();
    Runnable giveUp;

    @Override
    public LinkHandler onConnected(Link link) {
      RecordingHandler handler = new RecordingHandler(link);
      connected.complete(handler);
      return handler;
    }

    @Override
    public void onFailed(Stage stage, String reason) {
      String told = stage + " " + reason;
      if (!failed.complete(told) || connected.isDone()) {
        throw new AssertionError("told twice: " + told);
      }
      connected.completeExceptionally(new IOException(told));
    }

    RecordingHandler await() throws Exception {
      return connected.get(10, TimeUnit.SECONDS);
    }

    String awaitFailure() throws Exception {
      return failed.get(10, TimeUnit.SECONDS);
    }
  }

  Attempt attempt(ConnectRequest request) {
    Attempt attempt = new Attempt();
    attempt.giveUp = links.connect(request, attempt);
    return attempt;
  }

  RecordingHandler connect(ConnectRequest request) throws Exception {
    return attempt(request).await();
  }

  @Override
  public void close() {
    servers.forEach(LinkServer::close);
    links.close();
  }
}
