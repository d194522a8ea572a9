package org.pktlab.link.netty;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pktlab.cert.CertificateIssuer;
import org.pktlab.cert.CertificateKind;
import org.pktlab.cert.CertificateOptions;
import org.pktlab.cert.ChainMode;
import org.pktlab.cert.DelegatedPrivilege;
import org.pktlab.cert.Ed25519PrivateKey;
import org.pktlab.cert.bc.BouncyCastleTrust;
import org.pktlab.link.ConnectRequest;
import org.pktlab.link.LinkEnd;
import org.pktlab.link.ServerCredentials;

/** The rules of the trust specification, section 10, and the record rule of the protocol specification, section 2.4. */
class TlsRulesTest {
  private final Network network = new Network();

  @AfterEach
  void close() {
    network.close();
  }

  private RawPeer connected(SSLEngine engine) throws Exception {
    return new RawPeer(network.listen(Handshakes.LIMITS), engine).handshake();
  }

  private static byte[][] manyFrames() {
    byte[][] frames = new byte[200][];
    for (int i = 0; i < frames.length; i++) {
      int length = i % 40 == 0 ? 100_000 : i % 7 == 0 ? 16_363 + i % 5 : i % 30;
      frames[i] = Frames.random(0x62, length, i);
    }
    return frames;
  }

  @Test
  void shouldEndARecordWithEachFrameForAPeerThatDoesNotCoalesce() throws Exception {
    try (RawPeer peer = connected(RawPeer.endpoint())) {
      RecordingHandler server = network.awaitAccepted();
      assertFalse(server.link.coalescing());
      // Much more than what is sealed at once: the rule holds for queued frames as well.
      server.send(manyFrames());
      for (byte[] frame : manyFrames()) {
        assertArrayEquals(frame, peer.readExactly(frame.length));
      }
      assertEquals(0, peer.lateHandshakeRecords, "no tickets");
    }
  }

  @Test
  void shouldPutManyFramesInARecordForAPeerThatAgreed() throws Exception {
    SSLEngine engine =
        RawPeer.client(
            Handshakes.key("k_ep"),
            Handshakes.chain("subcmd_eop_ep"),
            e -> {
              SSLParameters parameters = e.getSSLParameters();
              parameters.setApplicationProtocols(new String[] {"h2", TlsEngines.COALESCE});
              e.setSSLParameters(parameters);
            });
    try (RawPeer peer = connected(engine)) {
      RecordingHandler server = network.awaitAccepted();
      assertTrue(server.link.coalescing());
      byte[][] small = new byte[100][];
      Arrays.setAll(small, i -> Frames.random(0x62, 20, i));
      server.send(small);
      assertArrayEquals(Frames.concat(small), peer.readData());
      server.send(manyFrames());
      byte[] all = Frames.concat(manyFrames());
      assertArrayEquals(all, peer.readExactly(all.length));
      assertEquals(0, peer.lateHandshakeRecords, "no tickets");
    }
  }

  @Test
  void shouldServeAClientThatOffersOnlyOtherProtocolsAsOneWithout() throws Exception {
    SSLEngine engine =
        RawPeer.client(
            Handshakes.key("k_ep"),
            Handshakes.chain("subcmd_eop_ep"),
            e -> {
              SSLParameters parameters = e.getSSLParameters();
              parameters.setApplicationProtocols(new String[] {"h2"});
              e.setSSLParameters(parameters);
            });
    try (RawPeer peer = connected(engine)) {
      assertFalse(network.awaitAccepted().link.coalescing());
      assertEquals("", peer.engine.getApplicationProtocol());
    }
  }

  @Test
  void shouldAnswerATls12ClientWithAlert70() throws Exception {
    SSLEngine engine =
        RawPeer.client(Handshakes.key("k_ep"), Handshakes.chain("subcmd_eop_ep"), e -> e.setEnabledProtocols(new String[] {"TLSv1.2"}));
    try (RawPeer peer = new RawPeer(network.listen(Handshakes.LIMITS), engine)) {
      ByteBuffer out = ByteBuffer.allocate(20_000);
      engine.beginHandshake();
      engine.wrap(ByteBuffer.allocate(0), out);
      peer.socket.getOutputStream().write(out.array(), 0, out.position());
      assertArrayEquals(new byte[] {21, 3, 3, 0, 2, 2, 70}, peer.readRecord());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"})
  void shouldFollowTheOrderOfTheClient(String first) throws Exception {
    List<String> order = new ArrayList<>(List.of(first));
    List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256").forEach(s -> {
      if (!s.equals(first)) {
        order.add(s);
      }
    });
    SSLEngine engine =
        RawPeer.client(
            Handshakes.key("k_ep"), Handshakes.chain("subcmd_eop_ep"), e -> e.setEnabledCipherSuites(order.toArray(String[]::new)));
    try (RawPeer peer = connected(engine)) {
      assertEquals(first, peer.engine.getSession().getCipherSuite());
    }
  }

