package org.pktlab.transport.raw.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.pktlab.transport.CaptureFilter;
import org.pktlab.transport.CaptureQueue;
import org.pktlab.transport.parts.Errno;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of a raw socket. It receives packets with the kernel's times, filters them and puts what is kept into a queue (protocol, section 8.3); and it waits for
 * the sending socket when asked. It owns the descriptors: it closes them at its end, so that none is closed while it waits for it.
 */
final class Receiver implements Runnable {
  /** Told on the receiver's thread. */
  interface Listener {
    /** The sending socket has room, or times of packets. */
    void sendingReady();

    void receiveFailed(int error);
  }

  /** What is captured, from when on. */
  private static final class Capture {
    final CaptureFilter filter;
    final int round;
    final long startNs;

    /** Whether everything that was received before the start has been read; used by the receiving thread only. */
    boolean caughtUp;

    Capture(CaptureFilter filter, int round, long startNs) {
      this.filter = filter;
      this.round = round;
      this.startNs = startNs;
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(Receiver.class);
  private static final int SLOT = 65_536;
  private static final int POLLED = 8;
  private static final int BATCHES_PER_POLL = 16;

  /** How often it is seen to whether the host still has the address. */
  private static final int PROBE_MILLIS = 500;

  private final InetAddress address;
  private final int scope;
  private final int packets;
  private final int sending;
  private final int signal;
  private final CaptureQueue queue;
  private final Listener listener;
  private final Thread thread;

  private volatile Capture capture;
  private final AtomicInteger watched = new AtomicInteger();
  private volatile boolean stopping;
  private boolean ended;
  private boolean failed;

  /**
   * @param address of the socket, on the interface with the index {@code scope}
   */
  Receiver(String name, InetAddress address, int scope, Descriptors descriptors, CaptureQueue queue, Listener listener) {
    this.address = address;
    this.scope = scope;
    this.packets = descriptors.packets();
    this.sending = descriptors.sending();
    this.signal = descriptors.signal();
    this.queue = queue;
    this.listener = listener;
    thread = new Thread(this, name);
    thread.setDaemon(true);
  }

  // ------------------------------------------------------------------------------------------------ other threads

  void start() {
    thread.start();
  }

  /** Captures from now on; a null filter captures nothing. */
  void capture(CaptureFilter filter, int round, long startNs) {
    capture = filter == null ? null : new Capture(filter, round, startNs);
  }

  /** Asks to be told once when the sending socket has one of the poll events, or times of packets. */
  void watchSending(int events) {
    int wanted = events | Libc.POLLIN; // POLLIN never comes, but says that we wait at all: times always count
    int before = watched.getAndUpdate(now -> now | wanted);
    if ((before | wanted) != before) {
      wake();
    }
  }

  /** Ends the thread; the descriptors are closed soon. Idempotent. */
  void stop() {
    if (!stopping) {
      stopping = true;
      wake();
    }
  }

  /** Waits for the end; false when it has not come in time. */
  boolean awaitEnd(long millis) throws InterruptedException {
    thread.join(Math.max(1, millis));
    return !thread.isAlive();
  }

  private synchronized void wake() {
    if (!ended) {
      Libc.signal(signal);
    }
  }

  // ------------------------------------------------------------------------------------------------ its own thread

  @Override
  public void run() {
    try (Arena arena = Arena.ofConfined()) {
      Libc libc = new Libc(arena);
      try {
        serve(libc, arena);
      } catch (RuntimeException | Error e) {
        LOG.error("Capturing failed; the socket is closed", e);
        listener.receiveFailed(0);
        awaitStop(libc, arena);
      } finally {
        synchronized (this) {
          ended = true;
          libc.close(packets);
          libc.close(sending);
          libc.close(signal);
        }
      }
    }
  }

  private void serve(Libc libc, Arena arena) {
    MemorySegment polled = arena.allocate(3L * POLLED, 8);
    Messages messages = new Messages(arena, 0, 64);
    MemorySegment data = arena.allocate((long) SLOT * Messages.COUNT, 64);
    ByteBuffer view = data.asByteBuffer();
    for (int i = 0; i < Messages.COUNT; i++) {
      messages.data(i, data.address() + (long) i * SLOT, SLOT);
    }
    MemorySegment name = Descriptors.name(arena, address, scope);
    long probed = System.nanoTime();
    poll(polled, 0, signal, Libc.POLLIN);
    poll(polled, 1, packets, Libc.POLLIN);
    while (!stopping) {
      if (!failed && System.nanoTime() - probed >= PROBE_MILLIS * 1_000_000L) {
        int error = Descriptors.probe(libc, name);
        if (error < 0) {
          failed = true;
          listener.receiveFailed(-error);
        }
        probed = System.nanoTime();
      }
      int events = watched.get();
      poll(polled, 2, events == 0 ? -1 : sending, events & ~Libc.POLLIN);
      if (failed) {
        poll(polled, 1, -1, 0);
      }
      int ready = libc.poll(polled, 3, PROBE_MILLIS);
      if (ready <= 0) {
        continue; // interrupted, or only time has passed
      }
      if (returned(polled, 0)) {
        libc.clearSignal(signal);
      }
      if (returned(polled, 2) && !stopping) {
        watched.set(0); // whatever was asked for meanwhile is looked at on the loop
        listener.sendingReady();
      }
      if (returned(polled, 1) && !stopping) {
        receive(libc, messages, view);
      }
    }
  }

  /** The descriptors stay open until the owner knows that the socket has failed. */
  private void awaitStop(Libc libc, Arena arena) {
    MemorySegment polled = arena.allocate(POLLED, 8);
    poll(polled, 0, signal, Libc.POLLIN);
    while (!stopping) {
      libc.poll(polled, 1, -1);
      libc.clearSignal(signal);
    }
  }

  private static void poll(MemorySegment polled, int index, int fd, int events) {
    polled.set(JAVA_INT, (long) index * POLLED, fd);
    polled.set(JAVA_SHORT, (long) index * POLLED + 4, (short) events);
    polled.set(JAVA_SHORT, (long) index * POLLED + 6, (short) 0);
  }

  private static boolean returned(MemorySegment polled, int index) {
    return polled.get(JAVA_SHORT, (long) index * POLLED + 6) != 0;
  }

  private void receive(Libc libc, Messages messages, ByteBuffer view) {
    int count = Messages.COUNT;
    for (int batch = 0; batch < BATCHES_PER_POLL && count == Messages.COUNT && !stopping; batch++) {
      Capture before = capture;
      count = libc.recvmmsg(packets, messages.segment(), Messages.COUNT, Libc.MSG_DONTWAIT);
      if (count < 0) {
        if (count != -Errno.EAGAIN && count != -Errno.EINTR) {
          failed = true;
          listener.receiveFailed(-count);
        }
        return;
      }
      Capture now = capture; // read after the call: what came after a new filter was set is never judged by the old one
      if (now != null) {
        take(now, messages, count, view);
        now.caughtUp |= now == before && count < Messages.COUNT;
        if (count < Messages.COUNT || batch == BATCHES_PER_POLL - 1) {
          tellDrops(libc, now);
        }
      }
      messages.resetControls(count);
      queue.wake();
    }
  }

  /** The kernel drops only while its buffer is full, so that we come here after each drop. */
  private void tellDrops(Libc libc, Capture capture) {
    long drops = libc.takeDrops(packets);
    if (drops > 0) {
      queue.drop(capture.round, drops, 0);
    }
  }

  private void take(Capture capture, Messages messages, int count, ByteBuffer view) {
    for (int i = 0; i < count; i++) {
      long at = messages.control(i, Libc.SOL_SOCKET, Libc.SO_TIMESTAMPNS);
      if (at < 0) {
        continue; // never seen: the kernel fills in the present where it has no other time
      }
      long timeNs = messages.controls().get(JAVA_LONG, at) * 1_000_000_000 + messages.controls().get(JAVA_LONG, at + 8);
      if (!capture.caughtUp && timeNs < capture.startNs) {
        continue;
      }
      int length = Math.min(messages.length(i), CaptureQueue.LONGEST_PACKET);
      int keep = capture.filter.keep(view, i * SLOT, length);
      if (keep > 0) {
        queue.put(capture.round, view, i * SLOT, Math.min(keep, length), timeNs);
      }
    }
  }
}
