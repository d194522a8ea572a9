package org.pktlab.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;

class MessageCodecPropertiesTest {
  /** Cases in each try of a property; long runs multiply, they need no other code. */
  private static final int CASES = Boolean.getBoolean("pktlab.long") ? 5_000 : 10;

  private static final int MARGIN = 7;

  @Property(tries = 300, shrinking = ShrinkingMode.OFF)
  void shouldDecodeWhatWasEncodedForEveryKind(@ForAll long seed) throws ProtocolException {
    Messages messages = new Messages(new Random(seed));
    for (int i = 0; i < Math.max(1, CASES / 10); i++) {
      for (int type : Messages.TYPES) {
        Message message = messages.ofType(type);
        ByteBuffer b = MessageCodec.encode(message);
        assertEquals(b.limit(), MessageCodec.encodedLength(message));
        Message decoded = MessageCodec.decode(b, 0, b.limit());
        assertEquals(message, decoded);
        assertEquals(message.hashCode(), decoded.hashCode());
        assertEquals(message.toString(), decoded.toString());
        assertArrayEquals(b.array(), MessageCodec.encode(decoded).array());
      }
    }
  }

  @Property(tries = 300, shrinking = ShrinkingMode.OFF)
  void shouldWriteTheSameOctetsAtAnyPlaceOfAnyBuffer(@ForAll long seed, @ForAll @IntRange(max = 40) int offset, @ForAll boolean direct)
      throws ProtocolException {
    Message message = new Messages(new Random(seed)).any();
    byte[] frame = MessageCodec.encode(message).array();
    int capacity = offset + frame.length + MARGIN;
    ByteBuffer b = direct ? ByteBuffer.allocateDirect(capacity) : ByteBuffer.allocate(capacity);
    byte[] before = new byte[capacity];
    Arrays.fill(before, (byte) 0xA5);
    b.put(0, before);
    b.order(ByteOrder.LITTLE_ENDIAN).position(3);

    assertEquals(frame.length, MessageCodec.encode(message, b, offset));

    byte[] after = new byte[capacity];
    b.get(0, after);
    System.arraycopy(frame, 0, before, offset, frame.length);
    assertArrayEquals(before, after);
    assertEquals(message, MessageCodec.decode(b, offset, frame.length));
    assertEquals(3, b.position());
    assertEquals(capacity, b.limit());
    assertEquals(ByteOrder.LITTLE_ENDIAN, b.order());
  }

  @Property(tries = 300, shrinking = ShrinkingMode.OFF)
  void shouldWriteNothingWhenTheBufferIsTooShort(@ForAll long seed) {
    Random random = new Random(seed);
    Message message = new Messages(random).any();
    int length = MessageCodec.encodedLength(message);
    ByteBuffer b = ByteBuffer.allocate(length + MARGIN);
    b.limit(MARGIN + random.nextInt(length));
    assertThrows(IndexOutOfBoundsException.class, () -> MessageCodec.encode(message, b, MARGIN));
    assertArrayEquals(new byte[length + MARGIN], b.array());
  }

  @Property(tries = 1000, shrinking = ShrinkingMode.OFF)
  void shouldMakeAMessageOrARefusalOfAnyOctets(@ForAll long seed) {
    HostileFrames frames = new HostileFrames(new Random(seed));
    for (int i = 0; i < CASES; i++) {
      byte[] octets = frames.any();
      ByteBuffer b = ByteBuffer.allocate(octets.length + 2 * MARGIN).put(MARGIN, octets);
      try {
        Message message = MessageCodec.decode(b, MARGIN, octets.length);
        ByteBuffer again = MessageCodec.encode(message);
        assertTrue(again.limit() <= octets.length, "a canonical form is never longer");
        assertEquals(message, MessageCodec.decode(again, 0, again.limit()));
      } catch (ProtocolException e) {
        assertTrue(e.offset() >= 0 && e.offset() <= octets.length, e::getMessage);
        assertTrue(!e.reason().isBlank());
      }
    }
  }

  @Property(tries = 300, shrinking = ShrinkingMode.OFF)
  void shouldRefuseEveryCutFrame(@ForAll long seed) {
    byte[] frame = new HostileFrames(new Random(seed)).good();
    ByteBuffer b = ByteBuffer.wrap(frame);
    for (int length = 0; length < frame.length; length++) {
      int cut = length;
      ProtocolException e = assertThrows(ProtocolException.class, () -> MessageCodec.decode(b, 0, cut));
      assertEquals(cut < Frame.HEADER_LENGTH ? cut : 1, e.offset());
    }
  }
}
