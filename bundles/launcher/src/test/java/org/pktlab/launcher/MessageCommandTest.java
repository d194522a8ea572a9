package org.pktlab.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code pktlab message} beside its batches of vectors. */
class MessageCommandTest {
  @Test
  void shouldShowFramesThatFollowOneAnother() {
    Invocation run = Invocation.of("message", "decode", "28000006 10010000", "0008", "21000000", "4000:0002:0032");
    assertEquals(0, run.status());
    assertTrue(run.out().contains("\"type\" : \"mread\""), run.out());
    assertTrue(run.out().contains("\"type\" : \"start\""));
    assertTrue(run.out().contains("ESKTINUSE: the socket number is in use"));
  }

  @Test
  void shouldReadFramesFromStandardInputAndSayWhereOneGoesWrong() {
    Invocation run = Invocation.withInput("21000000\n2100000100\n", "message", "decode");
    assertEquals(1, run.status());
    assertTrue(run.out().contains("\"start\""));
    assertEquals("pktlab: octet 8: the body must have 0 octets, not 1\n", run.err());
  }

  @Test
  void shouldEncodeWhatDecodeShows() {
    String hex = "2c00001703041100000000000000000003c0000235003570696e67";
    Invocation shown = Invocation.of("message", "decode", hex, "99000003616263");
    assertEquals(hex + "\n99000003616263\n", Invocation.withInput(shown.out(), "message", "encode").out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"type\":\"mread\",\"addr\":1}|the field length is missing",
        "{\"type\":\"start\",\"addr\":1}|a message start of this form has no field addr",
        "{\"type\":\"nclose\",\"sktid\":256}|sktid must be an integer from 0 to 255",
        "{\"type\":\"nclose\",\"sktid\":1.0}|sktid must be an integer from 0 to 255",
        "{\"type\":\"yield\",\"resumeHint\":18446744073709551616}|resumeHint must be an integer from 0 to 18446744073709551615",
        "{\"type\":\"xcert\",\"der\":\"3\"}|der must be pairs of hexadecimal digits",
        "{\"type\":\"xcert\",\"der\":\"\"}|a certificate must have at least one octet",
        "{\"type\":\"START\"}|type must be the name of a message",
        "{\"type\":\"start\",\"typeCode\":34}|type start has typeCode 33, not 34",
        "{\"type\":\"unknown\",\"typeCode\":33,\"body\":\"\"}|typeCode 33 is start, not unknown",
        "{}|the field typeCode is missing",
        "5|is no JSON object",
      })
  void shouldNotEncodeWhatIsNoMessage(String json, String why) {
    Invocation run = Invocation.withInput(json, "message", "encode");
    assertEquals(1, run.status());
    assertEquals("pktlab: message 1: " + why + "\n", run.err());
  }

  @Test
  void shouldGoOnAfterLinesThatAreNoCaseAndEndWithOne() {
    String case3 = "{\"id\":{\"a\":\"\u00e9\"},\"hex\":\"22000000\"}";
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    lines.writeBytes("{\"id\":1,\"hex\":\"21000000\"}\n\n  \r\nno json\n{\"id\":2}\n[]\n{\"id\":3,\"hex\":\"0\"}\n".getBytes(StandardCharsets.UTF_8));
    lines.writeBytes((case3 + " x\n").getBytes(StandardCharsets.UTF_8));
    lines.writeBytes((case3 + "\n").getBytes(StandardCharsets.ISO_8859_1));
    lines.writeBytes(case3.getBytes(StandardCharsets.UTF_8));
    Invocation run = Invocation.withInput(lines.toByteArray(), "message", "decode", "--batch");
    assertEquals(1, run.status());
    assertEquals("", run.err());
    assertEquals(8, run.lines().size(), run.out());
    assertEquals("{\"id\":1,\"kind\":\"canonical\",\"fields\":{\"type\":\"start\",\"typeCode\":33}}", run.lines().get(0));
    assertTrue(Vectors.parse(run.lines().get(1)).get("error").asText().startsWith("the line is not JSON"));
    assertEquals("the case lacks its input: hex must be the frame in hexadecimal", Vectors.parse(run.lines().get(2)).get("error").asText());
    assertEquals("the line is no JSON object", Vectors.parse(run.lines().get(3)).get("error").asText());
    JsonNode odd = Vectors.parse(run.lines().get(4));
    assertEquals("the last octet has one digit only", odd.get("error").asText());
    assertEquals(0, odd.get("offset").intValue());
    assertTrue(Vectors.parse(run.lines().get(5)).get("error").asText().startsWith("the line is not JSON"));
    assertEquals("the line is not UTF-8", Vectors.parse(run.lines().get(6)).get("error").asText());
    assertEquals("\u00e9", Vectors.parse(run.lines().get(7)).get("id").get("a").asText());
  }

  @Test
  void shouldEndWithZeroWhenEveryLineHadItsInput() {
    assertEquals(0, Invocation.withInput("{\"id\":3,\"hex\":\"zz\"}\n", "message", "decode", "--batch").status());
    assertEquals(1, Invocation.withInput("{\"id\":3}\n", "message", "encode", "--batch").status());
  }

  @Test
  void shouldRefuseArgumentsBesideABatchAndEmptyInput() {
    assertEquals(2, Invocation.of("message", "decode", "--batch", "21000000").status());
    assertEquals(2, Invocation.of("message", "decode").status());
    assertEquals(2, Invocation.of("message", "encode").status());
    assertEquals(2, Invocation.of("message").status());
  }

  @Test
  void shouldNotWriteControlCharactersOfAMessage() {
    Invocation run = Invocation.of("message", "decode", "20000004031b9b41");
    assertEquals(0, run.status());
    assertTrue(run.out().chars().allMatch(c -> c == '\n' || c == '\r' || c >= ' ' && c < 0x7f), run.out());
  }
}
