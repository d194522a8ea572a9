package org.pktlab.endpoint.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The access rules of the protocol specification, section 6.1. */
class AddressSpaceTest {
  /** Four octets of storage. */
  private static final class Cells implements Region {
    private final long start;
    private final byte[] cells;

    Cells(long start, int... values) {
      this.start = start;
      cells = new byte[values.length];
      for (int i = 0; i < values.length; i++) {
        cells[i] = (byte) values[i];
      }
    }

    @Override
    public long start() {
      return start;
    }

    @Override
    public int length() {
      return cells.length;
    }

    @Override
    public void read(int offset, ByteBuffer to) {
      to.put(cells, offset, to.remaining());
    }

    @Override
    public void write(int offset, ByteBuffer from) {
      from.get(cells, offset, from.remaining());
    }
  }

  private final Cells low = new Cells(0x10, 1, 2, 3, 4);
  private final Cells middle = new Cells(0x14, 5, 6, 7, 8);
  private final Cells high = new Cells(0x20, 9, 10);
  private final Cells last = new Cells(0xFFFFFFF0L, 11, 12);
  private final AddressSpace space = new AddressSpace(List.of(high, last, low, middle));

  private byte[] read(long address, int length) {
    ByteBuffer to = ByteBuffer.allocate(length);
    space.read(address, to);
    return to.array();
  }

  private static byte[] octets(int... values) {
    byte[] octets = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      octets[i] = (byte) values[i];
    }
    return octets;
  }

  @Nested
  class Reading {
    @Test
    void shouldGiveZerosWhenTheFirstAddressIsUnmappedEvenIfLaterOnesAreMapped() {
      assertArrayEquals(new byte[8], read(0x0C, 8));
    }

    @Test
    void shouldReadAcrossAdjacentRegionsAndFillGapsWithZeros() {
      assertArrayEquals(octets(3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0, 9, 10, 0), read(0x12, 17));
    }

    @Test
    void shouldReadPartOfAFieldAtAnOddOffset() {
      assertArrayEquals(octets(6, 7), read(0x15, 2));
    }

    @Test
    void shouldTreatAddressesAsUnsigned() {
      assertArrayEquals(octets(11, 12, 0), read(0xFFFFFFF0L, 3));
      assertArrayEquals(new byte[2], read(0xFFFFFFF4L, 2));
    }

    @Test
    void shouldLeaveTheBufferAtItsLimit() {
      ByteBuffer to = ByteBuffer.allocate(20).position(5).limit(12);
      space.read(0x10, to);
      assertEquals(12, to.position());
      assertArrayEquals(octets(0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 0), Arrays.copyOf(to.array(), 13));
    }
  }

  @Nested
  class Writing {
    @Test
    void shouldDiscardTheWholeWriteWhenItStartsInAGap() {
      space.write(0x0F, ByteBuffer.wrap(octets(40, 41, 42)));
      assertArrayEquals(octets(1, 2, 3, 4), read(0x10, 4));
    }

    @Test
    void shouldGiveEachOverlappedRegionItsPart() {
      space.write(0x13, ByteBuffer.wrap(octets(40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53)));
      assertArrayEquals(octets(1, 2, 3, 40, 41, 42, 43, 44), read(0x10, 8));
      assertArrayEquals(octets(53, 10), read(0x20, 2));
    }

    @Test
    void shouldAcceptAnEmptyWrite() {
      space.write(0x10, ByteBuffer.allocate(0));
      assertArrayEquals(octets(1, 2, 3, 4), read(0x10, 4));
    }
  }
}
