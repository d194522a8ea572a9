package org.pktlab.link.netty;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.pktlab.cert.ChainMode;
import org.pktlab.cert.Ed25519PrivateKey;
import org.pktlab.cert.Ed25519PublicKey;
import org.pktlab.link.ConnectRequest;
import org.pktlab.link.LinkLimits;
import org.pktlab.link.ListenRequest;
import org.pktlab.link.ServerCredentials;

/** Keys, certificates and handshake cases from the test resources, and requests made of them. */
final class Handshakes {
  static final LinkLimits LIMITS = new LinkLimits(LinkLimits.MAX_BODY, Duration.ofSeconds(10), Duration.ZERO, 100, 100);

  private static final JsonNode INDEX = index();

  private Handshakes() {}

  private static JsonNode index() {
    try (InputStream in = Handshakes.class.getResourceAsStream("/handshakes/index.json")) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Stream<JsonNode> cases() {
    return StreamSupport.stream(INDEX.get("cases").spliterator(), false);
  }

  static Ed25519PublicKey publicKey(String name) {
    return Ed25519PublicKey.ofHex(INDEX.get("keys").get(name).get("public").asText());
  }

  static Ed25519PrivateKey key(String name) {
    String seed = INDEX.get("keys").get(name).get("private").asText();
    return Ed25519PrivateKey.of(HexFormat.of().parseHex(seed), publicKey(name));
  }

  static byte[] certificate(String name) {
    try (InputStream in = Handshakes.class.getResourceAsStream("/handshakes/certs/" + name + ".der")) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<byte[]> chain(String... names) {
    return Stream.of(names).map(Handshakes::certificate).toList();
  }

  static List<byte[]> chain(JsonNode names) {
    List<byte[]> chain = new ArrayList<>();
    names.forEach(name -> chain.add(certificate(name.asText())));
    return chain;
  }

  static List<Ed25519PublicKey> roots(JsonNode names) {
    List<Ed25519PublicKey> roots = new ArrayList<>();
    names.forEach(name -> roots.add(publicKey(name.asText())));
    return roots;
  }

  /** The controller of most tests: any endpoint of k_eop, certificate required. */
  static ServerCredentials controller() {
    return new ServerCredentials(
        key("k_xc"),
        chain("pubcmd_exper_xc", "exppriv_exper"),
        ChainMode.CONTROLLER_JUDGES_ENDPOINT,
        List.of(publicKey("k_eop")),
        true,
        "attached");
  }

  static ListenRequest listen(ListenRequest.CredentialSource source, LinkLimits limits) {
    return new ListenRequest(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), source, limits);
  }

  /** The endpoint of most tests. */
  static ConnectRequest endpoint(InetSocketAddress to, LinkLimits limits) {
    return endpoint(to, limits, null, chain("subcmd_eop_ep"));
  }

  static ConnectRequest endpoint(InetSocketAddress to, LinkLimits limits, String sniKey, List<byte[]> chain) {
    return new ConnectRequest(
        to, sniKey, key("k_ep"), chain, ChainMode.ENDPOINT_JUDGES_CONTROLLER, List.of(publicKey("k_eop")), Duration.ofSeconds(5), limits);
  }
}
