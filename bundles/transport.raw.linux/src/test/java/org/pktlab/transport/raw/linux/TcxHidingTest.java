package org.pktlab.transport.raw.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;
import org.pktlab.program.EbpfProgram;
import org.pktlab.transport.HidingFailedException;

/** Packets hidden with TCX. */
class TcxHidingTest extends HidingContract {
  private static final int UNKNOWN_PLACE = 9_999;

  TcxHidingTest() {
    super(TcxHidingTest::start);
  }

  private static Hiding start(Interface where, EbpfProgram program) throws HidingFailedException {
    try {
      return TcxHiding.start(where, program);
    } catch (NoTcxException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  Class<?> child() {
    return Child.class;
  }

  /** Hides packets until it is killed. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws Exception {
      hideIcmp(TcxHidingTest::start, arguments[0]);
    }
  }

  @Test
  void shouldTellKernelsWithoutItFromOtherErrors() throws Exception {
    Interface where = a.on(() -> Interface.of(new Libc(Arena.ofAuto()), host("IPv4", "a")));
    long before = openDescriptors();
    for (int i = 0; i < 20; i++) {
      String message = assertThrows(NoTcxException.class, () -> a.on(() -> TcxHiding.start(where, ipv4(ICMP, 0, 0), UNKNOWN_PLACE))).getMessage();
      assertTrue(message.endsWith(" has no TCX"), message);
    }
    await("descriptors were left open", () -> openDescriptors() <= before);
    a.dropPrivileges();
    assertThrows(HidingFailedException.class, () -> a.on(() -> TcxHiding.start(where, ipv4(ICMP, 0, 0), UNKNOWN_PLACE)));
  }
}
