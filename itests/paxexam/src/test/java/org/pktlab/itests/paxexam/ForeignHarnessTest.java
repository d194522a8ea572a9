package org.pktlab.itests.paxexam;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;
import static org.ops4j.pax.exam.CoreOptions.bundle;
import static org.ops4j.pax.exam.CoreOptions.composite;
import static org.ops4j.pax.exam.CoreOptions.junitBundles;
import static org.ops4j.pax.exam.CoreOptions.options;
import static org.ops4j.pax.exam.CoreOptions.systemProperty;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.pktlab.cert.CertificateIssuer;
import org.pktlab.cert.CertificateKind;
import org.pktlab.cert.CertificateOptions;
import org.pktlab.cert.ChainMode;
import org.pktlab.cert.Ed25519PrivateKey;
import org.pktlab.link.ConnectOutcome;
import org.pktlab.link.ConnectRequest;
import org.pktlab.link.Link;
import org.pktlab.link.LinkAcceptor;
import org.pktlab.link.LinkEnd;
import org.pktlab.link.LinkHandler;
import org.pktlab.link.LinkLimits;
import org.pktlab.link.LinkServer;
import org.pktlab.link.Links;
import org.pktlab.link.ListenRequest;
import org.pktlab.link.ServerCredentials;

/** A harness that knows nothing of our launcher hosts the lower floors: bundles resolve, services come up, a frame crosses a real TLS link. */
@RunWith(PaxExam.class)
public class ForeignHarnessTest {
  @Inject private Links links;
  @Inject private CertificateIssuer issuer;

  @Configuration
  public Option[] configuration() throws IOException {
    return options(
        systemProperty("org.ops4j.pax.logging.DefaultServiceLog.level").value("WARN"),
        dist("org.osgi.util.function", "org.osgi.util.promise", "org.osgi.service.component-", "org.apache.felix.configadmin", "org.apache.felix.scr"),
        jars(Path.of(System.getProperty("pktlab.harness")), "pax-logging-api"),
        dist("netty-common", "netty-buffer", "netty-resolver", "netty-transport-4", "netty-codec-base", "netty-handler"),
        dist("netty-transport-native-unix-common", "netty-transport-classes-epoll", "bcprov"),
        dist("org.pktlab.protocol", "org.pktlab.rendezvous", "org.pktlab.program", "org.pktlab.cert.api", "org.pktlab.cert.bc"),
        dist("org.pktlab.link.api", "org.pktlab.link.netty"),
        junitBundles());
  }

  /** Bundles of the assembled distribution whose file names begin so. */
  private static Option dist(String... names) throws IOException {
    return jars(Path.of(System.getProperty("pktlab.dist"), "repository"), names);
  }

  private static Option jars(Path folder, String... names) throws IOException {
    List<Path> jars;
    try (Stream<Path> files = Files.walk(folder)) {
      jars = files.filter(file -> file.toString().endsWith(".jar")).toList();
    }
    Option[] bundles = new Option[names.length];
    for (int i = 0; i < names.length; i++) {
      String prefix = names[i];
      Path jar =
          jars.stream()
              .filter(file -> file.getFileName().toString().startsWith(prefix))
              .findFirst()
              .orElseThrow(() -> new IOException(folder + " has no bundle " + prefix));
      bundles[i] = bundle(jar.toUri().toString());
    }
    return composite(bundles);
  }

  private static final class Received implements LinkHandler {
    final CompletableFuture<String> text = new CompletableFuture<>();

    @Override
    public void onFrame(ByteBuffer buffer, int offset, int length) {
      byte[] body = new byte[length - 4];
      buffer.get(offset + 4, body);
      text.complete(new String(body, StandardCharsets.US_ASCII));
    }

    @Override
    public void onClosed(LinkEnd reason) {
      text.completeExceptionally(new IOException(reason.detail()));
    }
  }

  @Test
  public void shouldCarryAFrameOverAVerifiedLink() throws Exception {
    Ed25519PrivateKey server = issuer.generateKey();
    Ed25519PrivateKey client = issuer.generateKey();
    Received received = new Received();
    LinkServer listening =
        links.listen(
            new ListenRequest(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                sni -> new ServerCredentials(server, List.of(agent(server)), ChainMode.AGENT, List.of(), true, null),
                LinkLimits.RENDEZVOUS),
            new LinkAcceptor() {
              @Override
              public LinkHandler onLink(Link link) {
                assertEquals(client.publicKey(), link.peer().chain().leaf().publicKey());
                return received;
              }

              @Override
              public void onRefused(InetSocketAddress remote, String reason) {
                received.text.completeExceptionally(new IOException(reason));
              }
            });
    try {
      links.connect(
          new ConnectRequest(
              listening.address(),
              null,
              client,
              List.of(agent(client)),
              ChainMode.AGENT,
              List.of(server.publicKey()),
              Duration.ofSeconds(5),
              LinkLimits.RENDEZVOUS),
          new ConnectOutcome() {
            @Override
            public LinkHandler onConnected(Link link) {
              byte[] text = "abc123".getBytes(StandardCharsets.US_ASCII);
              link.write(ByteBuffer.allocate(4 + text.length).putInt(0x80000000 | text.length).put(text).flip());
              link.flush();
              return new Received();
            }

            @Override
            public void onFailed(Stage stage, String reason) {
              received.text.completeExceptionally(new IOException(stage + ": " + reason));
            }
          });
      assertEquals("abc123", received.text.get(20, TimeUnit.SECONDS));
    } finally {
      listening.close();
    }
  }

  private byte[] agent(Ed25519PrivateKey key) {
    try {
      Instant now = Instant.now();
      return issuer
          .issue(CertificateOptions.of(CertificateKind.AGENT), key, key.publicKey(), now.minusSeconds(60), now.plusSeconds(600), issuer.randomSerials())
          .der();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  public void shouldInjectServicesOfTheFrameworkItRunsIn() {
    assertNotNull(links);
    assertNotNull(issuer);
  }
}
