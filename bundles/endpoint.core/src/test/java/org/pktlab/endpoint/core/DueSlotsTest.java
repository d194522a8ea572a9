package org.pktlab.endpoint.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class DueSlotsTest {
  private record Due(int sktid, long timeNs, long order) {}

  private static final Comparator<Due> EARLIEST =
      Comparator.<Due, Long>comparing(Due::timeNs, Long::compareUnsigned).thenComparingLong(Due::order);

  @Property
  void shouldGiveSlotsInTheOrderOfTimeAndArrival(@ForAll @Size(max = 600) List<@IntRange(max = 255) Integer> slots, @ForAll @LongRange(min = 0, max = 7) long salt) {
    DueSlots due = new DueSlots();
    TreeMap<Integer, Due> model = new TreeMap<>();
    long order = 0;
    for (int sktid : slots) {
      long timeNs = (sktid * 31L + order * salt) % 11 - 3; // few times, some of them beyond the signed ones
      if (order++ % 5 == 4) {
        due.remove(sktid);
        model.remove(sktid);
      } else if (order % 3 == 0) {
        due.hasten(sktid, timeNs, order);
        model.merge(sktid, new Due(sktid, timeNs, order), BinaryOperator.minBy(EARLIEST));
      } else {
        due.set(sktid, timeNs, order);
        model.put(sktid, new Due(sktid, timeNs, order));
      }
    }
    List<Due> expected = new ArrayList<>(model.values());
    expected.sort(EARLIEST);
    for (Due next : expected) {
      assertEquals(next.timeNs(), due.firstNs());
      assertTrue(due.precedes(next.timeNs(), next.order() + 1));
      assertFalse(due.precedes(next.timeNs(), next.order()));
      assertEquals(next.sktid(), due.poll());
    }
    assertTrue(due.isEmpty());
  }

  @Test
  void shouldPrecedeNothingWhenEmpty() {
    assertFalse(new DueSlots().precedes(-1, Long.MAX_VALUE));
  }
}
