package org.pktlab.endpoint.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pktlab.transport.RawTransportSocket.TimeSource;

/** When a raw packet left: the kernel's word, or ours after a millisecond (protocol specification, section 7.4). */
class SendStampsTest {
  private static final long NOW = 1_700_000_000_000_000_000L;

  private final List<String> stamped = new ArrayList<>();
  private int settled;
  private final SendStamps stamps =
      new SendStamps(
          new SendStamps.Taker() {
            @Override
            public void stamped(int tag, long timeNs) {
              stamped.add(tag + "@" + (timeNs - NOW));
            }

            @Override
            public void settled() {
              settled++;
            }
          });

  @Test
  void shouldUseOurTimeAtOnceWhenTheTransportTellsNone() {
    stamps.left(0, 7, NOW, false);
    assertEquals(List.of("7@0"), stamped);
    assertEquals(TimeSource.USER, stamps.worst());
    assertEquals(0, stamps.missed());
    assertFalse(stamps.awaiting());
  }

  @Test
  void shouldUseWhatWasToldBeforeThePacketWasReported() {
    stamps.told(0, NOW + 5, TimeSource.KERNEL);
    stamps.left(0, 7, NOW + 9, true);
    assertEquals(List.of("7@5"), stamped);
    assertEquals(TimeSource.KERNEL, stamps.worst());
    assertFalse(stamps.awaiting());
  }

  @Test
  void shouldKeepTheSourceOfWhatWasToldEarly() {
    stamps.told(0, NOW + 5, TimeSource.KERNEL);
    stamps.told(1, NOW + 6, TimeSource.USER);
    stamps.left(0, 7, NOW, true);
    assertEquals(TimeSource.KERNEL, stamps.worst());
    stamps.left(1, 8, NOW, true);
    assertEquals(List.of("7@5", "8@6"), stamped);
    assertEquals(TimeSource.USER, stamps.worst());
    assertEquals(0, stamps.missed());
  }

  @Test
  void shouldWaitForWhatIsToldLaterInAnyOrder() {
    stamps.left(0, 7, NOW, true);
    stamps.left(1, 8, NOW, true);
    assertTrue(stamps.awaiting());
    long last = stamps.last();
    stamps.told(1, NOW + 20, TimeSource.KERNEL);
    assertEquals(0, settled);
    assertFalse(stamps.isSettled(last), "the packet before it is not");
    stamps.told(0, NOW + 10, TimeSource.KERNEL);
    assertEquals(List.of("8@20", "7@10"), stamped);
    assertEquals(1, settled);
    assertTrue(stamps.isSettled(last));
    assertEquals(-1, stamps.expire(NOW));
  }

  @Test
  void shouldGiveUpAfterAMillisecondAndCountIt() {
    stamps.left(0, 7, NOW, true);
    stamps.left(1, 8, NOW + 400_000, true);
    assertEquals(NOW + 1_000_000, stamps.expire(NOW + 999_999));
    assertEquals(List.of(), stamped);
    assertEquals(NOW + 1_400_000, stamps.expire(NOW + 1_000_000));
    assertEquals(List.of("7@0"), stamped);
    assertEquals(1, stamps.missed());
    assertEquals(TimeSource.USER, stamps.worst());
    assertEquals(1, settled);
    assertEquals(-1, stamps.expire(NOW + 5_000_000));
    assertEquals(List.of("7@0", "8@400000"), stamped);
    assertEquals(2, settled);
  }

  @Test
  void shouldSettleEachPacketHoweverManyFollowIt() {
    for (int i = 0; i < 10; i++) {
      stamps.left(2 * i, 7, NOW + i, true);
      long first = stamps.last();
      stamps.left(2 * i + 1, 8, NOW + i, true);
      stamps.told(2 * i, NOW + i, TimeSource.KERNEL);
      assertTrue(stamps.awaiting(), "another one has left meanwhile");
      assertTrue(stamps.isSettled(first));
      stamps.told(2 * i + 1, NOW + i, TimeSource.KERNEL);
    }
    assertEquals(20, settled);
  }

  @Test
  void shouldNotWaitForAClockThatWasSetBack() {
    stamps.left(0, 7, NOW, true);
    assertEquals(-1, stamps.expire(NOW - 3_600_000_000_000L));
    assertEquals(List.of("7@0"), stamped);
    assertEquals(1, stamps.missed());
  }

  @Test
  void shouldIgnoreWhatIsToldOfPacketsThatNobodyWaitsFor() {
    assertNull(stamps.worst());
    for (int i = 0; i < 1_000; i++) {
      stamps.told(i, NOW, TimeSource.KERNEL);
    }
    assertEquals(List.of(), stamped);
    stamps.left(1_000, 7, NOW, true);
    assertTrue(stamps.awaiting(), "an earlier packet's time is not taken for this one's");
  }
}
