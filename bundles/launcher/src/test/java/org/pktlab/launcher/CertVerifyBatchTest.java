package org.pktlab.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every certificate case of the reference that is not a TLS handshake, through the batch: once with PEM files, once with DER files. */
class CertVerifyBatchTest {
  private static final JsonNode INDEX = Vectors.read("certs/index.json");
  private static final Map<String, JsonNode> CASES = new HashMap<>();
  private static final Map<String, JsonNode> ANSWERS = new HashMap<>();

  @BeforeAll
  static void runBatches() {
    for (String form : List.of("pem", "der")) {
      StringBuilder lines = new StringBuilder();
      for (JsonNode one : INDEX.get("cases")) {
        if (!one.get("operation").asText().equals("tls_handshake")) {
          lines.append(line(one, form)).append('\n');
        }
      }
      Invocation run = Invocation.withInput(lines.toString(), "cert", "verify", "--batch");
      assertEquals(0, run.status(), run.err());
      assertEquals("", run.err());
      assertEquals(151, run.lines().size());
      for (String line : run.lines()) {
        JsonNode answer = Vectors.parse(line);
        ANSWERS.put(answer.get("id").asText(), answer);
      }
    }
  }

  /** A case without what the reference says, with files in the place of names. */
  private static ObjectNode line(JsonNode one, String form) {
    ObjectNode line = one.deepCopy();
    String id = form + " " + one.get("id").asText();
    CASES.put(id, one);
    line.remove(List.of("reference", "derived_channel_verdict", "description"));
    line.put("id", id);
    ArrayNode certificates = line.putArray("certs");
    one.get("certs").forEach(name -> certificates.add(certificate(name.asText() + "." + form)));
    if (one.has("roots")) {
      ArrayNode roots = line.putArray("roots");
      one.get("roots").forEach(name -> roots.add(key(name.asText())));
    }
    for (String field : List.of("signing_key", "leaf_key", "root_key")) {
      if (one.hasNonNull(field)) {
        line.put(field, key(one.get(field).asText()));
      }
    }
    if (!one.has("now_ns")) {
      line.put("at", "2026-11-21T01:00:00+01:00");
    }
    return line;
  }

  private static String certificate(String name) {
    return Vectors.file("certs/certs/" + name).toString();
  }

  private static String key(String name) {
    return Vectors.file("certs/keys/" + name + ".pub").toString();
  }

  static Stream<String> ids() {
    return Stream.of("pem", "der")
        .flatMap(
            form -> {
              List<String> ids = new ArrayList<>();
              for (JsonNode one : INDEX.get("cases")) {
                if (!one.get("operation").asText().equals("tls_handshake")) {
                  ids.add(form + " " + one.get("id").asText());
                }
              }
              return ids.stream();
            });
  }

  @Test
  void shouldHoldAllCases() {
    assertEquals(302, ids().count());
    assertEquals(302, ANSWERS.size());
  }

  @ParameterizedTest
  @MethodSource("ids")
  void shouldAnswerAsTheReferenceDoes(String id) {
    JsonNode one = CASES.get(id);
    JsonNode expected = one.get("reference");
    JsonNode answer = ANSWERS.get(id);
    assertFalse(answer.has("error"), answer.toString());
    switch (one.get("operation").asText()) {
      case "decode_certificate" -> compareDecoding(expected, answer);
      case "verify_chain" -> compareChain(expected, answer);
      case "endpoint_effective_limits" -> compareLimits((ObjectNode) expected, answer);
      default -> compareChannels(one, expected, answer);
    }
    if (answer.get("verdict").asText().equals("reject")) {
      assertFalse(answer.get("why").asText().isBlank());
    }
  }

  private static void compareDecoding(JsonNode expected, JsonNode answer) {
    boolean detail = expected.get("verdict").asText().equals("accept_basic_reject_detail");
    assertEquals(expected.get("verdict").asText().equals("accept") ? "accept" : "reject", answer.get("verdict").asText());
    assertEquals(expected.get(detail ? "detail_name" : "name"), answer.get("name"));
  }

  private static void compareChain(JsonNode expected, JsonNode answer) {
    if (expected.get("verdict").asText().equals("reference_crash")) {
      assertEquals("reject", answer.get("verdict").asText());
      assertEquals("BAD_CERT", answer.get("name").asText());
      return;
    }
    for (String field : List.of("verdict", "name", "verified_order", "used_root_index")) {
      assertEquals(expected.get(field), answer.get(field), field);
    }
  }

  private static void compareChannels(JsonNode one, JsonNode expected, JsonNode answer) {
    assertEquals(one.get("derived_channel_verdict"), answer.get("verdict"));
    assertEquals(expected.get("chain_name"), answer.get("name"));
    assertEquals(expected.get("permitted_private_channels"), answer.get("permitted_private_channels"));
    boolean denied = expected.get("verdict").asText().equals("accept") && answer.get("verdict").asText().equals("reject");
    assertEquals(denied, answer.has("denied_channels"));
  }

