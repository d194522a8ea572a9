package org.pktlab.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The frame of all batches. */
class JsonLinesTest {
  private static ObjectNode echo(ObjectNode one) throws CaseException {
    if (one.has("trip")) {
      throw new IllegalStateException("tripped");
    }
    return JsonLines.MAPPER.createObjectNode().put("fields", one.size());
  }

  @Test
  void shouldFlushEachAnswerBeforeTheNextLineIsRead() throws CommandFailure {
    ByteArrayOutputStream seen = new ByteArrayOutputStream();
    InputStream in =
        new InputStream() {
          private int lines;

          @Override
          public int read() {
            throw new UnsupportedOperationException();
          }

          @Override
          public int read(byte[] target, int offset, int length) {
            assertEquals(lines, seen.toString(StandardCharsets.UTF_8).lines().count());
            if (lines == 3) {
              return -1;
            }
            byte[] line = ("{\"id\":" + lines++ + "}\n").getBytes(StandardCharsets.UTF_8);
            System.arraycopy(line, 0, target, offset, line.length);
            return line.length;
          }

          @Override
          public int available() {
            return 0;
          }
        };
    assertEquals(0, new JsonLines(in, new BufferedOutputStream(seen), 100).run(JsonLinesTest::echo));
    assertEquals(3, seen.toString(StandardCharsets.UTF_8).lines().count());
  }

  @Test
  void shouldPassOverALineThatIsTooLong() throws CommandFailure {
    String input = "{\"id\":1}\n" + "x".repeat(1_000_000) + "\n{\"id\":2}\n";
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int status = new JsonLines(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), out, 20).run(JsonLinesTest::echo);
    assertEquals(1, status);
    assertEquals(
        List.of(
            "{\"id\":1,\"fields\":1}",
            "{\"id\":null,\"error\":\"the line is longer than 20 octets\",\"line\":2}",
            "{\"id\":2,\"fields\":1}"),
        out.toString(StandardCharsets.UTF_8).lines().toList());
  }

  @Test
  void shouldGoOnAfterACaseThatTripsTheProgram() throws CommandFailure {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] input = "{\"id\":1,\"trip\":1}\n{\"id\":2}".getBytes(StandardCharsets.UTF_8);
    assertEquals(1, new JsonLines(new ByteArrayInputStream(input), out, 100).run(JsonLinesTest::echo));
    assertEquals(2, out.toString(StandardCharsets.UTF_8).lines().count());
    assertTrue(out.toString(StandardCharsets.UTF_8).endsWith("{\"id\":2,\"fields\":1}\n"));
  }

  @Test
  void shouldRefuseDeepNestingAsNoJson() throws CommandFailure {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] input = ("{\"id\":" + "[".repeat(5000)).getBytes(StandardCharsets.UTF_8);
    assertEquals(1, new JsonLines(new ByteArrayInputStream(input), out, 10_000).run(JsonLinesTest::echo));
    assertTrue(out.toString(StandardCharsets.UTF_8).contains("the line is not JSON"));
  }

  @Test
  void shouldEndInOneLineWhenNobodyReadsTheAnswers() {
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int octet) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    JsonLines lines = new JsonLines(new ByteArrayInputStream("{}\n".getBytes(StandardCharsets.UTF_8)), closed, 100);
    CommandFailure failure = assertThrows(CommandFailure.class, () -> lines.run(JsonLinesTest::echo));
    assertEquals("the batch ends early: Broken pipe", failure.getMessage());
  }
}
