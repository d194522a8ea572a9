package org.pktlab.mlet.httpget;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class HttpReplyPropertyTest {
  @Provide
  Arbitrary<byte[]> answers() {
    Arbitrary<String> parts =
        Arbitraries.oneOf(
            Arbitraries.of("HTTP/1.1 200 OK\r\n", "HTTP/1.0 301 x\n", "HTTP/1.1 100 Continue\r\n\r\n", "Content-Length: 5\r\n",
                "Content-Length: -1\r\n"),
            Arbitraries.of("Transfer-Encoding: chunked\r\n", "\r\n", "\n", "5\r\nhello\r\n", "0\r\n\r\n", "ffffffffffffffff\r\n",
                "7fffffffffffffff\r\nx", "a: b\r\n"),
            Arbitraries.strings().withCharRange((char) 0, (char) 255).ofMaxLength(20));
    Arbitrary<byte[]> built = parts.list().ofMaxSize(10).map(l -> String.join("", l).getBytes(StandardCharsets.ISO_8859_1));
    return Arbitraries.oneOf(built, built.map(HttpReplyPropertyTest::withStatus));
  }

  private static byte[] withStatus(byte[] rest) {
    return ("HTTP/1.1 200 OK\r\n" + new String(rest, StandardCharsets.ISO_8859_1)).getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String outcome(byte[] octets, int piece) {
    HttpReply reply = new HttpReply(false, 1_000, true);
    String error = "";
    try {
      for (int at = 0; at < octets.length && !reply.isDone(); at += piece) {
        reply.feed(ByteBuffer.wrap(octets, at, Math.min(piece, octets.length - at)));
      }
      reply.end();
    } catch (BadReplyException e) {
      error = e.getMessage();
    }
    assertTrue(reply.bodyOctets() <= 1_000);
    return reply.hasHead() + " " + reply.status() + " " + reply.bodyOctets() + " " + reply.bodyText() + " " + error;
  }

  @Property(tries = 3_000)
  void shouldReadAnyOctetsTheSameHoweverTheyArriveAndThrowNothingElse(@ForAll("answers") byte[] octets,
      @ForAll @IntRange(min = 1, max = 30) int piece) {
    assertEquals(outcome(octets, Integer.MAX_VALUE / 2), outcome(octets, piece));
  }

  @Property(tries = 1_000)
  void shouldNotThrowForAnyDnsAnswer(@ForAll byte[] octets, @ForAll @IntRange(min = 0, max = 40) int offset) throws IOException {
    byte[] query = Names.query("a.example", 1);
    ByteBuffer buffer = ByteBuffer.wrap(octets);
    if (Names.answers(buffer, query)) {
      Names.answer(buffer, query.length, 1);
    }
    byte[] after = java.util.Arrays.copyOf(query, query.length + octets.length);
    System.arraycopy(octets, 0, after, query.length, octets.length);
    after[6] = (byte) 0xff;
    Names.answer(ByteBuffer.wrap(after), query.length, 28);
  }

  @Property(tries = 2_000)
  void shouldTakeOrRefuseAnyUrl(@ForAll String text, @ForAll("locations") String location) {
    for (String candidate : List.of(text, "http://" + text, "http://a/" + text, "http://a:" + text)) {
      try {
        HttpUrl url = HttpUrl.parse(candidate);
        assertTrue(url.target().startsWith("/"));
        assertTrue(url.target().chars().allMatch(c -> c > 0x20 && c < 0x7f), url.target());
        url.resolve(location);
      } catch (BadUrlException e) {
        assertTrue(!e.getMessage().isEmpty());
      }
    }
  }

  @Provide
  Arbitrary<String> locations() {
    return Arbitraries.oneOf(Arbitraries.strings(), Arbitraries.of("//x", "?", "#", "../..", "http:", "http:x", "//", "mailto:a@b",
        "http://[::1]:80/%41", "%"));
  }
}
