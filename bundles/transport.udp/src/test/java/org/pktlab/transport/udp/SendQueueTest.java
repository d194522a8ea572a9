package org.pktlab.transport.udp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The queue against an operating system that is often full, which a loopback interface never is. */
class SendQueueTest {
  /** Takes as many datagrams as it has been given room for. */
  private static final class NarrowPort implements DatagramPort {
    final List<byte[]> sent = new ArrayList<>();
    int room;

    @Override
    public boolean send(ByteBuffer source, int from, int until, InetSocketAddress to) {
      if (room == 0) {
        return false;
      }
      room--;
      assertEquals(until - from, to.getPort());
      byte[] copy = new byte[until - from];
      source.duplicate().clear().position(from).get(copy);
      sent.add(copy);
      return true;
    }

    @Override
    public void bind(InetSocketAddress local) {}

    @Override
    public void connect(InetSocketAddress remote) {}

    @Override
    public void watch(UdpSocket socket) {}

    @Override
    public InetSocketAddress receive(ByteBuffer into) {
      return null;
    }

    @Override
    public void wantRoom(boolean room) {}

    @Override
    public InetSocketAddress local() {
      return null;
    }

    @Override
    public void release() {}
  }

  @Property(tries = 300)
  void shouldSendEveryDatagramOnceAndInOrderHoweverLittleRoomThereIs(
      @ForAll @Size(max = 150) List<@IntRange(max = 3000) Integer> sizes, @ForAll @IntRange(min = 1, max = 40) int room)
      throws IOException {
    SendQueue queue = new SendQueue();
    NarrowPort port = new NarrowPort();
    for (int round = 0; round < 2; round++) {
      port.sent.clear();
      List<byte[]> expected = new ArrayList<>();
      for (int size : sizes) {
        byte[] data = new byte[size];
        java.util.Arrays.fill(data, (byte) expected.size());
        expected.add(data);
        queue.add(ByteBuffer.wrap(data), InetSocketAddress.createUnresolved("to", size));
      }
      port.room = 0;
      assertEquals(sizes.isEmpty(), queue.drain(port));
      while (!queue.isEmpty()) {
        assertFalse(sizes.isEmpty());
        port.room = room;
        boolean all = queue.drain(port);
        assertEquals(all, queue.isEmpty());
      }
      assertEquals(expected.size(), port.sent.size());
      for (int i = 0; i < expected.size(); i++) {
        assertArrayEquals(expected.get(i), port.sent.get(i));
      }
    }
    queue.release();
    assertTrue(queue.isEmpty());
  }
}
