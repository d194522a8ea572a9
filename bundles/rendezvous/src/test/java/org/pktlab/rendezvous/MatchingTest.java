package org.pktlab.rendezvous;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MatchingTest {
  @ParameterizedTest(name = "[{index}] {0} with {1}: {2}")
  @CsvSource(
      delimiter = '|',
      value = {
        "''|''|true",
        "''|a=1;b=2;|true",
        "a=1;|''|true",
        "a=1;|a=2;|false",
        "a=1;a=2;|a=2;|true",
        "b=1;|a=2;|true",
        "a=*;|a=;|true",
        "a=;|a=1;|false",
        "a=;|a=;|true",
        "a=h?st*;|a=host1;|true",
        "a=h?st*;|a=hst1;|false",
        "a=HOST;|a=host;|false",
        "a=a*b*c;|a=aXXbYYc;|true",
        "a=?;|a=;|false",
        "a=1;b=2;|a=1;b=3;|false",
        "a=[ab];|a=a;|false",
        "a=[ab];|a=[ab];|true",
        "A=1;|a=2;|true",
        "a=1|a=1;|false",
        "a=1;|a=*;|false",
        "a=1;|a=1;a=2;|false",
        "''|a=1|false",
        "a=1|''|false",
        "endpoint_location=IO91*;|endpoint_location=IO91wm;|true",
        "hostid=*;endpoint_country=USA;endpoint_country=GBR;|hostid=x;endpoint_country=GBR;endpoint_location=IO91wm;|true"
      })
  void shouldMatchAsTheSpecificationSays(String descriptor, String attributes, boolean match) {
    assertEquals(match, Matching.matches(descriptor, attributes));
  }

  @Test
  void shouldTakeLinearTimeWhenAPatternHasManyStars() {
    String pattern = "*a".repeat(500) + "b";
    String value = "a".repeat(4_000);
    Glob glob = new Glob();
    assertFalse(glob.matches(pattern, value));
    assertTrue(glob.steps() <= 3L * value.length() + pattern.length(), "steps: " + glob.steps());
  }

  @Test
  void shouldStayWithinTheProductOfLengthsWhenThePatternIsTheWorstOne() {
    // Every try of the last star fails only at its end.
    String pattern = "*" + "a".repeat(2_000) + "b";
    String value = "a".repeat(4_000);
    Glob glob = new Glob();
    assertFalse(glob.matches(pattern, value));
    assertTrue(glob.steps() <= (long) (pattern.length() + 1) * (value.length() + 1), "steps: " + glob.steps());
  }

  @Test
  void shouldSpendNoMoreOnManyPairsThanOnFew() throws RendezvousException {
    Descriptor many = Descriptor.parse("a=*x;".repeat(3_000));
    EndpointAttributes attributes = EndpointAttributes.parse("a=" + "y".repeat(3_000) + ";");
    Glob glob = new Glob();
    assertFalse(Matching.matches(many, attributes, glob));
    assertTrue(glob.steps() <= (long) many.format().length() * attributes.format().length(), "steps: " + glob.steps());
  }

  @Property(tries = 2_000)
  void shouldAgreeWithTheDefinition(@ForAll("patterns") String pattern, @ForAll("words") String value) {
    Glob glob = new Glob();
    assertEquals(byDefinition(pattern, value), glob.matches(pattern, value));
    assertTrue(glob.steps() <= (long) (pattern.length() + 2) * (value.length() + 2));
  }

  /** The textbook table: row i, column j say whether the first i of the pattern match the first j of the value. */
  private static boolean byDefinition(String pattern, String value) {
    boolean[][] table = new boolean[pattern.length() + 1][value.length() + 1];
    table[0][0] = true;
    for (int i = 1; i <= pattern.length(); i++) {
      char p = pattern.charAt(i - 1);
      table[i][0] = p == '*' && table[i - 1][0];
      for (int j = 1; j <= value.length(); j++) {
        table[i][j] = p == '*' ? table[i - 1][j] || table[i][j - 1] : table[i - 1][j - 1] && (p == '?' || p == value.charAt(j - 1));
      }
    }
    return table[pattern.length()][value.length()];
  }

  @Provide
  Arbitrary<String> patterns() {
    return Arbitraries.strings().withChars("ab*?").ofMaxLength(12);
  }

  @Provide
  Arbitrary<String> words() {
    return Arbitraries.strings().withChars("ab").ofMaxLength(16);
  }
}
