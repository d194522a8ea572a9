package org.pktlab.transport.parts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KernelSendTimesTest {
  private final List<String> left = new ArrayList<>();
  private final KernelSendTimes times = new KernelSendTimes((number, timeNs, told) -> left.add(number + (told ? "=" : "~") + timeNs));

  @Test
  void shouldAskForTheFirstTheLastAndEveryEighthOfABurst() {
    assertFalse(KernelSendTimes.isBurst(16));
    assertTrue(KernelSendTimes.isBurst(17));
    assertEquals(List.of(0, 8, 16, 19), IntStream.range(0, 20).filter(i -> KernelSendTimes.isAsked(i, 20)).boxed().toList());
  }

  @Test
  void shouldTellEachTimeOfSinglePackets() {
    times.asked(5, false);
    times.asked(9, false);
    assertTrue(times.areAwaited());
    times.told(0, 100);
    times.told(1, 900);
    assertEquals(List.of("5=100", "9=900"), left);
    assertFalse(times.areOwed());
  }

  @Test
  void shouldReckonWhatLiesBetweenTwoPacketsOfABurst() {
    times.asked(Integer.MAX_VALUE - 1, true);
    times.asked(2, true); // numbers wrap
    times.told(0, 1_000);
    times.told(1, 1_400);
    assertEquals(List.of("2147483646=1000", "2147483647~1100", "0~1200", "1~1300", "2=1400"), left);
  }

  @Test
  void shouldReckonNothingAcrossAnInterruptionOrATimeThatIsMissing() {
    times.asked(0, true);
    times.interrupted();
    times.asked(8, true);
    times.asked(16, true);
    times.asked(24, true);
    times.told(0, 10);
    times.told(1, 20);
    times.told(3, 60);
    assertEquals(List.of("0=10", "8=20", "24=60"), left);
  }

  @Test
  void shouldForgetOldKeysAndKnowDevicesThatTellNothing() {
    for (int i = 0; i < 1_023; i++) {
      times.asked(i, false);
    }
    assertTrue(times.areExpected());
    times.asked(1_023, false);
    assertFalse(times.areExpected());
    assertFalse(times.areAwaited());
    assertTrue(times.areOwed());
    for (int i = 1_024; i < 20_000; i++) {
      times.asked(i, false);
    }
    times.told(0, 1);
    times.told(20_000, 1); // never asked
    assertEquals(List.of(), left);
    times.told(19_999, 7);
    assertEquals(List.of("19999=7"), left);
    assertTrue(times.areExpected());
  }
}