  private static void compareLimits(ObjectNode expected, JsonNode answer) {
    assertEquals("accept", answer.get("verdict").asText());
    assertEquals("SUCCESS", answer.get("name").asText());
    assertTrue(expected.size() >= 12);
    expected.properties().forEach(field -> assertEquals(field.getValue(), answer.get(field.getKey()), field.getKey()));
  }

  @Test
  void shouldTellWhatIsWrongWithACaseAndGoOn(@TempDir Path folder) throws IOException {
    Path garbage = Files.writeString(folder.resolve("garbage.pem"), "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n");
    Path empty = Files.createFile(folder.resolve("empty"));
    String good = certificate("agent_broker.pem");
    String[][] cases = {
      {"{\"operation\":\"decode_certificate\",\"certs\":[\"" + garbage + "\"]}", "name", "UNLOADABLE"},
      {"{\"operation\":\"decode_certificate\",\"certs\":[\"" + empty + "\"]}", "name", "UNLOADABLE"},
      {"{\"operation\":\"verify_chain\",\"mode\":\"agent\",\"certs\":[\"" + garbage + "\"],\"roots\":[]}", "name", "BAD_CERT"},
      {"{\"operation\":\"verify_chain\",\"mode\":\"agent\",\"certs\":[],\"roots\":[]}", "name", "NOT_ENOUGH_CERT"},
      {"{\"operation\":\"verify_chain\",\"mode\":\"nobody\",\"certs\":[],\"roots\":[]}", "error", "there is no mode nobody"},
      {"{\"operation\":\"tls_handshake\"}", "error", "there is no operation tls_handshake in a batch"},
      {
        "{\"operation\":\"decode_certificate\",\"certs\":[\"" + good + "\"],\"signing_key\":\"" + garbage + "\"}",
        "error",
        garbage + " holds no public key in PEM"
      },
      {
        "{\"operation\":\"verify_chain\",\"mode\":\"agent\",\"certs\":[\"" + good + "\"],\"roots\":[],\"at\":\"soon\"}",
        "error",
        "at must be a time of RFC 3339 between 1970 and 2554, not 'soon'"
      },
      {"{\"operation\":\"endpoint_effective_limits\",\"certs\":[],\"checks\":[\"dst:here\"]}", "error", "the check 'dst:here' has no numeric address"},
    };
    StringBuilder lines = new StringBuilder();
    for (String[] one : cases) {
      lines.append(one[0]).append("\n");
    }
    Invocation run = Invocation.withInput(lines.toString(), "cert", "verify", "--batch");
    assertEquals(0, run.status(), run.out());
    assertEquals(cases.length, run.lines().size());
    for (int i = 0; i < cases.length; i++) {
      assertEquals(cases[i][2], Vectors.parse(run.lines().get(i)).path(cases[i][1]).asText(), run.lines().get(i));
    }
  }

  @Test
  void shouldEndWithOneWhenACaseLacksItsInput() {
    for (String line :
        List.of(
            "no json",
            "7",
            "{}",
            "{\"operation\":\"decode_certificate\"}",
            "{\"operation\":\"decode_certificate\",\"certs\":[\"/nowhere/at all\"]}",
            "{\"operation\":\"verify_chain\",\"certs\":[],\"roots\":[]}",
            "{\"operation\":\"verify_chain\",\"mode\":\"agent\",\"certs\":[]}",
            "{\"operation\":\"broker_check_subscription\",\"certs\":[],\"requested_channels\":[]}")) {
      Invocation run = Invocation.withInput(line + "\n\n{\"id\":1,\"operation\":\"nothing\"}\n", "cert", "verify", "--batch");
      assertEquals(1, run.status(), line);
      assertEquals(2, run.lines().size(), run.out());
      assertTrue(Vectors.parse(run.lines().get(0)).has("error"), run.out());
      assertEquals(1, Vectors.parse(run.lines().get(1)).get("id").intValue());
    }
  }

  @Test
  void shouldRefuseAChainThatIsTooLongWithoutReadingAllOfIt() {
    String name = "\"" + certificate("pubcmd_exper_xc.pem") + "\"";
    String certificates = String.join(",", java.util.Collections.nCopies(500, name));
    String line = "{\"operation\":\"verify_chain\",\"mode\":\"endpoint_judges_controller\",\"certs\":[" + certificates + "],\"roots\":[]}";
    Invocation run = Invocation.withInput(line, "cert", "verify", "--batch");
    assertEquals("TOO_MANY_CERT", Vectors.parse(run.lines().get(0)).get("name").asText());
  }
}
