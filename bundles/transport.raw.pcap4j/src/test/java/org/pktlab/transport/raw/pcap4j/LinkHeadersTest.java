package org.pktlab.transport.raw.pcap4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LinkHeadersTest {
  private static byte[] ethernet(int... types) {
    byte[] frame = new byte[80];
    for (int i = 0; i < types.length; i++) {
      frame[12 + 4 * i] = (byte) (types[i] >> 8);
      frame[13 + 4 * i] = (byte) types[i];
    }
    return frame;
  }

  private static int length(int link, byte[] frame) {
    return LinkHeaders.length(link, ByteBuffer.wrap(frame), frame.length);
  }

  @Test
  void shouldTakeOffTheHeaderOfEachKindOfLink() {
    byte[] frame = new byte[64];
    assertEquals(0, length(LinkHeaders.RAW, frame));
    assertEquals(0, length(LinkHeaders.RAW_OF_FILES, frame));
    assertEquals(4, length(LinkHeaders.NULL, frame));
    assertEquals(4, length(LinkHeaders.LOOP, frame));
    assertEquals(16, length(LinkHeaders.LINUX_COOKED, frame));
    assertEquals(20, length(LinkHeaders.LINUX_COOKED_2, frame));
    assertEquals(-1, length(105, frame));
    assertFalse(LinkHeaders.isKnown(105));
    assertTrue(LinkHeaders.isKnown(LinkHeaders.LINUX_COOKED_2));
  }

  @Test
  void shouldTakeOffTagsOfVirtualNetworks() {
    assertEquals(14, length(LinkHeaders.ETHERNET, ethernet(0x0800)));
    assertEquals(18, length(LinkHeaders.ETHERNET, ethernet(0x8100, 0x86DD)));
    assertEquals(22, length(LinkHeaders.ETHERNET, ethernet(0x88A8, 0x8100, 0x0806)));
  }

  @Test
  void shouldNotReadBeyondAFrameOfTagsOnly() {
    assertEquals(-1, length(LinkHeaders.ETHERNET, java.util.Arrays.copyOf(ethernet(0x8100, 0x8100), 17)));
    assertEquals(-1, length(LinkHeaders.LINUX_COOKED, new byte[15]));
  }

  @Property(tries = 2_000)
  void shouldStayWithinAnyFrame(@ForAll @Size(max = 40) byte[] frame, @ForAll @IntRange(max = 300) int link) {
    int length = length(link, frame);
    assertTrue(length == -1 || length >= 0 && length <= frame.length);
  }
}
