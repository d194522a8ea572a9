package org.pktlab.transport.udp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;

/** Datagrams that wait for a flush, copied one behind the other into one direct buffer. Used on one loop. */
final class SendQueue {
  private static final int FIRST_OCTETS = 2_048;
  private static final int FIRST_DATAGRAMS = 8;

  /** A socket that sends one small datagram now and then keeps its buffer; what a burst has taken is given back. */
  private static final int KEPT_OCTETS = 4_096;

  private static final int KEPT_DATAGRAMS = 64;

  /** Fewer are sent one by one: a run costs two calls more. */
  private static final int SHORTEST_RUN = 4;

  /** Longer datagrams may not fit the path, which the operating system refuses for a run; this fits every IPv6 path. */
  private static final int LONGEST_IN_RUN = 1_232;

  private ByteBuf store;
  private ByteBuffer view;
  private int[] ends = new int[FIRST_DATAGRAMS];
  private InetSocketAddress[] destinations = new InetSocketAddress[FIRST_DATAGRAMS];
  private int head;
  private int tail;

  /** Copies a datagram. One that no UDP packet can hold is kept without its octets; its turn will tell. */
  void add(ByteBuffer data, InetSocketAddress to) {
    if (tail == ends.length) {
      ends = Arrays.copyOf(ends, 2 * tail);
      destinations = Arrays.copyOf(destinations, 2 * tail);
    }
    destinations[tail] = to;
    if (data.remaining() > UdpSocket.LARGEST_DATAGRAM) {
      ends[tail++] = -1;
      return;
    }
    if (store == null) {
      store = ByteBufAllocator.DEFAULT.directBuffer(Math.max(FIRST_OCTETS, data.remaining()));
    }
    store.writeBytes(data);
    ends[tail++] = store.writerIndex();
  }

  /**
   * Sends what there is, in order.
   *
   * @return false when the operating system has no room for the rest
   * @throws IOException when one cannot be sent; it and those behind it are still here
   */
  boolean drain(DatagramPort port) throws IOException {
    if (store != null && (view == null || view.capacity() != store.capacity())) {
      view = store.nioBuffer(0, store.capacity()); // new, or moved when it grew
    }
    int start = startOf(head);
    while (head < tail) {
      int end = ends[head];
      if (end < 0) {
        throw new TooLongException();
      }
      int run = runFrom(head, start, port.longestRun());
      if (run > 1) {
        end = ends[head + run - 1];
        if (!port.sendRun(view, start, end, ends[head] - start, destinations[head])) {
          if (port.longestRun() > 1) {
            return false;
          }
          continue; // the port has found that it cannot send runs: one by one from here
        }
      } else if (!port.send(view, start, end, destinations[head])) {
        return false;
      }
      for (int sent = 0; sent < run; sent++) {
        destinations[head++] = null;
      }
      start = end;
    }
    empty();
    return true;
  }

  /** How many datagrams from {@code first} on are of one length and go to one place, so that they may leave together; 1 when they are few. */
  private int runFrom(int first, int start, int longest) {
    int length = ends[first] - start;
    if (longest < SHORTEST_RUN || length == 0 || length > LONGEST_IN_RUN) {
      return 1;
    }
    int run = 1;
    while (run < longest
        && first + run < tail
        && ends[first + run] - ends[first + run - 1] == length
        && Objects.equals(destinations[first], destinations[first + run])) {
      run++;
    }
    return run < SHORTEST_RUN ? 1 : run;
  }

  /** Where a datagram starts: where the one before it ended. None is taken behind one that is too long. */
  private int startOf(int index) {
    return index == 0 ? 0 : ends[index - 1];
  }

  boolean isEmpty() {
    return head == tail;
  }

  private void empty() {
    head = 0;
    tail = 0;
    if (store != null) {
      if (store.capacity() > KEPT_OCTETS) {
        store.release();
        store = null;
        view = null;
      } else {
        store.clear();
      }
    }
    if (ends.length > KEPT_DATAGRAMS) {
      ends = new int[FIRST_DATAGRAMS];
      destinations = new InetSocketAddress[FIRST_DATAGRAMS];
    }
  }

  /** Gives everything back. */
  void release() {
    head = 0;
    tail = 0;
    Arrays.fill(destinations, null);
    if (store != null) {
      store.release();
      store = null;
      view = null;
    }
  }

  /** A datagram of more octets than a UDP header can count. */
  static final class TooLongException extends IOException {
    private static final long serialVersionUID = 1L;

    TooLongException() {
      super("Message too long");
    }
  }
}
