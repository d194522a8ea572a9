package org.pktlab.endpoint.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SendRateTest {
  private static final long LIMIT = 10_000;
  private static final long WINDOW_NS = 1_000_000;

  private record Sent(long atNs, long octets) {}

  @Test
  void shouldLetTheWholeLimitLeaveAtOnceAndThenMakeWaitForAWindow() {
    SendRate rate = new SendRate(LIMIT, WINDOW_NS);
    assertEquals(0, rate.waitNs(LIMIT, 5));
    rate.sent(LIMIT, 5);
    assertEquals(WINDOW_NS, rate.waitNs(1, 5));
    assertEquals(1, rate.waitNs(1, 5 + WINDOW_NS - 1));
    assertEquals(0, rate.waitNs(LIMIT, 5 + WINDOW_NS));
  }

  @Property(tries = 300)
  void shouldNeverLetMoreThanTheLimitLeaveInAnyWindow(
      @ForAll @Size(min = 1, max = 400) List<@IntRange(min = 1, max = 3_000) Integer> sizes,
      @ForAll @IntRange(min = 0, max = 60_000) int pauseNs) {
    SendRate rate = new SendRate(LIMIT, WINDOW_NS);
    ArrayDeque<Sent> inWindow = new ArrayDeque<>();
    long now = 0;
    long octets = 0;
    for (int size : sizes) {
      now += pauseNs;
      int asked = 0;
      for (long wait = rate.waitNs(size, now); wait > 0; wait = rate.waitNs(size, now)) {
        now += wait;
        assertTrue(++asked <= 1100, "asked to wait for ever");
      }
      rate.sent(size, now);
      inWindow.add(new Sent(now, size));
      octets += size;
      while (now - inWindow.peek().atNs() >= WINDOW_NS) {
        octets -= inWindow.poll().octets();
      }
      assertTrue(octets <= LIMIT, octets + " octets left in one window");
    }
  }

  @Property(tries = 200)
  void shouldReturnCapacityAtMostASliceLate(@ForAll @IntRange(min = 1, max = 2_000) int size, @ForAll @IntRange(min = 1, max = 50_000) int pauseNs) {
    SendRate rate = new SendRate(LIMIT, WINDOW_NS);
    ArrayDeque<Sent> exact = new ArrayDeque<>();
    long now = 0;
    long octets = 0;
    for (int i = 0; i < 300; i++) {
      now += pauseNs;
      long sliceAgo = now - WINDOW_NS - WINDOW_NS / 1024;
      while (!exact.isEmpty() && exact.peek().atNs() <= sliceAgo) {
        octets -= exact.poll().octets();
      }
      if (octets + size <= LIMIT) {
        assertEquals(0, rate.waitNs(size, now), "capacity is there and is not given");
      }
      if (rate.waitNs(size, now) == 0) {
        rate.sent(size, now);
        exact.add(new Sent(now, size));
        octets += size;
      }
    }
  }
}