  @Test
  void shouldAskForACertificateWithoutNamingAuthorities() throws Exception {
    AtomicReference<Principal[]> named = new AtomicReference<>();
    LocalIdentity identity = LocalIdentity.of(Handshakes.key("k_ep"), Handshakes.chain("subcmd_eop_ep"));
    X509ExtendedKeyManager listening =
        new X509ExtendedKeyManager() {
          @Override
          public String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine engine) {
            named.set(issuers == null ? new Principal[0] : issuers);
            return "own";
          }

          @Override
          public String[] getClientAliases(String type, Principal[] issuers) {
            return null;
          }

          @Override
          public String chooseClientAlias(String[] types, Principal[] issuers, java.net.Socket socket) {
            return null;
          }

          @Override
          public String[] getServerAliases(String type, Principal[] issuers) {
            return null;
          }

          @Override
          public String chooseServerAlias(String type, Principal[] issuers, java.net.Socket socket) {
            return null;
          }

          @Override
          public X509Certificate[] getCertificateChain(String alias) {
            return identity.getCertificateChain(alias);
          }

          @Override
          public PrivateKey getPrivateKey(String alias) {
            return identity.getPrivateKey(alias);
          }
        };
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    PeerJudge judge = new PeerJudge(BouncyCastleTrust.verifier(), ChainMode.ENDPOINT_JUDGES_CONTROLLER, List.of());
    context.init(new KeyManager[] {listening}, new TrustManager[] {judge}, new SecureRandom());
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(true);
    try (RawPeer peer = connected(engine)) {
      network.awaitAccepted();
      assertEquals(0, named.get().length);
    }
  }

  private static String alertAfterHandshake(RawPeer peer) {
    return assertThrows(SSLException.class, peer::readData).getMessage();
  }

  @Test
  void shouldAnswerARefusedChainWithAlert46AfterTheClientFinished() throws Exception {
    SSLEngine engine = RawPeer.client(Handshakes.key("k_ep"), Handshakes.chain("agent_self_ep"), e -> {});
    try (RawPeer peer = connected(engine)) {
      // Frames sent meanwhile must not make TCP throw the alert away.
      peer.write(new byte[100_000]);
      assertTrue(alertAfterHandshake(peer).contains("certificate_unknown"));
      assertTrue(network.awaitRefusal().contains("UNEXPECTED_CERT"));
    }
  }

  @Test
  void shouldAnswerAMissingCertificateWithAnAlertAfterTheClientFinished() throws Exception {
    SSLEngine engine = RawPeer.client(Handshakes.key("k_ep"), List.of(), e -> {});
    try (RawPeer peer = connected(engine)) {
      String alert = alertAfterHandshake(peer);
      // The platform decides: 42 on JDK 17, 116 on newer ones.
      assertTrue(alert.contains("bad_certificate") || alert.contains("certificate_required"), alert);
      assertTrue(network.awaitRefusal().endsWith("Empty client certificate chain"));
    }
  }

  @Test
  void shouldAnswerAServerThatIsNotTrustedWithAlert46() throws Exception {
    InetSocketAddress address = network.listen(Handshakes.LIMITS);
    ConnectRequest request =
        new ConnectRequest(
            address,
            null,
            Handshakes.key("k_ep"),
            Handshakes.chain("subcmd_eop_ep"),
            ChainMode.ENDPOINT_JUDGES_CONTROLLER,
            List.of(Handshakes.publicKey("k_eop2")),
            Duration.ofSeconds(5),
            Handshakes.LIMITS);
    String failure = network.attempt(request).awaitFailure();
    assertTrue(failure.startsWith("HANDSHAKE the peer's chain is refused, NO_MATCHING_SIGN_KEY: "), failure);
    assertTrue(network.awaitRefusal().contains("certificate_unknown"));
  }

  /** A chain of so many certificates, leaf first, for an experiment or a representation, under the root k_eop. */
  private static List<byte[]> longChain(int length, boolean experiment, Ed25519PrivateKey leaf) throws Exception {
    CertificateIssuer issuer = BouncyCastleTrust.issuer();
    DelegatedPrivilege privilege = experiment ? DelegatedPrivilege.EXPPRIV : DelegatedPrivilege.REPPRIV;
    Ed25519PrivateKey signer = issuer.privateKeyOf(Handshakes.key("k_eop").seed());
    List<byte[]> chain = new ArrayList<>();
    for (int i = length - 1; i >= 0; i--) {
      Ed25519PrivateKey subject = i == 0 ? leaf : issuer.generateKey();
      CertificateOptions options =
          i == 0
              ? CertificateOptions.of(experiment ? CertificateKind.PUBCMD : CertificateKind.SUBCMD)
              : experiment && i == length - 1
                  ? CertificateOptions.of(CertificateKind.EXPPRIV)
                  : CertificateOptions.of(CertificateKind.DELPRIV).withDelegated(Set.of(privilege));
      Instant from = Instant.now().minusSeconds(3600);
      chain.add(0, issuer.issue(options, signer, subject.publicKey(), from, from.plusSeconds(86_400), issuer.randomSerials()).der());
      signer = subject;
    }
    return chain;
  }

  private InetSocketAddress listenAs(List<byte[]> chain) throws IOException {
    ServerCredentials own =
        new ServerCredentials(
            Handshakes.key("k_xc"), chain, ChainMode.CONTROLLER_JUDGES_ENDPOINT, List.of(Handshakes.publicKey("k_eop")), true, null);
    return network.listen(key -> own, Handshakes.LIMITS);
  }

  @Test
  void shouldTakeChainsOf32CertificatesOnBothSides() throws Exception {
    InetSocketAddress address = listenAs(longChain(32, true, Handshakes.key("k_xc")));
    List<byte[]> own = longChain(32, false, Handshakes.key("k_ep"));
    RecordingHandler client = network.connect(Handshakes.endpoint(address, Handshakes.LIMITS, null, own));
    assertEquals(32, client.link.peer().chain().certificates().size());
    assertEquals(32, network.awaitAccepted().link.peer().chain().certificates().size());
  }

  @Test
  void shouldRefuseAServersChainOf33Certificates() throws Exception {
    InetSocketAddress address = listenAs(longChain(33, true, Handshakes.key("k_xc")));
    String failure = network.attempt(Handshakes.endpoint(address, Handshakes.LIMITS)).awaitFailure();
    assertTrue(failure.startsWith("HANDSHAKE the peer's chain is refused, TOO_MANY_CERT: "), failure);
  }

  @Test
  void shouldRefuseAClientsChainOf33Certificates() throws Exception {
    InetSocketAddress address = network.listen(Handshakes.LIMITS);
    List<byte[]> own = longChain(33, false, Handshakes.key("k_ep"));
    RecordingHandler client = network.connect(Handshakes.endpoint(address, Handshakes.LIMITS, null, own));
    assertEquals(LinkEnd.Kind.FAILED, client.awaitEnd().kind());
    assertTrue(network.awaitRefusal().startsWith("the peer's chain is refused, TOO_MANY_CERT: "));
  }

  @Test
  void shouldAnswerAChainOf33CertificatesWithAlert46() throws Exception {
    List<byte[]> tooLong = longChain(33, false, Handshakes.key("k_ep"));
    try (RawPeer peer = connected(RawPeer.client(Handshakes.key("k_ep"), tooLong, e -> {}))) {
      String alert = alertAfterHandshake(peer);
      assertTrue(alert.contains("certificate_unknown"), alert);
    }
  }

  @Test
  void shouldSendNothingWhenTheKeyDoesNotBelongToTheFirstCertificate() throws Exception {
    InetSocketAddress address = network.listen(Handshakes.LIMITS);
    List<byte[]> wrongOrder = Handshakes.chain("delpriv_rep_deop", "subcmd_deop_ep");
    assertEquals(
        "CREDENTIALS own credentials do not fit: the private key does not belong to the first certificate",
        network.attempt(Handshakes.endpoint(address, Handshakes.LIMITS, null, wrongOrder)).awaitFailure());
    Ed25519PrivateKey gone = Handshakes.key("k_ep");
    gone.destroy();
    ConnectRequest request =
        new ConnectRequest(
            address, null, gone, List.of(), ChainMode.AGENT, List.of(), Duration.ofSeconds(5), Handshakes.LIMITS);
    assertEquals("CREDENTIALS own credentials do not fit: the private key was destroyed", network.attempt(request).awaitFailure());
    assertEquals(0, network.refusals.size());
  }

  @Test
  void shouldTurnAClientAwayWithoutAnOctetWhenTheServersKeyDoesNotFit() throws Exception {
    InetSocketAddress address = listenAs(Handshakes.chain("exppriv_exper", "pubcmd_exper_xc"));
    String failure = network.attempt(Handshakes.endpoint(address, Handshakes.LIMITS)).awaitFailure();
    assertEquals("HANDSHAKE the peer closed the connection during the handshake", failure);
    assertEquals("own credentials do not fit: the private key does not belong to the first certificate", network.awaitRefusal());
  }
}
