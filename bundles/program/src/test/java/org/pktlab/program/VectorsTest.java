package org.pktlab.program;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Replays what the C reference made of program texts. */
class VectorsTest {
  @TestFactory
  List<DynamicTest> shouldLoadTextsAsTheReferenceDoes() throws IOException {
    return replay("ebpf_text.json");
  }

  @TestFactory
  List<DynamicTest> shouldEncodeExecutableProgramsAsTheReferenceDoes() throws IOException {
    return replay("ebpf.json");
  }

  @Test
  void shouldFindEveryCase() throws IOException {
    assertEquals(38, replay("ebpf_text.json").size());
    assertEquals(320, replay("ebpf.json").size());
  }

  private static List<DynamicTest> replay(String resource) throws IOException {
    JsonNode root;
    try (InputStream in = VectorsTest.class.getResourceAsStream(resource)) {
      root = new ObjectMapper().readTree(in);
    }
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode vector : root.get("cases")) {
      tests.add(DynamicTest.dynamicTest(vector.get("id").asText(), () -> replay(vector)));
    }
    assertEquals(root.get("count").asInt(), tests.size());
    return tests;
  }

  private static void replay(JsonNode vector) throws ProgramException {
    byte[] text = vector.get("text").asText().getBytes(StandardCharsets.ISO_8859_1);
    if (vector.has("load")) {
      assertEquals("error", vector.get("load").asText());
      ProgramException e = assertThrows(ProgramException.class, () -> EbpfProgram.parseText(text));
      assertEquals(vector.get("error_line").asInt(), e.line());
      return;
    }
    EbpfProgram program = EbpfProgram.parseText(text);
    byte[] encoded = HexFormat.of().parseHex(vector.get("encoded").asText());
    assertArrayEquals(encoded, program.encode());
    assertEquals(vector.get("sha256").asText(), program.digestHex());
    if (encoded.length == 1) {
      assertThrows(ProgramException.class, () -> Program.decode(encoded));
    } else {
      assertEquals(program, Program.decode(encoded));
    }
  }
}
