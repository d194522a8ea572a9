package org.pktlab.launcher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.pktlab.protocol.Message;
import org.pktlab.protocol.MessageCodec;
import org.pktlab.protocol.Nstat;
import org.pktlab.protocol.ProtocolException;
import org.pktlab.protocol.StatCode;
import org.pktlab.protocol.Unknown;

/** Frames to JSON and back: the cases of {@code pktlab message}. */
final class FrameCases {
  private FrameCases() {}

  /** Answers {@code {"hex"}} with {@code {"kind","fields"}}. */
  static ObjectNode decode(ObjectNode one) throws CaseException {
    JsonNode hex = one.get("hex");
    if (hex == null || !hex.isTextual()) {
      throw CaseException.lacking("the case lacks its input: hex must be the frame in hexadecimal");
    }
    byte[] frame = octets(hex.asText());
    return describe(frame, 0, frame.length);
  }

  /** Answers {@code {"fields"}} with {@code {"hex"}}. */
  static ObjectNode encode(ObjectNode one) throws CaseException {
    if (!(one.get("fields") instanceof ObjectNode fields)) {
      throw CaseException.lacking("the case lacks its input: fields must be an object");
    }
    return JsonLines.MAPPER.createObjectNode().put("hex", hex(FieldsReader.message(fields)));
  }

  /** Returns the octets of a message in hexadecimal. */
  static String hex(Message message) {
    return HexFormat.of().formatHex(MessageCodec.encode(message).array());
  }

  /**
   * Says what one whole frame holds.
   *
   * @throws CaseException if it is not well formed; its offset counts from the frame's first octet
   */
  static ObjectNode describe(byte[] octets, int offset, int length) throws CaseException {
    Message message;
    try {
      message = MessageCodec.decode(ByteBuffer.wrap(octets), offset, length);
    } catch (ProtocolException e) {
      throw CaseException.malformed(e.reason(), e.offset());
    }
    ObjectNode answer = JsonLines.MAPPER.createObjectNode();
    if (message instanceof Unknown unknown) {
      answer.put("kind", "unknown").putObject("fields");
      return answer.put("typeCode", unknown.type()).put("body", HexFormat.of().formatHex(unknown.body()));
    }
    ByteBuffer canonical = MessageCodec.encode(message);
    boolean same = canonical.equals(ByteBuffer.wrap(octets, offset, length));
    ObjectNode fields = MessageFields.of(message);
    if (!same) {
      fields.put("canonicalHex", HexFormat.of().formatHex(canonical.array()));
    }
    // A connection that is up without saying with whom: no program writes that, though it encodes to the same octets.
    boolean nameless = message instanceof Nstat state && state.code() == StatCode.ESTABLISHED && state.raddr() == null;
    answer.put("kind", same && !nameless ? "canonical" : "noncanonical").set("fields", fields);
    return answer;
  }

  /**
   * Reads hexadecimal digits of either case; blanks, line ends, colons and a leading {@code 0x} of a word are passed over.
   *
   * @throws CaseException with the octet where it goes wrong
   */
  static byte[] octets(String text) throws CaseException {
    ByteArrayOutputStream out = new ByteArrayOutputStream(text.length() / 2 + 1);
    int high = -1;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ':') {
        continue;
      }
      boolean wordStart = i == 0 || Character.isWhitespace(text.charAt(i - 1));
      if (c == '0' && high < 0 && wordStart && i + 1 < text.length() && (text.charAt(i + 1) == 'x' || text.charAt(i + 1) == 'X')) {
        i++;
        continue;
      }
      int digit = c < 0x80 ? Character.digit(c, 16) : -1;
      if (digit < 0) {
        throw CaseException.malformed("not a hexadecimal digit at character " + i, out.size());
      }
      if (high < 0) {
        high = digit;
      } else {
        out.write(high << 4 | digit);
        high = -1;
      }
    }
    if (high >= 0) {
      throw CaseException.malformed("the last octet has one digit only", out.size());
    }
    return out.toByteArray();
  }
}
