package org.pktlab.link.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLEngine;
import org.pktlab.cert.ChainVerifier;
import org.pktlab.link.Link;
import org.pktlab.link.LinkAcceptor;
import org.pktlab.link.LinkHandler;
import org.pktlab.link.LinkServer;
import org.pktlab.link.ListenRequest;
import org.pktlab.link.Peer;
import org.pktlab.link.ServerCredentials;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A listening socket. Its connections run on the loops in turn. */
final class NettyServer implements LinkServer {
  private static final Logger LOG = LoggerFactory.getLogger(NettyServer.class);
  private static final int BACKLOG = 1024;

  private final ListenRequest request;
  private final LinkAcceptor acceptor;
  private final ChainVerifier verifier;
  private final LoopMemory memory;
  private final Admission admission;
  private Channel channel;
  private InetSocketAddress address;

  private NettyServer(ListenRequest request, LinkAcceptor acceptor, ChainVerifier verifier, LoopMemory memory) {
    this.request = request;
    this.acceptor = acceptor;
    this.verifier = verifier;
    this.memory = memory;
    this.admission = new Admission(request.limits());
  }

  static NettyServer listen(Loops loops, ListenRequest request, LinkAcceptor acceptor, ChainVerifier verifier, LoopMemory memory)
      throws IOException {
    NettyServer server = new NettyServer(request, acceptor, verifier, memory);
    // When accept() fails, for lack of descriptors say, Netty's acceptor leaves the socket alone for a second.
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops.group())
            .channel(loops.server())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childHandler(server.new Accepted());
    ChannelOptions.ofLinks().forEach((option, value) -> set(bootstrap, option, value));
    ChannelFuture bound = bootstrap.bind(request.address()).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException("cannot listen on " + shown(request.address()) + ": " + Shown.reason(bound.cause()), bound.cause());
    }
    server.channel = bound.channel();
    server.address = (InetSocketAddress) bound.channel().localAddress();
    return server;
  }

  @SuppressWarnings("unchecked")
  private static void set(ServerBootstrap bootstrap, ChannelOption<?> option, Object value) {
    bootstrap.childOption((ChannelOption<Object>) option, value);
  }

  private static String shown(InetSocketAddress address) {
    return Shown.line(address.getHostString()) + ":" + address.getPort();
  }

  @Override
  public InetSocketAddress address() {
    return address;
  }

  @Override
  public void close() {
    ChannelFuture closing = channel.close();
    if (!channel.eventLoop().inEventLoop()) {
      closing.awaitUninterruptibly();
    }
  }

  private final class Accepted extends ChannelInitializer<SocketChannel> {
    @Override
    protected void initChannel(SocketChannel accepted) {
      InetSocketAddress remote = accepted.remoteAddress();
      String refusal = remote == null ? "the peer had left already" : admission.enter(remote.getAddress());
      if (refusal != null) {
        report(remote, refusal);
        accepted.close();
        return;
      }
      Connection connection = new Connection(remote);
      accepted.closeFuture().addListener(closed -> connection.gone());
      accepted.pipeline().addLast(new ServerGate(connection, request.limits().handshakeTimeout().toNanos()));
    }
  }

  private void report(InetSocketAddress remote, String reason) {
    LOG.debug("turned away {}: {}", remote, reason);
    try {
      acceptor.onRefused(remote, reason);
    } catch (RuntimeException failure) {
      LOG.debug("the receiver of refusals failed", failure);
    }
  }

  /** One accepted connection until it is a link. */
  private final class Connection implements ServerGate.Chooser, HandshakeOutcome {
    private final InetSocketAddress remote;
    private final AtomicBoolean shakingHands = new AtomicBoolean(true);

    Connection(InetSocketAddress remote) {
      this.remote = remote;
    }

    @Override
    public LinkChannel choose(String sniKey, long handshakeNs) throws ClientHello.RefusedException {
      try {
        ServerCredentials own = request.credentials().forSni(sniKey);
        if (own == null) {
          throw new ClientHello.RefusedException(sniKey == null ? "no SNI, and there is no default" : "unknown SNI key " + sniKey);
        }
        LocalIdentity identity = LocalIdentity.of(own.key(), own.chain());
        PeerJudge judge = new PeerJudge(verifier, own.clientMode(), own.clientRoots());
        SSLEngine engine = TlsEngines.server(identity, judge, own.clientRequired());
        return new LinkChannel(
            engine, request.limits(), handshakeNs, () -> new Peer(judge.verified(), sniKey, own.attachment()), this, memory);
      } catch (GeneralSecurityException | RuntimeException mistake) {
        throw new ClientHello.RefusedException("own credentials do not fit: " + Shown.reason(mistake));
      }
    }

    @Override
    public void refused(String reason) {
      handshakeOver();
      report(remote, reason);
    }

    @Override
    public LinkHandler onEstablished(Link link) {
      handshakeOver();
      return acceptor.onLink(link);
    }

    @Override
    public void onHandshakeFailed(String reason) {
      refused(reason);
    }

    void gone() {
      handshakeOver();
      admission.left();
    }

    private void handshakeOver() {
      if (shakingHands.compareAndSet(true, false)) {
        admission.handshakeOver(remote.getAddress());
      }
    }
  }
}
