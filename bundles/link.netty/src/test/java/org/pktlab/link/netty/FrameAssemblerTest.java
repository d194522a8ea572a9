package org.pktlab.link.netty;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Frames come out as they went in, however records cut them, and memory follows what arrived. */
class FrameAssemblerTest {
  private static final int MAX_RECORD = 16 * 1024;

  private final ByteBuffer scratch = ByteBuffer.allocate(FrameAssembler.SCRATCH);
  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);

  private void put(FrameAssembler assembler, byte[] octets, int from, int length) {
    ByteBuffer room = assembler.room(length);
    assertTrue(room.remaining() >= length);
    room.put(octets, from, length);
    assembler.received(length);
  }

  @Property(tries = 200)
  void shouldHandOutTheSameFramesWhateverTheCuts(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    List<byte[]> sent = new ArrayList<>();
    for (int i = random.nextInt(30) + 1; i > 0; i--) {
      int scale = 1 << random.nextInt(19);
      sent.add(Frames.random(0x62, random.nextInt(scale), random.nextLong()));
    }
    byte[] octets = Frames.concat(sent.toArray(byte[][]::new));
    ArrayDeque<byte[]> expected = new ArrayDeque<>(sent);
    FrameAssembler assembler = new FrameAssembler(0xFFFFFF, scratch, allocator);
    boolean pausing = random.nextBoolean();
    int largest = Math.max(octets.length / 500, 1 << random.nextInt(15));
    FrameAssembler.Receiver receiver =
        (buffer, offset, length) -> {
          byte[] frame = new byte[length];
          assertSame(ByteOrder.BIG_ENDIAN, buffer.order());
          buffer.get(offset, frame);
          assertArrayEquals(expected.poll(), frame);
          // A receiver may do as it likes with position, limit and order.
          buffer.position(0).limit(0).order(ByteOrder.LITTLE_ENDIAN);
          return !pausing || random.nextInt(4) > 0;
        };
    int at = 0;
    while (at < octets.length) {
      for (int records = random.nextInt(8) + 1; records > 0 && at < octets.length; records--) {
        int length = Math.min(octets.length - at, random.nextInt(Math.min(MAX_RECORD, largest)) + 1);
        put(assembler, octets, at, length);
        at += length;
        assembler.deliver(receiver);
      }
      assembler.settle();
      assertTrue(assembler.ownMemory() <= 4 * assembler.held() + MAX_RECORD, "memory follows what arrived");
      // Another link of the loop uses the scratch memory meanwhile.
      Arrays.fill(scratch.array(), 0, random.nextInt(2 * MAX_RECORD), (byte) at);
    }
    while (!expected.isEmpty()) {
      assembler.deliver(receiver);
    }
    assembler.settle();
    assertEquals(0, assembler.held());
    assertEquals(0, allocator.metric().usedHeapMemory());
  }

  @Example
  void shouldNotReserveWhatAHeaderAnnounces() throws Exception {
    FrameAssembler assembler = new FrameAssembler(0xFFFFFF, scratch, allocator);
    put(assembler, new byte[] {0x62, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 1, 2, 3}, 0, 7);
    assembler.deliver((buffer, offset, length) -> true);
    assembler.settle();
    assertTrue(assembler.ownMemory() <= 28);
    assembler.release();
    assertEquals(0, allocator.metric().usedHeapMemory());
  }

  @Example
  void shouldRefuseAFrameThatIsTooLongByItsHeader() {
    FrameAssembler assembler = new FrameAssembler(10, scratch, allocator);
    put(assembler, new byte[] {0x62, 0, 0, 11}, 0, 4);
    FrameAssembler.TooLongException refused =
        assertThrows(FrameAssembler.TooLongException.class, () -> assembler.deliver((buffer, offset, length) -> true));
    assertEquals("a frame with a body of 11 octets, where 10 are allowed", refused.getMessage());
    assembler.release();
  }

  @Example
  void shouldHandOutManyFramesOfARecordInOneBuffer() throws Exception {
    FrameAssembler assembler = new FrameAssembler(10, scratch, allocator);
    byte[] many = Frames.concat(Frames.of(1, new byte[3]), Frames.of(2, new byte[0]), Frames.of(3, new byte[5]));
    put(assembler, many, 0, many.length);
    List<ByteBuffer> buffers = new ArrayList<>();
    assembler.deliver(
        (buffer, offset, length) -> {
          buffers.add(buffer);
          return true;
        });
    assembler.settle();
    assertEquals(3, buffers.size());
    assertSame(buffers.get(0), buffers.get(1));
    assertSame(buffers.get(0), buffers.get(2));
    assertEquals(0, allocator.metric().usedHeapMemory());
  }
}
