package org.pktlab.mlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class CommandLineTest {
  private static final Declaration PING =
      Declaration.of("ping", "Asks whether somebody is there")
          .description("First paragraph of\n some words.\n\nSecond paragraph.")
          .opens("raw")
          .parameter(Parameter.text("target", "who to ask").byPlace().mandatory())
          .parameter(Parameter.text("more", "who else to ask").byPlace().repeated())
          .parameter(Parameter.integer("count", "", "how often").withLetter('c').orElse("4").between(1, 1000))
          .parameter(Parameter.duration("interval", "time between two").withLetter('i').orElse("1s").between(0.01, 60))
          .parameter(Parameter.decimal("load", "Mbit/s", "how much").between(0, Double.POSITIVE_INFINITY))
          .parameter(Parameter.text("family", "address family").among("ipv4", "ipv6").withLetter('f'))
          .parameter(Parameter.text("tag", "marks rows").repeated())
          .parameter(Parameter.flag("quiet", "says less").withLetter('q'))
          .parameter(Parameter.flag("verbose", "says more").withLetter('v'))
          .column(Column.decimal("rtt_ms", "ms", "round trip"))
          .build();

  private static Arguments parse(String... line) throws UsageException {
    return ArgumentParser.parse(PING, List.of(line));
  }

  private static String refused(String... line) {
    return assertThrows(UsageException.class, () -> parse(line)).getMessage();
  }

  @Test
  void shouldFillInDefaults() throws Exception {
    Arguments arguments = parse("here");
    assertEquals("here", arguments.text("target"));
    assertEquals(4, arguments.integer("count"));
    assertEquals(Duration.ofSeconds(1), arguments.duration("interval"));
    assertFalse(arguments.flag("quiet"));
    assertFalse(arguments.has("load"));
    assertNull(arguments.text("family"));
    assertEquals(List.of(), arguments.texts("tag"));
    assertEquals(List.of(), arguments.texts("more"));
  }

  @Test
  void shouldReadEverySpelling() throws Exception {
    Arguments arguments = parse("--count=7", "a", "-i250ms", "--load", "1.5", "-qv", "b", "-f", "IPV6", "--tag", "x", "--tag=", "--", "--c",
        "-q");
    assertEquals(7, arguments.integer("count"));
    assertEquals(Duration.ofMillis(250), arguments.duration("interval"));
    assertEquals(1.5, arguments.decimal("load"));
    assertTrue(arguments.flag("quiet"));
    assertTrue(arguments.flag("verbose"));
    assertEquals("ipv6", arguments.text("family"));
    assertEquals(List.of("x", ""), arguments.texts("tag"));
    assertEquals("a", arguments.text("target"));
    assertEquals(List.of("b", "--c", "-q"), arguments.texts("more"));
    assertEquals(9, parse("-qc", "9", "x").integer("count"));
    assertFalse(parse("--quiet", "--quiet=no", "x").flag("quiet"));
    assertEquals("-", parse("-").text("target"));
    assertEquals("-5", parse("-5").text("target"));
    assertEquals(255, parse("x", "-c", "0xff").integer("count"));
  }

  @Test
  void shouldReadTimesInEveryUnit() throws Exception {
    assertEquals(Duration.ofSeconds(2), parse("x", "-i", "2").duration("interval"));
    assertEquals(Duration.ofNanos(20_000_001), parse("x", "-i", "20000001ns").duration("interval"));
    assertEquals(Duration.ofMillis(20), parse("x", "-i", "20000us").duration("interval"));
    assertEquals(Duration.ofMillis(1500), parse("x", "-i", "1.5s").duration("interval"));
    assertEquals(Duration.ofSeconds(60), parse("x", "-i", "1m").duration("interval"));
    assertEquals(Duration.ofMillis(500), parse("x", "-i", ".5").duration("interval"));
  }

  @Test
  void shouldSayWhatWasExpected() {
    assertEquals("TARGET is missing (who to ask): a text (ping --help shows everything)", refused());
    assertEquals("--count does not take 'many': expected a whole number from 1 to 1000", refused("x", "--count", "many"));
    assertEquals("--count does not take '0': expected a whole number from 1 to 1000", refused("x", "-c0"));
    assertEquals("--interval does not take '2h': expected a time such as 250ms, 1.5s or 2m from 0.01s to 60s", refused("x", "-i", "2h"));
    assertEquals("--load does not take '-1': expected a number in Mbit/s of at least 0", refused("x", "--load", "-1"));
    assertEquals("--family does not take 'ipv7': expected one of ipv4, ipv6; did you mean ipv4?", refused("x", "-f", "ipv7"));
    assertEquals("--count needs a value: a whole number from 1 to 1000", refused("x", "--count"));
    assertEquals("--count is given twice; it can be given once", refused("x", "--count", "1", "-c", "2"));
    assertEquals("--quiet does not take 'maybe': expected true or false", refused("x", "--quiet=maybe"));
    assertEquals("--target is not an option: TARGET is given by place (ping --help shows everything)", refused("--target", "x"));
    assertEquals("--count does not take '99999999999999999999': expected a whole number from 1 to 1000",
        refused("x", "-c", "99999999999999999999"));
  }

  @Test
  void shouldGuessWhatWasMeant() {
    assertEquals("ping has no option --cuont; did you mean --count? (ping --help shows everything)", refused("x", "--cuont", "1"));
    assertEquals("ping has no option --int; did you mean --interval? (ping --help shows everything)", refused("x", "--int", "1"));
    assertEquals("ping has no option --colour (ping --help shows everything)", refused("x", "--colour", "1"));
    assertEquals("ping has no option -z (ping --help shows everything)", refused("x", "-z"));
    assertEquals("ping has no option -o; did you mean --count? (ping --help shows everything)", refused("x", "-ount"));
    assertEquals(1, Nearest.distance("cuont", "count"));
    assertEquals(3, Nearest.distance("", "abc"));
  }

  @Test
  void shouldSayThatThereAreTooManyArguments() {
    Declaration one = Declaration.of("one", "x").parameter(Parameter.text("name", "x").byPlace()).build();
    assertEquals(
        "'b' is one argument too many: one takes NAME (one --help shows everything)",
        assertThrows(UsageException.class, () -> ArgumentParser.parse(one, List.of("a", "b"))).getMessage());
    Declaration none = Declaration.of("none", "x").build();
    assertEquals(
        "'b' is one argument too many: none takes options only (none --help shows everything)",
        assertThrows(UsageException.class, () -> ArgumentParser.parse(none, List.of("b"))).getMessage());
  }

  @Test
  void shouldBlameTheMletForItsOwnMistakes() throws Exception {
    Arguments arguments = parse("x");
    assertThrows(IllegalArgumentException.class, () -> arguments.text("other"));
    assertThrows(IllegalArgumentException.class, () -> arguments.text("count"));
    assertThrows(IllegalArgumentException.class, () -> arguments.decimal("load"));
    Declaration wrong = Declaration.of("wrong", "x").parameter(Parameter.integer("n", "", "x").orElse("many")).build();
    assertThrows(IllegalArgumentException.class, () -> ArgumentParser.parse(wrong, List.of()));
  }

  @Test
  void shouldNoticeThatHelpIsWanted() {
    assertTrue(ArgumentParser.asksForHelp(PING, List.of("x", "--help")));
    assertTrue(ArgumentParser.asksForHelp(PING, List.of("-h")));
    assertFalse(ArgumentParser.asksForHelp(PING, List.of("--", "--help")));
    assertFalse(
        ArgumentParser.asksForHelp(Declaration.of("x", "x").parameter(Parameter.text("host", "x").withLetter('h')).build(), List.of("-h")));
  }

  @Test
  void shouldRenderHelp() {
    assertEquals(
        """
        ping - Asks whether somebody is there

        Usage: pktlab run ping [OPTIONS] TARGET [MORE...]

        First paragraph of some words.

        Second paragraph.

        Arguments:
          TARGET                    who to ask (required)
          MORE                      who else to ask (may be repeated)

        Options:
          -c, --count N             how often (from 1 to 1000; default 4)
          -i, --interval TIME       time between two (such as 250ms, 1.5s, 2m from 0.01s to 60s; default 1s)
              --load N[Mbit/s]      how much (in Mbit/s; of at least 0)
          -f, --family ipv4|ipv6    address family (one of ipv4, ipv6)
              --tag TEXT            marks rows (may be repeated)
          -q, --quiet               says less
          -v, --verbose             says more

        Result columns:
          rtt_ms                    round trip (decimal, ms)

        Opens at the endpoint: raw
        """,
        HelpText.of(PING, "pktlab run"));
  }

  @Test
  void shouldProposeHowTheLineMayGoOn() {
    assertEquals(List.of("--count"), Completion.candidates(PING, List.of("x"), "--c"));
    assertEquals(List.of(), Completion.candidates(PING, List.of("--count", "3"), "--c"));
    assertEquals(List.of("--tag"), Completion.candidates(PING, List.of("--tag", "a"), "--t"));
    assertEquals(List.of("ipv4", "ipv6"), Completion.candidates(PING, List.of("--family"), ""));
    assertEquals(List.of("ipv6"), Completion.candidates(PING, List.of("-f"), "ipv6"));
    assertEquals(List.of("--family=ipv4", "--family=ipv6"), Completion.candidates(PING, List.of(), "--family="));
    assertEquals(List.of("--quiet=false", "--quiet=true"), Completion.candidates(PING, List.of(), "--quiet="));
    assertEquals(List.of(), Completion.candidates(PING, List.of("--"), "--c"));
    assertEquals(List.of(), Completion.candidates(PING, List.of("--count"), "--"));
    assertTrue(Completion.candidates(PING, List.of(), "").contains("--help"));
    Declaration placed = Declaration.of("p", "x").parameter(Parameter.text("how", "x").byPlace().among("fast", "slow")).build();
    assertEquals(List.of("fast"), Completion.candidates(placed, List.of(), "f"));
    assertEquals(List.of(), Completion.candidates(placed, List.of("fast"), "s"));
  }

  @Provide
  Arbitrary<List<String>> lines() {
    Arbitrary<String> words =
        Arbitraries.oneOf(
            Arbitraries.of("--count", "-c", "-i", "--interval=5ms", "--", "-", "--family", "ipv4", "-qv", "--tag", "x", "12", "--load",
                "-1e9", "--=", "-="),
            Arbitraries.strings().ofMaxLength(12));
    return words.list().ofMaxSize(8);
  }

  @Property(tries = 2_000)
  void shouldReadOrRefuseAnyLine(@ForAll("lines") List<String> line) {
    try {
      Arguments arguments = ArgumentParser.parse(PING, line);
      long count = arguments.integer("count");
      assertTrue(count >= 1 && count <= 1000);
      assertNotNull(arguments.text("target"));
    } catch (UsageException e) {
      assertFalse(e.getMessage().isBlank());
    }
  }

  @Property(tries = 1_000)
  void shouldProposeForAnyLine(@ForAll("lines") List<String> line, @ForAll String word) {
    for (String candidate : Completion.candidates(PING, line, word)) {
      assertTrue(candidate.startsWith(word));
    }
  }

  @Property(tries = 500)
  void shouldGiveBackAnyTextGivenWithEquals(@ForAll String text) throws UsageException {
    assertEquals(text, parse("x", "--tag=" + text).text("tag"));
    assertEquals(text, parse("x", "--tag", text).text("tag"));
    assertEquals(text, parse("--", text).text("target"));
  }
}
