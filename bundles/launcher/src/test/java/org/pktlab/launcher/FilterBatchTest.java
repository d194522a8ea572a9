package org.pktlab.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every program vector through the batch, with both engines and in both dialects. */
class FilterBatchTest {
  private static final List<JsonNode> VECTORS = vectors();

  /** Where the process of the C package dies: the rule of Linux instead. */
  private static final Map<String, String> INSTEAD_OF_A_CRASH =
      Map.of("alu32_div_reg_low_half_zero", "0x0000000000000000", "alu32_mod_reg_low_half_zero", "0x0000000000000009");

  /** The result is an address of the kernel that recorded it. */
  private static final Set<String> ADDRESSES = Set.of("r1_is_zero");

  private static List<JsonNode> vectors() {
    List<JsonNode> all = new ArrayList<>();
    Vectors.read("programs/ebpf.json").get("cases").forEach(all::add);
    Vectors.read("programs/ebpf_text.json").get("cases").forEach(all::add);
    assertEquals(320 + 38, all.size());
    return all;
  }

  private static Map<String, JsonNode> run(boolean encoded, String... options) {
    StringBuilder input = new StringBuilder();
    for (JsonNode vector : VECTORS) {
      ObjectNode one = ((ObjectNode) vector.deepCopy()).retain("id", encoded && vector.get("encoded").isTextual() ? "encoded" : "text", "packet", "ctx");
      input.append(one).append('\n');
    }
    List<String> words = new ArrayList<>(List.of("filter", "run", "--batch"));
    words.addAll(List.of(options));
    Invocation run = Invocation.withInput(input.toString(), words.toArray(String[]::new));
    assertEquals("", run.err());
    assertEquals(0, run.status());
    assertEquals(VECTORS.size(), run.lines().size());
    Map<String, JsonNode> answers = new LinkedHashMap<>();
    run.lines().stream().map(Vectors::parse).forEach(answer -> answers.put(answer.get("id").asText(), answer));
    return answers;
  }

  @ParameterizedTest
  @ValueSource(strings = {"interpreter", "compiler", "both"})
  void shouldDecideAsTheReferenceDoes(String engine) {
    checkReference(run(false, "--engine", engine, "--dialect", "reference"));
  }

  @Test
  void shouldTakeTheEncodedFormInsteadOfTheText() {
    checkReference(run(true));
  }

  private static void checkReference(Map<String, JsonNode> answers) {
    for (JsonNode vector : VECTORS) {
      String id = vector.get("id").asText();
      JsonNode answer = answers.get(id);
      ObjectNode expected = ((ObjectNode) vector.deepCopy()).retain("id", "load", "error_line", "encoded", "sha256", "verify", "verify_error", "exec", "exec_error", "r0", "accept");
      if (!expected.has("load")) {
        expected.put("load", "ok");
      }
      if (INSTEAD_OF_A_CRASH.containsKey(id)) {
        String r0 = INSTEAD_OF_A_CRASH.get(id);
        expected.put("exec", "ok").put("r0", r0).put("accept", Integer.decode(r0)).remove("exec_error");
      }
      ObjectNode seen = ((ObjectNode) answer.deepCopy()).without(List.of("load_error", "why"));
      assertEquals(expected, seen, id);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"interpreter", "compiler", "both"})
  void shouldDecideAsLinuxDoes(String engine) {
    Map<String, JsonNode> answers = run(false, "--engine", engine, "--dialect", "linux");
    int checked = 0;
    for (JsonNode vector : VECTORS) {
      String id = vector.get("id").asText();
      JsonNode answer = answers.get(id);
      if (vector.has("load")) {
        assertEquals("error", answer.get("load").asText(), id);
      }
      if (!vector.has("linux")) {
        continue;
      }
      checked++;
      assertEquals(vector.get("linux").get("load"), answer.get("load"), id);
      assertEquals(vector.get("linux").has("retval"), answer.has("retval"), id);
      if (answer.has("retval") && !ADDRESSES.contains(id)) {
        assertEquals(vector.get("linux").get("retval").asLong(), answer.get("retval").asLong(), id);
      }
    }
    assertEquals(286, checked);
  }

  @Test
  void shouldAnswerWhatIsNoCaseAndGoOn() {
    String input = "{\"id\":1}\nno json\n{\"id\":2,\"text\":\"0x95 0 0 0 0\",\"packet\":\"4\"}\n{\"id\":3,\"encoded\":\"0061\"}\n{\"id\":4,\"text\":\"0xb7 0 0 0 7\\n0x95 0 0 0 0\"}\n";
    Invocation run = Invocation.withInput(input, "filter", "run", "--batch");
    assertEquals(1, run.status());
    List<JsonNode> answers = run.lines().stream().map(Vectors::parse).toList();
    assertEquals(5, answers.size());
    assertTrue(answers.get(0).get("error").asText().contains("lacks its input"));
    assertTrue(answers.get(1).has("error"));
    assertTrue(answers.get(2).get("error").asText().contains("one digit"));
    assertEquals("error", answers.get(3).get("load").asText());
    assertTrue(answers.get(3).get("load_error").asText().contains("multiple of 8"));
    assertEquals("0x0000000000000007", answers.get(4).get("r0").asText());
  }

  @Test
  void shouldRefuseAProgramOf100000InstructionsQuickly() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 100_000; i++) {
      text.append("0xb7 0 0 0 0\\n");
    }
    String one = "{\"id\":\"long\",\"text\":\"" + text + "0x95 0 0 0 0\",\"packet\":\"45\"}\n";
    for (String dialect : List.of("reference", "linux")) {
      long start = System.nanoTime();
      Invocation run = Invocation.withInput(one, "filter", "run", "--batch", "--engine", "both", "--dialect", dialect);
      JsonNode answer = Vectors.parse(run.out());
      assertEquals("TOO_MANY_INSTRUCTIONS", answer.get("verify_error").asText());
      assertFalse(answer.has("retval") || answer.has("r0"));
      assertTrue(System.nanoTime() - start < 20_000_000_000L);
    }
  }
}
