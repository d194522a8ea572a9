package org.pktlab.cert.bc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pktlab.cert.Ed25519PrivateKey;
import org.pktlab.cert.Ed25519PublicKey;

/** Keys, certificates and verdicts of the C reference, from the test resources. */
final class ReferenceSet {
  /** 2026-11-21T00:00:00Z: all verdicts were taken shortly before and stay true until 2099. */
  static final long NOW_NS = 1_795_219_200_000_000_000L;

  private static final JsonNode INDEX = load();

  private ReferenceSet() {}

  static List<JsonNode> cases(String operation) {
    List<JsonNode> cases = new ArrayList<>();
    for (JsonNode one : INDEX.get("cases")) {
      if (one.get("operation").asText().equals(operation)) {
        cases.add(one);
      }
    }
    return cases;
  }

  static int caseCount() {
    return INDEX.get("cases").size();
  }

  /** Returns the reference's reading of every certificate, by name. */
  static Map<String, JsonNode> certificates() {
    return fields(INDEX.get("certificates"));
  }

  static Map<String, JsonNode> keys() {
    return fields(INDEX.get("keys"));
  }

  static Map<String, JsonNode> requests() {
    return fields(INDEX.get("csrs"));
  }

  static byte[] certificate(String name) {
    return octets("/certs/certs/" + name + ".der");
  }

  static List<byte[]> certificates(JsonNode names) {
    List<byte[]> list = new ArrayList<>();
    names.forEach(name -> list.add(certificate(name.asText())));
    return list;
  }

  static Ed25519PublicKey publicKey(String name) {
    return Ed25519PublicKey.ofHex(INDEX.get("keys").get(name).get("public_raw_hex").asText());
  }

  static Ed25519PrivateKey privateKey(String name) {
    return BouncyCastleTrust.issuer()
        .privateKeyOf(HexFormat.of().parseHex(INDEX.get("keys").get(name).get("private_raw_hex").asText()));
  }

  static Path file(String path) {
    try {
      return Path.of(ReferenceSet.class.getResource("/certs/" + path).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] octets(String resource) {
    try (InputStream in = ReferenceSet.class.getResourceAsStream(resource)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode load() {
    try {
      return new ObjectMapper().readTree(octets("/certs/index.json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, JsonNode> fields(JsonNode node) {
    Map<String, JsonNode> fields = new TreeMap<>();
    node.properties().forEach(entry -> fields.put(entry.getKey(), entry.getValue()));
    return fields;
  }
}
