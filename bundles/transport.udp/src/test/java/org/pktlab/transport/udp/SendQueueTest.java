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
    int longestRun = 1;
    int runs;
    int runsUntilRefusal = Integer.MAX_VALUE;

    @Override
    public int longestRun() {
      return longestRun;
    }

    @Override
    public boolean sendRun(ByteBuffer source, int from, int until, int length, InetSocketAddress to) {
      if (runs++ >= runsUntilRefusal) {
        longestRun = 1;
        return false;
      }
      int count = (until - from) / length;
      assertEquals(0, (until - from) % length);
      assertTrue(count > 1 && count <= longestRun, count + " datagrams in a run");
      if (room < count) {
        return false;
      }
      for (int at = from; at < until; at += length) {
        assertTrue(send(source, at, at + length, to));
      }
      return true;
    }

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

  @Property(tries = 300)
  void shouldSendEqualNeighboursTogetherAndStillEveryDatagramOnceAndInOrder(
      @ForAll @Size(max = 200) List<@IntRange(min = 1, max = 3) Integer> kinds,
      @ForAll @IntRange(min = 2, max = 64) int longestRun,
      @ForAll @IntRange(min = 0, max = 5) int runsUntilRefusal)
      throws IOException {
    SendQueue queue = new SendQueue();
    NarrowPort port = new NarrowPort();
    port.longestRun = longestRun;
    port.runsUntilRefusal = runsUntilRefusal == 5 ? Integer.MAX_VALUE : runsUntilRefusal;
    List<byte[]> expected = new ArrayList<>();
    for (int kind : kinds) {
      byte[] data = new byte[kind == 3 ? 1500 : kind];
      java.util.Arrays.fill(data, (byte) expected.size());
      expected.add(data);
      queue.add(ByteBuffer.wrap(data), InetSocketAddress.createUnresolved("to", data.length));
    }
    while (!queue.isEmpty()) {
      port.room = 100;
      queue.drain(port);
    }
    assertEquals(expected.size(), port.sent.size());
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), port.sent.get(i));
    }
  }
}
