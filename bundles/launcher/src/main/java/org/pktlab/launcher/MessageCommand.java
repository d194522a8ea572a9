package org.pktlab.launcher;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.pktlab.protocol.Frame;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pktlab message}: frames of the protocol as JSON and back (packetlab-protocol sections 4 and 15). */
@Command(
    name = "message",
    mixinStandardHelpOptions = true,
    description = "Shows protocol messages as JSON, and makes messages of JSON.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {MessageCommand.Decode.class, MessageCommand.Encode.class},
    footer = {"", "Exit status: 0 done, 1 a message is not well formed, 2 wrong command line."})
final class MessageCommand implements Callable<Integer> {
  /** Octets of the longest line of a batch: the longest frame in hexadecimal, and room for the rest of the case. */
  static final int LONGEST_LINE = 2 * (Frame.HEADER_LENGTH + Frame.MAX_BODY) + 65_536;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "decode or encode is missing");
  }

  /** Reads all of standard input, within bounds. */
  private static String standardInput() throws CommandFailure {
    try {
      byte[] octets = System.in.readNBytes(LONGEST_LINE + 1);
      if (octets.length > LONGEST_LINE) {
        throw new CommandFailure("standard input is longer than " + LONGEST_LINE + " octets");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString();
    } catch (IOException e) {
      throw new CommandFailure("standard input cannot be read as UTF-8 text: " + e.getMessage());
    }
  }

  private static void checkBatch(CommandSpec spec, boolean batch, List<String> words) {
    if (batch && !words.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "--batch reads standard input and takes no arguments");
    }
  }

  /** {@code pktlab message decode}. */
  @Command(
      name = "decode",
      mixinStandardHelpOptions = true,
      description = "Shows messages as JSON.",
      footer = {
        "",
        "Frames may follow one another; blanks, line ends and colons between digits are",
        "passed over. 'words' says what numbers mean.",
        "",
        "With --batch, each line of standard input is a case {\"id\":..,\"hex\":\"..\"}, and",
        "each line of the output its answer,",
        "  {\"id\":..,\"kind\":..,\"fields\":{..}}  or  {\"id\":..,\"error\":\"..\",\"offset\":N}",
        "kind is canonical, noncanonical (fields has the canonical form as canonicalHex)",
        "or unknown (with typeCode and body in the place of fields). offset counts octets",
        "from the frame's first one.",
        "",
        "Examples:",
        "  pktlab message decode 28000006 10010000 0008",
        "  pktlab message decode < frames.hex",
        "  pktlab message decode --batch < cases.jsonl",
        "",
        "Exit status: 0 done; 1 a frame is not well formed, or in a batch a line is no",
        "JSON or lacks hex; 2 wrong command line."
      })
  static final class Decode implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "HEX", arity = "0..*", description = "Frames in hexadecimal; standard input if there is none.")
    private List<String> words = new ArrayList<>();

    @Option(names = "--batch", description = "Reads cases from standard input, one JSON object a line.")
    private boolean batch;

    @Override
    public Integer call() throws CommandFailure {
      checkBatch(spec, batch, words);
      if (batch) {
        return new JsonLines(System.in, System.out, LONGEST_LINE).run(FrameCases::decode);
      }
      PrintWriter out = spec.commandLine().getOut();
      int offset = 0;
      try {
        byte[] octets = FrameCases.octets(words.isEmpty() ? standardInput() : String.join(" ", words));
        if (octets.length == 0) {
          throw CommandFailure.usage("there is no frame to decode: give it in hexadecimal, as arguments or on standard input");
        }
        while (offset < octets.length) {
          int length = frameLength(octets, offset);
          ObjectNode answer = FrameCases.describe(octets, offset, length);
          ObjectNode words = MessageWords.of((ObjectNode) answer.get("fields"));
          if (!words.isEmpty()) {
            answer.set("words", words);
          }
          out.println(JsonLines.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(answer));
          offset += length;
        }
        out.flush();
        return 0;
      } catch (CaseException e) {
        out.flush();
        throw new CommandFailure("octet " + (offset + Math.max(0, e.offset())) + ": " + e.getMessage());
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("a tree can be written", e);
      }
    }

    /** The length of the frame at the offset by its header, cut to what is there: the decoder says what is missing. */
    private static int frameLength(byte[] octets, int offset) {
      int rest = octets.length - offset;
      if (rest < Frame.HEADER_LENGTH) {
        return rest;
      }
      return Math.min(rest, Frame.HEADER_LENGTH + Frame.bodyLength(ByteBuffer.wrap(octets), offset));
    }
  }

  /** {@code pktlab message encode}. */
  @Command(
      name = "encode",
      mixinStandardHelpOptions = true,
      description = "Makes messages of JSON and shows them in hexadecimal, one frame a line.",
      footer = {
        "",
        "Fields are those that decode shows; all of a message are needed, typeCode is",
        "not. A whole answer of decode does as well. A message of no assigned type is",
        "  {\"type\":\"unknown\",\"typeCode\":N,\"body\":\"HEX\"}",
        "",
        "With --batch, each line of standard input is a case {\"id\":..,\"fields\":{..}},",
        "and each line of the output its answer,",
        "  {\"id\":..,\"hex\":\"..\"}  or  {\"id\":..,\"error\":\"..\"}",
        "",
        "Examples:",
        "  pktlab message encode '{\"type\":\"mread\",\"addr\":268500992,\"length\":8}'",
        "  pktlab message decode 21000000 | pktlab message encode",
        "  pktlab message encode --batch < cases.jsonl",
        "",
        "Exit status: 0 done; 1 the JSON makes no message, or in a batch a line is no",
        "JSON or lacks fields; 2 wrong command line."
      })
  static final class Encode implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "JSON", arity = "0..*", description = "Messages as JSON objects; standard input if there is none.")
    private List<String> words = new ArrayList<>();

    @Option(names = "--batch", description = "Reads cases from standard input, one JSON object a line.")
    private boolean batch;

    @Override
    public Integer call() throws CommandFailure {
      checkBatch(spec, batch, words);
      if (batch) {
        return new JsonLines(System.in, System.out, LONGEST_LINE).run(FrameCases::encode);
      }
      PrintWriter out = spec.commandLine().getOut();
      String text = words.isEmpty() ? standardInput() : String.join(" ", words);
      int number = 0;
      try (MappingIterator<JsonNode> nodes = JsonLines.SEVERAL.readValues(text)) {
        while (nodes.hasNextValue()) {
          number++;
          if (!(nodes.nextValue() instanceof ObjectNode one)) {
            throw CaseException.malformed("is no JSON object");
          }
          out.println(FrameCases.hex(FieldsReader.message(fields(one))));
        }
        out.flush();
      } catch (CaseException e) {
        out.flush();
        throw new CommandFailure("message " + number + ": " + e.getMessage());
      } catch (JsonProcessingException e) {
        out.flush();
        throw new CommandFailure("message " + (number + 1) + " is not JSON: " + e.getOriginalMessage());
      } catch (IOException e) {
        throw new IllegalStateException("text is read without a device", e);
      }
      if (number == 0) {
        throw CommandFailure.usage("there is no message to encode: give it as JSON, as arguments or on standard input");
      }
      return 0;
    }

    /** The fields themselves, or those of an answer of decode. */
    private static ObjectNode fields(ObjectNode one) {
      if (one.path("kind").asText().equals("unknown")) {
        one.remove(List.of("kind", "fields", "words", "id"));
        return one.put("type", "unknown");
      }
      return one.get("fields") instanceof ObjectNode fields ? fields : one;
    }
  }
}
