package org.pktlab.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where exactly a frame is found wrong. */
class RefusalTest {
  private static final String NO_CHANNELS_NO_KEY = "00" + "00".repeat(32);

  @ParameterizedTest
  @CsvSource({
    "'', 0, the frame ends inside its header",
    "400000, 3, the frame ends inside its header",
    "4000000100, 5, 'the body must have 0, 2, 4 or 6 octets, not 1'",
    "400000020012, 6, 'the body must have at least 6 octets, not 2'",
    "4000000400120001, 8, 'the body must have at least 6 octets, not 4'",
    "400000020013, 6, 'the body must have at least 4 octets, not 2'",
    "40000001, 1, 'the header announces a body of 1 octets, there are 0'",
    "4000000000, 1, 'the header announces a body of 0 octets, there are 1'",
    "2100000100, 4, 'the body must have 0 octets, not 1'",
    "200000020568, 4, the hint is longer than the body",
    "28000006100000000000, 8, nothing to read: the length is 0",
    "28000006ffffffff0001, 4, the range reaches beyond the end of the memory",
    "29000005ffffffff00, 4, the range reaches beyond the end of the memory",
    "2a00000b01050000001000c0000201, 5, the family must be 4 or 6",
    "2a00000b01040100001000c0000201, 6, 'the protocol must be 0, 6 or 17'",
    "2a00000e01040600001000c0000201000000, 17, 'the body of a TCP nopen must have 13 or 19 octets, not 14'",
    "2a00001401040600001000c00002010000c0000201000000, 23, 'the body of a TCP nopen must have 13 or 19 octets, not 20'",
    "2c00000e0104110000000000000000000001, 18, 'the body must have at least 19 octets, not 14'",
    "2c00001301051100000000000000000000010203040035, 5, the family must be 4 or 6",
    "2e00000b0104060000000000000000, 15, 'the body must have at least 12 octets, not 11'",
    "2e00000c010411000000000000000001, 6, only TCP has control commands",
    "6000000c000000000000000000000000, 15, 'the body must have 11 or 13 octets, not 12'",
    "6100000d01040600000000000000000001, 16, 'the body must have 12, 17 or 29 octets, not 13'",
    "6100000c010406000000000000000000, 15, an established TCP connection is reported with the peer's address",
    "6500000e0000000100000001000000016162, 4, 'the three lengths make 15 octets, the body has 14'",
    "6500000cffffffffffffffffffffffff, 4, 'the three lengths make 12884901897 octets, the body has 12'",
    "7000000402616201, 7, the text is not a sequence of name=value; items",
    "700000020261, 6, 'the body must have at least 3 octets, not 2'",
    "8000000441626332, 4, a key consists of 0-9 and a-z",
    "80000000, 4, 'a key has 1 to 63 octets, not 0'"
  })
  void shouldTellTheOctetAndTheReason(String hex, int offset, String reason) {
    refuse(hex, offset, reason);
  }

  @Test
  void shouldRefuseAnAttributeThatOccursTwiceOnlyInSubscriptions() throws ProtocolException {
    String text = "a=1;bc=2;b=;bc=3;";
    refuse(frame(0x38, NO_CHANNELS_NO_KEY + hex(text)), 4 + 33 + 12, "an attribute occurs twice");
    String publication = frame(0x31, NO_CHANNELS_NO_KEY + hex(text));
    assertEquals(text, ((Xpub) decode(publication)).text());
  }

  @ParameterizedTest
  @CsvSource({"=;, 0", "a, 1", "a=, 2", "a=b, 3", "a=b;;, 4", "a b=c;, 1", "a=é;, 2", "a=1;b=*;, 6", "a=1;b=?;, 6", "a=1;b=%;, 6"})
  void shouldPointAtTheOctetOfTheTextThatDoesNotBelong(String text, int at) {
    refuse(frame(0x38, NO_CHANNELS_NO_KEY + hex(text)), 4 + 33 + at, "the text is not a sequence of name=value; items");
  }

  @Test
  void shouldRefuseChannelsWithoutEnd() {
    refuse(frame(0x31, "01aa".repeat(20)), 44, "the list of channels has no end");
    refuse(frame(0x31, "21" + "aa".repeat(60)), 4, "a channel has 1 to 32 octets, not 33");
    refuse(frame(0x31, "01aa00" + "11".repeat(31)), 38, "the body ends inside the operator's key");
  }

  @Test
  void shouldJudgeTheLongestTextsInReasonableTime() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; text.length() < 2_000_000; i++) {
      text.append("abcdefghijklmnopqrstuvwxyz").append(Integer.toHexString(i * 0x9E3779B1)).append("=;");
    }
    text.append(text, 0, text.indexOf(";") + 1);
    byte[] octets = HexFormat.of().parseHex(frame(0x38, NO_CHANNELS_NO_KEY + hex(text.toString())));
    assertTimeout(
        Duration.ofSeconds(20),
        () -> assertThrows(ProtocolException.class, () -> MessageCodec.decode(ByteBuffer.wrap(octets), 0, octets.length)));
  }

  @Test
  void shouldTreatAFalseRangeAsTheCallersMistake() {
    ByteBuffer b = ByteBuffer.allocate(8);
    assertThrows(IndexOutOfBoundsException.class, () -> MessageCodec.decode(b, 5, 4));
    assertThrows(IndexOutOfBoundsException.class, () -> MessageCodec.decode(b, -1, 4));
    assertThrows(IndexOutOfBoundsException.class, () -> MessageCodec.decode(b, 0, -1));
    assertThrows(IndexOutOfBoundsException.class, () -> new NsendFlyweight().wrap(b, 5, 4));
  }

  private static void refuse(String hex, int offset, String reason) {
    ProtocolException e = assertThrows(ProtocolException.class, () -> decode(hex));
    assertEquals(reason, e.reason());
    assertEquals(offset, e.offset());
    assertEquals(reason + " (octet " + offset + " of the frame)", e.getMessage());
  }

  private static Message decode(String hex) throws ProtocolException {
    byte[] octets = HexFormat.of().parseHex(hex);
    return MessageCodec.decode(ByteBuffer.wrap(octets), 0, octets.length);
  }

  private static String frame(int type, String body) {
    return String.format("%02x%06x%s", type, body.length() / 2, body);
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.ISO_8859_1));
  }
}
