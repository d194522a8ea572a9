package org.pktlab.mlet.host;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pktlab.mlet.Received;
import org.pktlab.protocol.MessageCodec;
import org.pktlab.protocol.Ndata;
import org.pktlab.protocol.NdataFlyweight;
import org.pktlab.protocol.Protocol;

@Timeout(60)
class ReceiveQueueTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final int OVERHEAD = 64;

  private final ReceiveQueue queue = new ReceiveQueue();
  private final NdataFlyweight view = new NdataFlyweight();

  private void add(Ndata ndata) throws Exception {
    ByteBuffer frame = MessageCodec.encode(ndata);
    view.wrap(frame, 0, frame.limit());
    queue.add(view);
  }

  private static Ndata raw(long timeNs, byte[] data) {
    return new Ndata(1, 4, Protocol.RAW, timeNs, null, 0, data);
  }

  private static byte[] octets(Received piece) {
    byte[] octets = new byte[piece.data().remaining()];
    piece.data().get(octets);
    return octets;
  }

  @Test
  void shouldGiveEveryPieceWithItsTimeAndSender() throws Exception {
    InetAddress ipv4 = InetAddress.getByName("192.0.2.7");
    InetAddress ipv6 = InetAddress.getByName("2001:db8::7");
    add(new Ndata(1, 4, Protocol.UDP, 5, ipv4.getAddress(), 65_535, new byte[] {1, 2}));
    add(new Ndata(1, 6, Protocol.UDP, -1, ipv6.getAddress(), 53, new byte[0]));
    add(raw(7, new byte[60_000]));
    add(raw(8, new byte[] {9}));

    Received first = queue.take(SECOND);
    assertEquals(new InetSocketAddress(ipv4, 65_535), first.from());
    assertEquals(5, first.timeNs());
    assertArrayEquals(new byte[] {1, 2}, octets(first));
    Received second = queue.take(SECOND);
    assertEquals(new InetSocketAddress(ipv6, 53), second.from());
    assertEquals(-1, second.timeNs());
    assertEquals(0, second.data().remaining());
    assertEquals(60_000, octets(queue.take(SECOND)).length);
    Received last = queue.take(SECOND);
    assertNull(last.from());
    assertArrayEquals(new byte[] {9}, octets(last));
    assertEquals(0, queue.octets());
    assertThrows(TimeoutException.class, () -> queue.take(1));
  }

  @Test
  void shouldKeepOrderAndContentWhileOneThreadWritesAndAnotherReads() throws Exception {
    int pieces = 100_000;
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(
            () -> {
              try {
                Random random = new Random(42);
                for (int i = 0; i < pieces; i++) {
                  byte[] data = new byte[random.nextInt(50) == 0 ? random.nextInt(6_000) : random.nextInt(120)];
                  Arrays.fill(data, (byte) i);
                  add(raw(i, data));
                  queue.wake();
                }
                queue.end(() -> null);
              } catch (Exception e) {
                queue.end(() -> new IOException(e));
              }
            });
    Random random = new Random(42);
    int read = 0;
    for (Received piece = queue.take(SECOND * 10); piece != null; piece = queue.take(SECOND * 10)) {
      byte[] expected = new byte[random.nextInt(50) == 0 ? random.nextInt(6_000) : random.nextInt(120)];
      Arrays.fill(expected, (byte) read);
      assertEquals(read, piece.timeNs());
      assertArrayEquals(expected, octets(piece));
      read++;
    }
    writer.join();
    assertEquals(pieces, read);
    assertEquals(0, queue.octets());
  }

  @Test
  void shouldTakeAboutTheMemoryThatItCountsWhateverTheSizesOfPieces() throws Exception {
    byte[] small = new byte[1];
    byte[] large = new byte[2_049];
    long before = memory();
    while (queue.octets() < 16 << 20) {
      add(raw(1, small));
      add(raw(2, large));
      add(raw(3, small));
      add(raw(4, small));
    }
    long used = memory() - before;
    assertTrue(used < 3 * queue.octets(), used + " octets of memory for " + queue.octets());
    assertEquals(1, queue.take(SECOND).timeNs());
  }

  private static long memory() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Test
  void shouldThrowAwayWhatWaitsWhenClosed() throws Exception {
    for (int i = 0; i < 1_000; i++) {
      add(raw(i, new byte[100]));
    }
    assertEquals(1_000L * (100 + OVERHEAD), queue.octets());
    assertEquals(0, queue.take(SECOND).timeNs());
    assertEquals(999L * (100 + OVERHEAD), queue.close(() -> new IOException("closed")));
    assertEquals(0, queue.octets());
    assertEquals("closed", assertThrows(IOException.class, () -> queue.take(SECOND)).getMessage());
  }
}
