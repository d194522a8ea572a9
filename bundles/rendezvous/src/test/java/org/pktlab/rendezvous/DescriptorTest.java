package org.pktlab.rendezvous;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DescriptorTest {
  private static final String REAL =
      "hostid=host*;endpoint_location=BK29AM;endpoint_location=IO91*;endpoint_country=GBR;endpoint_country=USA;exp_priority=7;"
          + "pub_end=1795183439567117635;controller_addr=127.0.0.1:21770;sni_key=two;";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {"a=1|3", ";|0", "=1;|0", "a;|1", "a=b=c;|3", "a b=1;|1", "a=x@y;|3", "a=x+y;|3", "a|1", "a=1;b|5", "a=1;;|4", "a=ä;|2"})
  void shouldRefuseWithThePositionWhenMalformed(String text, int position) {
    assertEquals(position, assertThrows(RendezvousException.class, () -> Descriptor.parse(text)).position());
    assertThrows(RendezvousException.class, () -> EndpointAttributes.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a=;", "-_=1;", "a=(x),[::1]:5/6_-.;", "A9= \t;"})
  void shouldGiveBackTheTextWhenWellFormed(String text) throws RendezvousException {
    assertEquals(text, Descriptor.parse(text).format());
    assertEquals(text, EndpointAttributes.parse(text).format());
    byte[] octets = text.getBytes(StandardCharsets.US_ASCII);
    assertArrayEquals(octets, Descriptor.parse(octets).octets());
    assertArrayEquals(octets, EndpointAttributes.parse(octets).octets());
  }

  @Test
  void shouldAllowRepeatedNamesAndPatternsInDescriptorsOnly() throws RendezvousException {
    assertEquals(List.of("1", "2"), Descriptor.parse("a=1;a=2;").values("a"));
    assertEquals(List.of("*?"), Descriptor.parse("a=*?;").values("a"));
    assertEquals(4, assertThrows(RendezvousException.class, () -> EndpointAttributes.parse("a=1;a=2;")).position());
    assertEquals(2, assertThrows(RendezvousException.class, () -> EndpointAttributes.parse("a=*;")).position());
  }

  @Test
  void shouldKeepFilesOctetsOutOfMessages() {
    String message = assertThrows(RendezvousException.class, () -> Descriptor.parse("a=\u001b[2J;")).getMessage();
    assertEquals("'\\x1b' is not allowed in a value (at octet 2)", message);
  }

  @Test
  void shouldReadEverythingOfARealDescriptor() throws RendezvousException {
    Descriptor descriptor = Descriptor.parse(REAL);
    assertEquals(REAL, descriptor.format());
    assertEquals(new Address("127.0.0.1", 21770), descriptor.controllerAddress());
    assertEquals(Optional.of(new SniKey("two")), descriptor.sniKey());
    assertEquals(OptionalLong.of(1795183439567117635L), descriptor.pubEndNs());
    assertEquals(7, descriptor.priority());
    assertEquals(OptionalLong.of(7), descriptor.writtenPriority());
    assertEquals(List.of("GBR", "USA"), descriptor.values(Descriptor.ENDPOINT_COUNTRY));
    assertEquals(List.of(), descriptor.values("nothing"));
    assertEquals(9, descriptor.pairs().size());
    assertTrue(descriptor.isDeliverable());
    assertEquals(descriptor, Descriptor.parse(REAL));
    assertEquals(descriptor.hashCode(), Descriptor.parse(REAL).hashCode());
    assertNotEquals(descriptor, Descriptor.EMPTY);
  }

  @Test
  void shouldDefaultTheControllersPortAndUseTheLastOfSeveral() throws RendezvousException {
    assertEquals(new Address("b", 20556), Descriptor.parse("controller_addr=a:1;controller_addr=b;").controllerAddress());
    assertEquals(new Address("::1", 5), Descriptor.parse("controller_addr=[::1]:5;").controllerAddress());
  }

  @Test
  void shouldRefuseTheControllersAddressWhenAbsentOrUnreadable() throws RendezvousException {
    Descriptor none = Descriptor.parse("sni_key=a;");
    assertThrows(RendezvousException.class, none::controllerAddress);
    Descriptor bad = Descriptor.parse("controller_addr=a:b;");
    assertThrows(RendezvousException.class, bad::controllerAddress);
    Descriptor empty = Descriptor.parse("controller_addr=;");
    assertThrows(RendezvousException.class, empty::controllerAddress);
  }

  @Test
  void shouldUseOnly255CharactersOfTheControllersAddress() throws RendezvousException {
    Descriptor descriptor = Descriptor.parse("controller_addr=" + "h".repeat(300) + ":5;");
    assertEquals("h".repeat(255), descriptor.controllerAddress().host());
  }

  @Test
  void shouldRefuseTheSniKeyWhenItWouldOverrunAReferenceEndpoint() throws RendezvousException {
    assertEquals(Optional.empty(), Descriptor.parse("a=1;").sniKey());
    Descriptor longKey = Descriptor.parse("sni_key=" + "a".repeat(64) + ";");
    assertThrows(RendezvousException.class, longKey::sniKey);
  }

  @ParameterizedTest
  @CsvSource({"0,0", "7,7", "007,7", "4294967295,4294967295", "4294967297,1", "18446744073709551615,4294967295", "18446744073709551616,0",
    "'',0", "-1,0", "5 ,5", "0x5,0", "5a,0"})
  void shouldReadPrioritiesAsEndpointsDo(String text, long priority) throws RendezvousException {
    assertEquals(priority, Descriptor.parse("exp_priority=" + text + ";").priority());
  }

  @Test
  void shouldTellBrokersWhatANumberIsNot() throws RendezvousException {
    Descriptor descriptor = Descriptor.parse("exp_priority=5a;pub_end=18446744073709551616;");
    RendezvousException e = assertThrows(RendezvousException.class, descriptor::writtenPriority);
    assertEquals("exp_priority is not a decimal number of 64 bits: '5a'", e.getMessage());
    assertThrows(RendezvousException.class, descriptor::pubEndNs);
    assertEquals(OptionalLong.empty(), Descriptor.EMPTY.pubEndNs());
    assertEquals(0, Descriptor.EMPTY.priority());
    assertEquals(OptionalLong.of(-1L), Descriptor.parse("pub_end=18446744073709551615;").pubEndNs());
  }

  @Test
  void shouldRefuseTextsThatAreTooLong() throws RendezvousException {
    String fits = "a=" + "x".repeat(Descriptor.MAX_OCTETS - 3) + ";";
    assertFalse(Descriptor.parse(fits).isDeliverable());
    assertEquals(Descriptor.MAX_OCTETS, assertThrows(RendezvousException.class, () -> Descriptor.parse(fits + "b=;")).position());
    assertThrows(RendezvousException.class, () -> Descriptor.parse(new byte[Descriptor.MAX_OCTETS + 1]));
    assertThrows(RendezvousException.class, () -> EndpointAttributes.parse(new byte[EndpointAttributes.MAX_OCTETS + 1]));
    assertTrue(Descriptor.parse("a=" + "x".repeat(4091) + ";").isDeliverable());
    assertFalse(Descriptor.parse("a=" + "x".repeat(4092) + ";").isDeliverable());
    assertThrows(RendezvousException.class, () -> Descriptor.of(List.of(new Pair("a", "x".repeat(Descriptor.MAX_OCTETS)))));
  }

  @Test
  void shouldRefusePairsThatCannotBeWritten() {
    assertThrows(IllegalArgumentException.class, () -> new Pair("", "a"));
    assertThrows(IllegalArgumentException.class, () -> new Pair("a b", "a"));
    assertThrows(IllegalArgumentException.class, () -> new Pair("a", "a;"));
  }

  @Test
  void shouldFindAttributesByName() throws RendezvousException {
    EndpointAttributes attributes = EndpointAttributes.parse("hostid=host1;endpoint_country=USA;");
    assertEquals(Optional.of("USA"), attributes.value("endpoint_country"));
    assertEquals(Optional.empty(), attributes.value("HOSTID"));
    assertEquals(2, attributes.pairs().size());
    assertEquals(attributes, EndpointAttributes.parse(attributes.toString()));
  }

  @Test
  void shouldWriteTheManagersOrder() throws RendezvousException {
    Descriptor descriptor =
        Descriptor.builder()
            .sniKey(new SniKey("two"))
            .controllerAddress(new Address("127.0.0.1", 21770))
            .pubEndNs(1795183439567117635L)
            .priority(7)
            .countries(List.of("USA", "GBR"))
            .locations(List.of("IO91*", "BK29AM"))
            .hostId("host*")
            .build();
    assertEquals(REAL, descriptor.format());
  }

  @Test
  void shouldReplaceDefaultsByOverridesAndWriteThemInReverse() throws RendezvousException {
    Descriptor descriptor =
        Descriptor.builder()
            .hostId("h")
            .countries(List.of("USA", "GBR"))
            .priority(7)
            .pubEndNs(-1)
            .controllerAddress("10.0.0.1")
            .sniKey(new SniKey("k"))
            .overrides(Descriptor.parse("x=1;exp_priority=9;endpoint_country=FRA;controller_addr=host:5;x=2;hostid=z*;"))
            .build();
    assertEquals(
        "pub_end=18446744073709551615;sni_key=k;hostid=z*;x=2;controller_addr=host:5;endpoint_country=FRA;exp_priority=9;x=1;",
        descriptor.format());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sni_key=a;",
        "exp_priority=a;",
        "pub_end=;",
        "controller_addr=:5;",
        "endpoint_country=Usa;",
        "endpoint_location=io91;",
        "exp_priority=1;exp_priority=2;"
      })
  void shouldRefuseOverridesThatTheirNameDoesNotAllow(String overrides) throws RendezvousException {
    Descriptor.Builder builder = Descriptor.builder().sniKey(new SniKey("k")).overrides(Descriptor.parse(overrides));
    assertThrows(RendezvousException.class, builder::build);
  }

  @Test
  void shouldRefuseValuesThatCannotBeWritten() {
    assertThrows(RendezvousException.class, () -> Descriptor.builder().hostId("a;b=c").build());
    assertThrows(RendezvousException.class, () -> Descriptor.builder().countries(List.of("US")).build());
    assertThrows(RendezvousException.class, () -> Descriptor.builder().locations(List.of("")).build());
    assertThrows(RendezvousException.class, () -> Descriptor.builder().controllerAddress("::1x").build());
  }

  @Property(tries = 1_000)
  void shouldGiveAResultOrTheCheckedExceptionForAnyOctets(@ForAll byte[] octets) {
    assertResultOrException(octets);
  }

  @Property(tries = 1_000)
  void shouldGiveAResultOrTheCheckedExceptionForAnyText(@ForAll("nearTexts") String text) {
    assertResultOrException(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Property(tries = 500)
  void shouldReadBackWhatItWrites(@ForAll("pairLists") List<Pair> pairs) throws RendezvousException {
    Descriptor descriptor = Descriptor.of(pairs);
    assertEquals(pairs, Descriptor.parse(descriptor.format()).pairs());
    assertEquals(descriptor, Descriptor.parse(descriptor.octets()));
  }

  private static void assertResultOrException(byte[] octets) {
    try {
      Descriptor descriptor = Descriptor.parse(octets);
      assertArrayEquals(octets, descriptor.octets());
      descriptor.priority();
    } catch (RendezvousException e) {
      assertTrue(e.position() <= octets.length && !e.reason().isEmpty());
    }
    try {
      assertArrayEquals(octets, EndpointAttributes.parse(octets).octets());
    } catch (RendezvousException e) {
      assertTrue(e.position() <= octets.length && !e.reason().isEmpty());
    }
  }

  @Provide
  Arbitrary<String> nearTexts() {
    return Arbitraries.strings().withChars("ab=;*-_1 \t\n\u0000\u00ff").ofMaxLength(30);
  }

  @Provide
  Arbitrary<List<Pair>> pairLists() {
    Arbitrary<String> names = Arbitraries.strings().alpha().numeric().withChars("_-").ofMinLength(1).ofMaxLength(8);
    Arbitrary<String> values = Arbitraries.strings().alpha().numeric().withChars("_-.:[],/() \t*?").ofMaxLength(12);
    return net.jqwik.api.Combinators.combine(names, values).as(Pair::new).list().ofMaxSize(8);
  }
}
