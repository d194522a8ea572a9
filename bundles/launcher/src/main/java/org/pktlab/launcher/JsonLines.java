package org.pktlab.launcher;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Answers a batch: one JSON object a line in, one a line out, UTF-8, each answer flushed. Blank lines count for nothing. A line that is no JSON or too long,
 * and a case that lacks its input, get an answer too, and the batch goes on; but it ends with status 1.
 */
final class JsonLines {
  /** Reads JSON with nothing behind it and strings up to the longest line there is; writes only ASCII, so that no terminal is steered by what is shown. */
  static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(StreamReadConstraints.builder().maxStringLength(MessageCommand.LONGEST_LINE).maxNestingDepth(50).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .build();

  /** Reads JSON values that follow one another. */
  static final ObjectReader SEVERAL = MAPPER.readerFor(JsonNode.class).without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** Answers one case. */
  @FunctionalInterface
  interface Judge {
    /**
     * Returns the answer without its {@code id}.
     *
     * @throws CaseException if there is none
     */
    ObjectNode answer(ObjectNode one) throws CaseException;
  }

  private final InputStream in;
  private final OutputStream out;
  private final int longest;

  /**
   * Prepares a batch; neither stream is closed.
   *
   * @param longest octets of the longest line that is read
   */
  JsonLines(InputStream in, OutputStream out, int longest) {
    this.in = new BufferedInputStream(in, 1 << 16);
    this.out = out;
    this.longest = longest;
  }

  /** Answers all lines and returns the exit status. */
  int run(Judge judge) throws CommandFailure {
    int status = 0;
    try {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (long number = 1; ; number++) {
        line.reset();
        long length = readLine(line);
        if (length < 0) {
          return status;
        }
        if (length > longest) {
          write(failure(number, "the line is longer than " + longest + " octets"));
          line = new ByteArrayOutputStream();
          status = CommandFailure.FAILED;
        } else {
          status = Math.max(status, answer(line.toByteArray(), number, judge));
        }
      }
    } catch (IOException e) {
      throw new CommandFailure("the batch ends early: " + e.getMessage());
    }
  }

  private int answer(byte[] octets, long number, Judge judge) throws IOException {
    JsonNode read;
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString();
      if (text.isBlank()) {
        return 0;
      }
      read = MAPPER.readTree(text);
    } catch (CharacterCodingException e) {
      write(failure(number, "the line is not UTF-8"));
      return CommandFailure.FAILED;
    } catch (JsonProcessingException e) {
      write(failure(number, "the line is not JSON: " + e.getOriginalMessage()));
      return CommandFailure.FAILED;
    }
    if (!(read instanceof ObjectNode one)) {
      write(failure(number, "the line is no JSON object"));
      return CommandFailure.FAILED;
    }
    ObjectNode answer = MAPPER.createObjectNode();
    answer.set("id", one.get("id"));
    int status = 0;
    try {
      answer.setAll(judge.answer(one));
    } catch (CaseException e) {
      answer.put("error", e.getMessage());
      if (e.offset() >= 0) {
        answer.put("offset", e.offset());
      }
      status = e.lacksInput() ? CommandFailure.FAILED : 0;
    } catch (RuntimeException e) {
      // A case that trips this program must not take the rest of the batch with it.
      answer.put("error", "internal error: " + e);
      status = CommandFailure.FAILED;
    }
    write(answer);
    return status;
  }

  private static ObjectNode failure(long number, String sentence) {
    return MAPPER.createObjectNode().putNull("id").put("error", sentence).put("line", number);
  }

  private void write(ObjectNode answer) throws IOException {
    byte[] text = MAPPER.writeValueAsBytes(answer);
    out.write(text);
    out.write('\n');
    out.flush();
  }

  /** Reads a line without its end; returns its length, of which what exceeds the limit is not kept, or -1 at the end of the input. */
  private long readLine(ByteArrayOutputStream line) throws IOException {
    long length = 0;
    while (true) {
      int octet = in.read();
      if (octet < 0) {
        return length == 0 ? -1 : length;
      }
      if (octet == '\n') {
        return length;
      }
      if (++length <= longest) {
        line.write(octet);
      }
    }
  }
}
