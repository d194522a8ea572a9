package org.pktlab.mlet.host;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.pktlab.mlet.Received;
import org.pktlab.protocol.NdataFlyweight;

/**
 * Received data that wait for the mlet: one writer (the link's loop), readers one at a time. The writer takes no lock, and wakes the reader
 * only when it sleeps, once for all pieces of a turn.
 *
 * <p>Pieces are kept one behind the other in blocks, not as objects of their own: a reader that is behind by hundreds of thousands of packets
 * would otherwise make the garbage collector stop everybody while it moves them.
 */
final class ReceiveQueue {
  /** What a waiting piece costs beyond its data, octets: its {@link #HEADER}, an address, and its part of a block's rest. */
  private static final int OVERHEAD = 64;

  private static final int TIME = 0;
  private static final int LENGTH = 8;
  private static final int PORT = 12;
  private static final int ADDRESS_LENGTH = 14;
  private static final int HEADER = 15;

  private static final int LEAST_BLOCK = 1 << 10;
  private static final int MOST_BLOCK = 64 << 10;

  /** Data longer than this get a block of their own, which the reader gets as it is; shorter ones are copied. */
  private static final int LARGE = 2 << 10;

  /** How the receiving direction ended; data that came before are read first. */
  interface Ending {
    /** What a reader gets: null for the end of the stream, or the exception. */
    IOException why();
  }

  /** Pieces one behind the other. Never written again below {@link #written}. */
  private static final class Block {
    final ByteBuffer octets;
    volatile int written;
    volatile Block next;

    Block(int size) {
      octets = ByteBuffer.allocate(size);
    }
  }

  private final AtomicLong octets = new AtomicLong();
  private final ReentrantLock readers = new ReentrantLock();
  private volatile Ending ending;
  private volatile Thread sleeper;

  // The writer's.
  private Block last = new Block(0);
  private int usualBlock = LEAST_BLOCK;

  // Under this object's monitor.
  private Block first = last;
  private int read;

  /** What a piece of so many octets costs while it waits. */
  static long cost(int length) {
    return length + (long) OVERHEAD;
  }

  /** Adds a piece without waking the reader; the loop only. Gives the octets that wait now. */
  long add(NdataFlyweight ndata) {
    int length = ndata.dataLength();
    int addressLength = ndata.addressLength();
    Block block = room(length, HEADER + addressLength + length);
    int at = block.written;
    ByteBuffer to = block.octets;
    to.putLong(at + TIME, ndata.timeNs());
    to.putInt(at + LENGTH, length);
    to.putShort(at + PORT, (short) ndata.port());
    to.put(at + ADDRESS_LENGTH, (byte) addressLength);
    to.put(at + HEADER, ndata.buffer(), ndata.addressOffset(), addressLength);
    to.put(at + HEADER + addressLength, ndata.buffer(), ndata.dataOffset(), length);
    long waiting = octets.addAndGet(cost(length));
    block.written = at + HEADER + addressLength + length;
    return waiting;
  }

  /** The block that the next piece goes into. Blocks grow while the reader is behind, so that a socket with little to read costs little. */
  private Block room(int length, int size) {
    if (length <= LARGE && last.octets.capacity() - last.written >= size) {
      return last;
    }
    int capacity = size;
    if (length > LARGE) {
      usualBlock = LEAST_BLOCK; // its block ends the one before it, which may be nearly empty: short ones in between must not cost a great block each
    } else {
      if (octets.get() > usualBlock) {
        usualBlock = Math.min(MOST_BLOCK, 2 * usualBlock);
      }
      capacity = Math.max(size, usualBlock);
    }
    Block block = new Block(capacity);
    last.next = block;
    last = block;
    return block;
  }

  /** Octets that wait. */
  long octets() {
    return octets.get();
  }

  /** Ends the queue; the first ending counts. */
  void end(Ending how) {
    if (ending == null) {
      ending = how;
      wake();
    }
  }

  boolean ended() {
    return ending != null;
  }

  /** Throws away what waits, and ends with this instead of whatever ended it before. Gives the octets that waited. */
  long close(Ending how) {
    ending = how;
    long dropped = 0;
    Received piece;
    while ((piece = poll()) != null) {
      dropped += cost(piece.data().remaining());
    }
    wake();
    return dropped;
  }

  /** The next piece that waits; null when there is none. */
  private synchronized Received poll() {
    while (read == first.written) {
      Block next = first.next;
      if (next == null) {
        return null;
      }
      if (read == first.written) { // what was written before the next block was made is read before it
        first = next;
        read = 0;
      }
    }
    ByteBuffer from = first.octets;
    int length = from.getInt(read + LENGTH);
    int addressLength = from.get(read + ADDRESS_LENGTH);
    int data = read + HEADER + addressLength;
    Received piece = new Received(length > LARGE ? from.slice(data, length) : copy(from, data, length), from.getLong(read + TIME), sender(from, addressLength));
    read = data + length;
    octets.addAndGet(-cost(length));
    return piece;
  }

  private static ByteBuffer copy(ByteBuffer from, int at, int length) {
    byte[] copy = new byte[length];
    from.get(at, copy);
    return ByteBuffer.wrap(copy);
  }

  private InetSocketAddress sender(ByteBuffer from, int addressLength) {
    if (addressLength == 0) {
      return null;
    }
    byte[] address = new byte[addressLength];
    from.get(read + HEADER, address);
    try {
      return new InetSocketAddress(InetAddress.getByAddress(address), from.getShort(read + PORT) & 0xFFFF);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("addresses of frames have 4 or 16 octets", e);
    }
  }

  /** Wakes the reader if it sleeps. Any thread. */
  void wake() {
    Thread thread = sleeper;
    if (thread != null) {
      LockSupport.unpark(thread);
    }
  }

  /**
   * Waits for the next piece.
   *
   * @return null when the queue has ended without an exception
   */
  Received take(long timeoutNs) throws IOException, InterruptedException, TimeoutException {
    readers.lockInterruptibly();
    try {
      Received piece = poll();
      return piece == null ? waitFor(timeoutNs) : piece;
    } finally {
      readers.unlock();
    }
  }

  private Received waitFor(long timeoutNs) throws IOException, InterruptedException, TimeoutException {
    long begin = System.nanoTime();
    sleeper = Thread.currentThread();
    try {
      while (true) {
        Ending how = ending;
        Received piece = poll();
        if (piece != null) {
          return piece;
        }
        if (how != null) {
          IOException why = how.why();
          if (why == null) {
            return null;
          }
          throw why;
        }
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        long left = timeoutNs - (System.nanoTime() - begin);
        if (left <= 0) {
          throw new TimeoutException("nothing was received in time");
        }
        LockSupport.parkNanos(this, left);
      }
    } finally {
      sleeper = null;
    }
  }
}
