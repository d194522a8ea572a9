package org.pktlab.endpoint.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class BacklogTest {
  private record Frame(byte[] octets, long token) {}

  /** A step adds a frame of so many octets, or when negative removes a few. */
  @Property(tries = 200)
  void shouldGiveBackWhatWasAddedInOrder(@ForAll @Size(max = 300) List<@IntRange(min = -8, max = 20) Integer> steps) {
    Backlog backlog = new Backlog();
    Deque<Frame> expected = new ArrayDeque<>();
    for (int i = 0; i < steps.size(); i++) {
      int step = steps.get(i);
      if (step >= 0) {
        // Up to more than a block.
        byte[] octets = new byte[step * step * step * 10 + 1];
        Arrays.fill(octets, (byte) i);
        int cut = octets.length / 3;
        backlog.add(ByteBuffer.wrap(octets, 0, cut), ByteBuffer.wrap(octets, cut, octets.length - cut), i * 0x1_0000_0001L);
        expected.add(new Frame(octets, i * 0x1_0000_0001L));
      } else {
        for (int removed = 0; removed < -step && !expected.isEmpty(); removed++) {
          removeFirst(backlog, expected);
        }
      }
      assertEquals(expected.isEmpty(), backlog.isEmpty());
    }
    while (!expected.isEmpty()) {
      assertFalse(backlog.isEmpty());
      removeFirst(backlog, expected);
    }
    assertTrue(backlog.isEmpty());
  }

  private static void removeFirst(Backlog backlog, Deque<Frame> expected) {
    Frame first = expected.remove();
    assertEquals(first.token(), backlog.token());
    assertEquals(ByteBuffer.wrap(first.octets()), backlog.frame());
    backlog.remove();
  }
}
