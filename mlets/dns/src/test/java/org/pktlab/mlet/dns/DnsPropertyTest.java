package org.pktlab.mlet.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class DnsPropertyTest {
  private static void parses(byte[] octets) {
    try {
      DnsMessage message = DnsMessage.parse(octets);
      assertTrue(message.records().size() * 11 <= octets.length);
      message.records().forEach(r -> assertTrue(r.name().length() <= 1_024 && r.name().endsWith(".")));
    } catch (MalformedDnsException e) {
      assertTrue(e.getMessage().startsWith("malformed answer: "));
    }
  }

  @Property(tries = 3_000)
  void shouldParseOrRefuseAnyOctets(@ForAll byte[] octets) {
    parses(octets);
    DnsClient.answers(octets, DnsMessage.query(1, "a.example", 1, true, 1232, true));
  }

  /** A response with records of known types, then cut and changed at places. */
  @Property(tries = 5_000)
  void shouldParseOrRefuseAnyDamagedResponse(@ForAll long seed, @ForAll @IntRange(min = 0, max = 6) int changes) {
    Random random = new Random(seed);
    byte[] query = DnsMessage.query(random.nextInt(65_536), "www.a.example", 1, true, 0, false);
    StringBuilder records = new StringBuilder();
    int[] types = {1, 2, 5, 6, 12, 15, 16, 28, 33, 39, 41, 257, 99};
    int count = random.nextInt(5);
    for (int i = 0; i < count; i++) {
      byte[] data = new byte[random.nextInt(30)];
      random.nextBytes(data);
      records.append(String.format("c00c%04x000100000001%04x", types[random.nextInt(types.length)], data.length));
      records.append(java.util.HexFormat.of().formatHex(data));
    }
    byte[] octets = DnsTest.response(query, 0x8180, count, 0, 0, records.toString());
    for (int i = 0; i < changes; i++) {
      octets[random.nextInt(octets.length)] = (byte) random.nextInt(256);
    }
    parses(random.nextBoolean() ? octets : Arrays.copyOf(octets, random.nextInt(octets.length + 1)));
    DnsClient.answers(octets, query);
  }

  @Provide
  Arbitrary<String> names() {
    Arbitrary<String> label = Arbitraries.strings().withCharRange('a', 'z').ofMinLength(1).ofMaxLength(20);
    return label.list().ofMinSize(1).ofMaxSize(6).map(l -> String.join(".", l) + ".");
  }

  @Property(tries = 500)
  void shouldReadTheQuestionItWrites(@ForAll("names") String name, @ForAll @IntRange(min = 0, max = 65_535) int type)
      throws MalformedDnsException {
    DnsMessage message = DnsMessage.parse(DnsMessage.query(5, name, type, true, 512, false));
    assertEquals(name, message.question());
    assertEquals(type, message.questionType());
    assertEquals(type, DnsType.number(DnsType.name(type)));
  }

  @Property(tries = 1_000)
  void shouldTakeOrRefuseAnyName(@ForAll String name) {
    try {
      assertTrue(DnsMessage.wireName(name).length <= 255);
    } catch (IllegalArgumentException e) {
      assertTrue(e.getMessage().contains("domain name"));
    }
  }
}
