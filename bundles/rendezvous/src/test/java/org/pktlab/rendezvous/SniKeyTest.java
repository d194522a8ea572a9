package org.pktlab.rendezvous;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SniKeyTest {
  @Test
  void shouldTakeKeysUpToTheLongest() throws RendezvousException {
    assertEquals("a", SniKey.parse("a").text());
    assertEquals("0z".repeat(31) + "9", SniKey.parse("0z".repeat(31) + "9").toString());
  }

  @ParameterizedTest
  @CsvSource({"'',0", "Abc,0", "ab-c,2", "a.b,1", "ä,0"})
  void shouldRefuseWithThePositionWhenItIsNoKey(String text, int position) {
    assertEquals(position, assertThrows(RendezvousException.class, () -> SniKey.parse(text)).position());
    assertThrows(IllegalArgumentException.class, () -> new SniKey(text));
  }

  @Test
  void shouldRefuseKeysThatAreTooLong() {
    assertEquals(63, assertThrows(RendezvousException.class, () -> SniKey.parse("a".repeat(64))).position());
  }

  @Test
  void shouldMakeRandomKeysOf63CharactersFromTheWholeAlphabet() throws RendezvousException {
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    String all = IntStream.range(0, 50).mapToObj(i -> SniKey.random(random).text()).collect(Collectors.joining());
    assertEquals(50 * 63, all.length());
    assertTrue(all.chars().distinct().count() > 30);
    SniKey key = SniKey.random(new SecureRandom());
    assertEquals(key, SniKey.parse(key.text()));
    assertNotEquals(key, SniKey.random(new SecureRandom()));
  }
}
