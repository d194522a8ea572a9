package org.pktlab.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CaptureQueueTest {
  private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
  private final Taker taker = new Taker();
  private final CaptureQueue queue = new CaptureQueue(CaptureQueue.LEAST_OCTETS, taker, loop);

  /** Checks what it is given on the way: number, length and content of packets, in order. */
  private static final class Taker implements SocketEvents {
    final List<Integer> lengths = new ArrayList<>();
    long delivered;
    long last = -1;
    long units;
    long octets;
    int completions;
    int longestTurn;
    Runnable hook = () -> {};
    private int ofTurn;

    @Override
    public void onDatagram(ByteBuffer data, InetSocketAddress from, long timeNs) {
      assertTrue(timeNs > last, "out of order");
      last = timeNs;
      delivered++;
      longestTurn = Math.max(longestTurn, ++ofTurn);
      if (data.remaining() > 0) {
        assertEquals((byte) timeNs, data.get(data.position()));
        assertEquals((byte) timeNs, data.get(data.limit() - 1));
      }
      lengths.add(data.remaining());
      data.clear(); // what an owner does to the buffer does not matter
      hook.run();
    }

    @Override
    public void onDropped(long moreUnits, long moreOctets) {
      assertTrue(moreUnits > 0);
      units += moreUnits;
      octets += moreOctets;
    }

    @Override
    public void onReadComplete() {
      completions++;
      ofTurn = 0;
    }

    @Override
    public void onConnected(long timeNs) {
      throw new AssertionError();
    }

    @Override
    public void onData(ByteBuffer data, long timeNs) {
      throw new AssertionError();
    }

    @Override
    public void onEndOfStream(long timeNs) {
      throw new AssertionError();
    }

    @Override
    public void onFlushed(long timeNs) {
      throw new AssertionError();
    }

    @Override
    public void onFailed(SocketFailure failure, boolean sending, long timeNs) {
      throw new AssertionError();
    }
  }

  @AfterEach
  void end() {
    loop.shutdownNow();
  }

  private static ByteBuffer packet(long number, int length) {
    ByteBuffer packet = ByteBuffer.allocateDirect(3 + length);
    for (int i = 0; i < length; i++) {
      packet.put(3 + i, (byte) number);
    }
    return packet;
  }

  private void put(int round, long number, int length) {
    queue.put(round, packet(number, length), 3, length, number);
  }

  private void awaitLoop() throws Exception {
    loop.schedule(() -> {}, 1, TimeUnit.MILLISECONDS).get(10, TimeUnit.SECONDS);
  }

  @Test
  void shouldDeliverPacketsOfEveryLengthInOrder() throws Exception {
    int round = queue.nextRound();
    int[] lengths = {0, 1, 7, 8, 9, 20, 1500, CaptureQueue.LONGEST_PACKET, 64, CaptureQueue.LONGEST_PACKET, 0, 3};
    for (int turn = 0; turn < 40; turn++) {
      for (int i = 0; i < lengths.length; i++) {
        put(round, turn * 100L + i, lengths[i]);
      }
      assertTrue(queue.wake());
      awaitLoop();
    }
    assertEquals(40 * lengths.length, taker.delivered);
    assertEquals(lengths[7], taker.lengths.get(7));
    assertEquals(40, taker.completions);
    assertEquals(0, taker.units);
  }

  @Test
  void shouldCountExactlyWhatFindsNoRoom() throws Exception {
    int round = queue.nextRound();
    int count = 300_000;
    long octets = 0;
    Random random = new Random(7);
    ByteBuffer packet = ByteBuffer.allocateDirect(200);
    for (int i = 0; i < count; i++) {
      int length = random.nextInt(200);
      octets += length;
      if (length > 0) {
        packet.put(0, (byte) i).put(length - 1, (byte) i);
      }
      queue.put(round, packet, 0, length, i);
      if (i % 50 == 0) {
        queue.wake();
      }
    }
    queue.wake();
    for (int i = 0; i < 100 && taker.delivered + taker.units < count; i++) {
      awaitLoop();
    }
    assertTrue(taker.units > 0, "the queue never was full");
    assertEquals(count, taker.delivered + taker.units);
    assertEquals(octets, taker.octets + taker.lengths.stream().mapToLong(length -> length).sum());
  }

  @Test
  void shouldLetTheLoopServeOthersInTheMidstOfABurst() throws Exception {
    int round = queue.nextRound();
    for (int i = 0; i < 1_000; i++) {
      put(round, i, 20);
    }
    queue.wake();
    for (int i = 0; i < 100 && taker.delivered < 1_000; i++) {
      awaitLoop();
    }
    assertEquals(1_000, taker.delivered);
    assertEquals(CaptureQueue.PACKETS_PER_TURN, taker.longestTurn);
    assertEquals(4, taker.completions);
  }

  @Test
  void shouldThrowAwayWhatBelongsToAnEarlierRound() throws Exception {
    int first = queue.nextRound();
    put(first, 1, 20);
    queue.drop(first, 5, 100);
    int second = queue.nextRound();
    put(first, 2, 20);
    queue.drop(first, 5, 100);
    put(second, 3, 21);
    queue.wake();
    awaitLoop();
    assertEquals(List.of(21), taker.lengths);
    assertEquals(0, taker.units);
  }

  @Test
  void shouldChangeTheRoundWithinADelivery() throws Exception {
    int first = queue.nextRound();
    taker.hook = queue::nextRound;
    put(first, 1, 20);
    put(first, 2, 20);
    queue.wake();
    awaitLoop();
    assertEquals(1, taker.delivered);
  }

  @Test
  void shouldDeliverNothingAfterAnOwnerClosedItWithinADelivery() throws Exception {
    int round = queue.nextRound();
    taker.hook = queue::close;
    put(round, 1, 20);
    put(round, 2, 20);
    queue.wake();
    awaitLoop();
    assertEquals(1, taker.delivered);
    assertEquals(0, taker.completions);
    assertFalse(queue.wake());
  }

  @Test
  void shouldSayWhenTheLoopHasEnded() throws Exception {
    int round = queue.nextRound();
    CountDownLatch ended = new CountDownLatch(1);
    loop.execute(ended::countDown);
    assertTrue(ended.await(10, TimeUnit.SECONDS));
    loop.shutdownNow();
    put(round, 1, 20);
    assertFalse(queue.wake());
  }

  @Test
  void shouldTellOfDropsAlone() throws Exception {
    int round = queue.nextRound();
    queue.drop(round, 3, 0);
    queue.wake();
    awaitLoop();
    assertEquals(3, taker.units);
    assertEquals(1, taker.completions);
  }

  @Test
  void shouldRefuseMemoryForLessThanTheLongestPackets() {
    assertThrows(IllegalArgumentException.class, () -> new CaptureQueue(CaptureQueue.LEAST_OCTETS - 1, taker, loop));
  }
}
