package org.pktlab.broker.core;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;
import org.pktlab.cert.Certificate;
import org.pktlab.cert.ChainMode;
import org.pktlab.cert.Ed25519PrivateKey;
import org.pktlab.cert.Ed25519PublicKey;
import org.pktlab.cert.bc.BouncyCastleTrust;
import org.pktlab.link.ConnectOutcome;
import org.pktlab.link.ConnectRequest;
import org.pktlab.link.Link;
import org.pktlab.link.LinkEnd;
import org.pktlab.link.LinkHandler;
import org.pktlab.link.LinkLimits;
import org.pktlab.link.Links;
import org.pktlab.link.netty.NettyLinks;
import org.pktlab.protocol.Message;
import org.pktlab.protocol.MessageCodec;
import org.pktlab.protocol.ProtocolException;
import org.pktlab.protocol.Result;
import org.pktlab.protocol.StatusCode;
import org.pktlab.protocol.Xcert;
import org.pktlab.protocol.Xnotify;
import org.pktlab.protocol.Xpub;
import org.pktlab.protocol.Xsub;

/** A manager or endpoint as a broker sees it: real TLS, hand-made messages. */
final class Client implements LinkHandler, AutoCloseable {
  static final Links LINKS = new NettyLinks(BouncyCastleTrust.verifier(), 2);
  static final byte[] NO_OPERATOR = new byte[32];

  final Ed25519PrivateKey key;
  final BlockingQueue<Message> received = new LinkedBlockingQueue<>();
  final CompletableFuture<LinkEnd> ended = new CompletableFuture<>();
  private final CompletableFuture<Link> connected = new CompletableFuture<>();
  private Link link;

  private Client(Ed25519PrivateKey key) {
    this.key = key;
  }

  static Client connect(InetSocketAddress address, Ed25519PrivateKey key) throws Exception {
    Client client = new Client(key);
    LINKS.connect(
        new ConnectRequest(
            address,
            null,
            key,
            List.of(Pki.agent(key, key).der()),
            ChainMode.AGENT,
            List.of(),
            Duration.ofSeconds(5),
            LinkLimits.RENDEZVOUS),
        new ConnectOutcome() {
          @Override
          public LinkHandler onConnected(Link link) {
            client.connected.complete(link);
            return client;
          }

          @Override
          public void onFailed(Stage stage, String reason) {
            client.connected.completeExceptionally(new AssertionError(stage + ": " + reason));
          }
        });
    client.link = client.connected.get(10, TimeUnit.SECONDS);
    return client;
  }

  Client send(Message... messages) {
    ByteBuffer[] frames = Arrays.stream(messages).map(MessageCodec::encode).toArray(ByteBuffer[]::new);
    return send(frames);
  }

  Client send(ByteBuffer... frames) {
    link.loop()
        .execute(
            () -> {
              for (ByteBuffer frame : frames) {
                link.write(frame);
              }
              link.flush();
            });
    return this;
  }

  void pauseReading() {
    link.loop().execute(link::pauseReading);
  }

  void resumeReading() {
    link.loop().execute(link::resumeReading);
  }

  static Xcert xcert(Certificate certificate) {
    return new Xcert(certificate.der());
  }

  static Xpub xpub(Ed25519PublicKey operator, String text, byte[]... channels) {
    return new Xpub(List.of(channels), operator == null ? NO_OPERATOR : operator.raw(), text);
  }

  static Xsub xsub(Ed25519PublicKey operator, String attributes, byte[]... channels) {
    return new Xsub(List.of(channels), operator == null ? NO_OPERATOR : operator.raw(), attributes);
  }

  static byte[] channel(String name) {
    return name.getBytes(StandardCharsets.US_ASCII);
  }

  Message next() throws InterruptedException {
    Message message = received.poll(10, TimeUnit.SECONDS);
    Assertions.assertNotNull(message, () -> "nothing came; the connection " + (ended.isDone() ? "ended: " + ended.join() : "is open"));
    return message;
  }

  Client expect(int... statuses) throws InterruptedException {
    for (int status : statuses) {
      Assertions.assertEquals(StatusCode.name(status), next() instanceof Result result ? StatusCode.name(result.status()) : "no result");
    }
    return this;
  }

  Client expectNotified(String text, byte[] channel) throws InterruptedException {
    Assertions.assertEquals(new Xnotify(channel, text), next());
    return this;
  }

  @Override
  public void onFrame(ByteBuffer buffer, int offset, int length) {
    try {
      received.add(MessageCodec.decode(buffer, offset, length));
    } catch (ProtocolException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void onClosed(LinkEnd reason) {
    ended.complete(reason);
  }

  LinkEnd awaitEnd() throws Exception {
    return ended.get(10, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws Exception {
    link.close();
    awaitEnd();
  }
}
