package org.pktlab.link.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLEngine;
import org.pktlab.cert.ChainVerifier;
import org.pktlab.link.ConnectOutcome;
import org.pktlab.link.ConnectOutcome.Stage;
import org.pktlab.link.ConnectRequest;
import org.pktlab.link.Link;
import org.pktlab.link.LinkHandler;
import org.pktlab.link.Peer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One attempt to connect. All but the constructor runs on the loop of the link to be. */
final class ConnectAttempt implements HandshakeOutcome {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectAttempt.class);

  private final ConnectRequest request;
  private final ConnectOutcome outcome;
  private final ChainVerifier verifier;
  private final LoopMemory memory;
  private Channel channel;
  private boolean connected;
  private boolean told;

  ConnectAttempt(ConnectRequest request, ConnectOutcome outcome, ChainVerifier verifier, LoopMemory memory) {
    this.request = request;
    this.outcome = outcome;
    this.verifier = verifier;
    this.memory = memory;
  }

  void start(EventLoop loop, Class<? extends Channel> kind) {
    if (told) {
      return;
    }
    LinkChannel link;
    try {
      link = link();
    } catch (GeneralSecurityException | RuntimeException mistake) {
      fail(Stage.CREDENTIALS, "own credentials do not fit: " + Shown.reason(mistake));
      return;
    }
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(kind)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, connectTimeoutMs())
            .handler(link);
    ChannelOptions.ofLinks().forEach((option, value) -> set(bootstrap, option, value));
    ChannelFuture connecting = bootstrap.connect(request.address());
    channel = connecting.channel();
    connecting.addListener(
        done -> {
          if (done.isSuccess()) {
            connected = true;
          } else {
            fail(Stage.CONNECT, Shown.reason(done.cause()));
          }
        });
  }

  @SuppressWarnings("unchecked")
  private static void set(Bootstrap bootstrap, ChannelOption<?> option, Object value) {
    bootstrap.option((ChannelOption<Object>) option, value);
  }

  private int connectTimeoutMs() {
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, request.connectTimeout().toMillis()));
  }

  private LinkChannel link() throws GeneralSecurityException {
    String sniKey = request.sniKey();
    if (sniKey != null && !SniKey.isValid(sniKey)) {
      throw new GeneralSecurityException("not an SNI key");
    }
    LocalIdentity identity = LocalIdentity.of(request.key(), request.chain());
    PeerJudge judge = new PeerJudge(verifier, request.serverMode(), request.serverRoots());
    SSLEngine engine = TlsEngines.client(identity, judge, sniKey);
    long handshakeNs = request.limits().handshakeTimeout().toNanos();
    return new LinkChannel(engine, request.limits(), handshakeNs, () -> new Peer(judge.verified(), sniKey, null), this, memory);
  }

  /** Gives up, unless there is a link already. */
  void giveUp() {
    if (!told) {
      fail(connected ? Stage.HANDSHAKE : Stage.CONNECT, "given up");
      if (channel != null) {
        channel.close();
      }
    }
  }

  @Override
  public LinkHandler onEstablished(Link link) {
    if (told) {
      return null;
    }
    told = true;
    return outcome.onConnected(link);
  }

  @Override
  public void onHandshakeFailed(String reason) {
    fail(Stage.HANDSHAKE, reason);
  }

  void fail(Stage stage, String reason) {
    if (!told) {
      told = true;
      try {
        outcome.onFailed(stage, reason);
      } catch (RuntimeException failure) {
        LOG.debug("the receiver of a failed attempt failed", failure);
      }
    }
  }
}
