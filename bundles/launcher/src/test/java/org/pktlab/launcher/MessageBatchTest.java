package org.pktlab.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every message vector through both batches. */
class MessageBatchTest {
  private static final JsonNode VECTORS = Vectors.read("messages.json");
  private static final Map<String, JsonNode> DECODED = new LinkedHashMap<>();
  private static final Map<String, JsonNode> ENCODED = new LinkedHashMap<>();

  @BeforeAll
  static void runBatches() {
    StringBuilder decode = new StringBuilder();
    StringBuilder encode = new StringBuilder();
    for (JsonNode vector : VECTORS) {
      ObjectNode one = JsonNodeFactory.instance.objectNode();
      one.set("id", vector.get("name"));
      encode.append(one.deepCopy().set("fields", vector.get("fields")).toString()).append('\n');
      one.set("hex", vector.get("hex"));
      decode.append(one).append('\n');
    }
    collect(Invocation.withInput(decode.toString(), "message", "decode", "--batch"), DECODED);
    collect(Invocation.withInput(encode.toString(), "message", "encode", "--batch"), ENCODED);
  }

  private static void collect(Invocation run, Map<String, JsonNode> answers) {
    assertEquals(0, run.status(), run.err());
    assertEquals("", run.err());
    for (String line : run.lines()) {
      JsonNode answer = Vectors.parse(line);
      answers.put(answer.get("id").asText(), answer);
    }
    List<String> asked = new ArrayList<>();
    VECTORS.forEach(vector -> asked.add(vector.get("name").asText()));
    assertEquals(asked, List.copyOf(answers.keySet()));
  }

  static Stream<String> names(String... kinds) {
    List<String> names = new ArrayList<>();
    for (JsonNode vector : VECTORS) {
      if (List.of(kinds).contains(vector.get("kind").asText())) {
        names.add(vector.get("name").asText());
      }
    }
    return names.stream();
  }

  static Stream<String> read() {
    return names("canonical", "noncanonical", "unknown");
  }

  static Stream<String> refused() {
    return names("malformed", "unsafe");
  }

  static Stream<String> known() {
    return names("canonical", "noncanonical");
  }

  static Stream<String> unknown() {
    return names("unknown");
  }

  private static JsonNode vector(String name) {
    for (JsonNode vector : VECTORS) {
      if (vector.get("name").asText().equals(name)) {
        return vector;
      }
    }
    throw new AssertionError(name);
  }

  @Test
  void shouldAnswerEveryVector() {
    assertEquals(131, VECTORS.size());
    assertEquals(82, read().count());
    assertEquals(49, refused().count());
  }

  @ParameterizedTest
  @MethodSource("read")
  void shouldDecodeKindAndFields(String name) {
    JsonNode answer = DECODED.get(name);
    assertEquals(vector(name).get("kind"), answer.get("kind"));
    assertEquals(vector(name).get("fields"), answer.get("fields"));
    assertFalse(answer.has("error"));
  }

  @ParameterizedTest
  @MethodSource("unknown")
  void shouldShowTheOctetsOfUnknownMessages(String name) {
    String hex = vector(name).get("hex").asText();
    assertEquals(Integer.parseInt(hex.substring(0, 2), 16), DECODED.get(name).get("typeCode").intValue());
    assertEquals(hex.substring(8), DECODED.get(name).get("body").asText());
  }

  @ParameterizedTest
  @MethodSource("refused")
  void shouldSayWhereAFrameGoesWrong(String name) {
    JsonNode answer = DECODED.get(name);
    assertFalse(answer.get("error").asText().isBlank());
    int offset = answer.get("offset").intValue();
    assertTrue(offset >= 4 && offset <= vector(name).get("hex").asText().length() / 2, answer.toString());
    assertFalse(answer.has("kind"));
    assertFalse(answer.has("fields"));
  }

  @ParameterizedTest
  @MethodSource("known")
  void shouldEncodeFieldsInCanonicalForm(String name) {
    JsonNode canonical = vector(name).get("fields").get("canonicalHex");
    assertEquals(canonical == null ? vector(name).get("hex") : canonical, ENCODED.get(name).get("hex"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void shouldNotEncodeFieldsThatAreNoMessage(String name) {
    assertFalse(ENCODED.get(name).get("error").asText().isBlank());
    assertFalse(ENCODED.get(name).has("hex"));
  }
}
