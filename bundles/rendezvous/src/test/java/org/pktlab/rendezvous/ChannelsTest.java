package org.pktlab.rendezvous;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChannelsTest {
  private static final String PRIVATE = "ee40381f348edf9142e065f024a01b83a1c7f4839c4b831852bfe763c9630cd1";

  @ParameterizedTest
  @CsvSource({"00,''", "01aa00,aa", "01aa01bb00,aa bb", "20" + PRIVATE + "00," + PRIVATE, "20" + PRIVATE + "02010200," + PRIVATE + " 0102"})
  void shouldReadAndWriteTheListsOfTheSpecification(String hex, String channels) throws RendezvousException {
    byte[] octets = HexFormat.of().parseHex(hex);
    List<Channel> list = Channels.decode(octets);
    assertEquals(channels, String.join(" ", list.stream().map(Channel::hex).toList()));
    assertArrayEquals(octets, Channels.encode(list));
    assertEquals(octets.length, Channels.encodedLength(list));
  }

  @ParameterizedTest
  @CsvSource({"'',0", "01aa,2", "02aa00,0", "0001,1", "2100,0", "ff,0", "01aa0000,3", "01aa02bb,2"})
  void shouldRefuseWithThePositionWhenAListIsMalformed(String hex, int position) {
    byte[] octets = HexFormat.of().parseHex(hex);
    RendezvousException e = assertThrows(RendezvousException.class, () -> Channels.decode(octets));
    if (hex.equals("02aa00") || hex.equals("01aa02bb")) {
      // The declared length may reach over the final zero or beyond the end; either way the list has no end.
      assertTrue(e.position() >= position);
    } else {
      assertEquals(position, e.position());
    }
  }

  @Test
  void shouldLeaveTheBufferBehindTheList() throws RendezvousException {
    ByteBuffer in = ByteBuffer.wrap(HexFormat.of().parseHex("ff01aa00beef"));
    in.position(1);
    assertEquals(List.of(Channel.ofHex("aa")), Channels.decode(in));
    assertEquals(4, in.position());
    ByteBuffer out = ByteBuffer.allocate(4);
    out.put((byte) 7);
    Channels.encode(List.of(Channel.ofHex("aa")), out);
    assertArrayEquals(HexFormat.of().parseHex("0701aa00"), out.array());
    assertThrows(BufferOverflowException.class, () -> Channels.encode(List.of(), out));
  }

  @Test
  void shouldBoundTheNumberOfChannels() throws RendezvousException {
    List<Channel> many = Collections.nCopies(Channels.MAX_CHANNELS, Channel.ofHex("aa"));
    assertEquals(many, Channels.decode(Channels.encode(many)));
    List<Channel> tooMany = Collections.nCopies(Channels.MAX_CHANNELS + 1, Channel.ofHex("aa"));
    assertThrows(IllegalArgumentException.class, () -> Channels.encode(tooMany));
    byte[] octets = HexFormat.of().parseHex("01aa".repeat(Channels.MAX_CHANNELS + 1) + "00");
    assertThrows(RendezvousException.class, () -> Channels.decode(octets));
    assertThrows(RendezvousException.class, () -> Channels.parseConfigured(",".repeat(Channels.MAX_CHANNELS)));
  }

  @Test
  void shouldTellPrivateFromPublic() throws RendezvousException {
    assertTrue(Channel.ofHex(PRIVATE).isPrivate());
    assertFalse(Channel.ofHex(PRIVATE.substring(2)).isPrivate());
    assertEquals(31, Channel.ofHex(PRIVATE.substring(2)).length());
    assertEquals(PRIVATE, Channel.ofHex(PRIVATE.toUpperCase(java.util.Locale.ROOT)).toString());
    assertEquals(Channel.ofHex("aB"), Channel.of(new byte[] {(byte) 0xab}));
    assertNotEquals(Channel.ofHex("ab"), Channel.ofHex("ab00"));
    assertEquals(Channel.ofHex("aB").hashCode(), Channel.ofHex("Ab").hashCode());
  }

  @Test
  void shouldNotLetOthersChangeAChannel() throws RendezvousException {
    byte[] octets = {1, 2};
    Channel channel = Channel.of(octets);
    octets[0] = 9;
    channel.octets()[1] = 9;
    assertEquals("0102", channel.hex());
    assertThrows(RendezvousException.class, () -> Channel.of(new byte[0]));
    assertThrows(RendezvousException.class, () -> Channel.of(new byte[33]));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "0x01", "abc", "zz", "01 ", PRIVATE + "00", "\u0661\u0661"})
  void shouldRefuseWhatIsNotHex(String text) {
    assertThrows(RendezvousException.class, () -> Channel.ofHex(text));
  }

  @Test
  void shouldKeepEmptyItemsOfTheConfigurationAsMarkers() throws RendezvousException {
    List<Optional<Channel>> items = Channels.parseConfigured("aabb,,CC");
    assertEquals(List.of(Optional.of(Channel.ofHex("aabb")), Optional.empty(), Optional.of(Channel.ofHex("cc"))), items);
    assertEquals(List.of(Optional.empty()), Channels.parseConfigured(""));
    assertEquals(List.of(Optional.empty(), Optional.of(Channel.ofHex("0102"))), Channels.parseConfigured(",0102"));
    List<Channel> own = List.of(Channel.ofHex("01"), Channel.ofHex("02"));
    assertEquals("[aabb, 01, 02, cc]", Channels.resolve(items, own).toString());
    assertEquals(List.of(), Channels.resolve(Channels.parseConfigured(""), List.of()));
  }

  @Test
  void shouldNameThePositionInTheWholeConfiguredList() {
    assertEquals(4, assertThrows(RendezvousException.class, () -> Channels.parseConfigured("aa,bx,cc")).position());
  }

  @Property(tries = 1_000)
  void shouldGiveAResultOrTheCheckedExceptionForAnyOctets(@ForAll @Size(max = 80) byte[] octets) {
    try {
      assertArrayEquals(octets, Channels.encode(Channels.decode(octets)));
    } catch (RendezvousException e) {
      assertTrue(e.position() >= 0 && e.position() <= octets.length);
    }
  }

  @Property(tries = 500)
  void shouldReadBackWhatItWrites(@ForAll @Size(max = 20) List<@Size(min = 1, max = 32) byte[]> raw) throws RendezvousException {
    List<Channel> channels = new ArrayList<>();
    for (byte[] octets : raw) {
      channels.add(Channel.of(octets));
    }
    assertEquals(channels, Channels.decode(Channels.encode(channels)));
    String configured = String.join(",", channels.stream().map(Channel::hex).toList());
    if (!channels.isEmpty()) {
      assertEquals(channels, Channels.resolve(Channels.parseConfigured(configured), List.of()));
    }
  }

  @Property(tries = 500)
  void shouldGiveAResultOrTheCheckedExceptionForAnyText(@ForAll String text) {
    try {
      Channels.parseConfigured(text);
    } catch (RendezvousException e) {
      assertTrue(e.position() >= 0 && e.position() <= text.length());
    }
  }
}
