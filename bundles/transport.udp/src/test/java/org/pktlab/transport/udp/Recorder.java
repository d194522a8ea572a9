package org.pktlab.transport.udp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.pktlab.transport.SocketEvents;
import org.pktlab.transport.SocketFailure;

/** Writes down what happens to a socket, in order. */
final class Recorder implements SocketEvents {
  /** One event; data are copied. */
  record Event(String kind, byte[] data, InetSocketAddress from, SocketFailure failure, boolean sending, long timeNs) {}

  private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private volatile Consumer<ByteBuffer> dataHook = data -> {};
  private volatile Thread thread;
  private volatile boolean mixedThreads;

  static long nowNs() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }

  /** Called with each piece of data before it is written down, on the loop. */
  void whenData(Consumer<ByteBuffer> hook) {
    dataHook = hook;
  }

  private void add(String kind, byte[] data, InetSocketAddress from, SocketFailure failure, boolean sending, long timeNs) {
    if (thread == null) {
      thread = Thread.currentThread();
    }
    mixedThreads |= thread != Thread.currentThread();
    events.add(new Event(kind, data, from, failure, sending, timeNs));
  }

  @Override
  public void onConnected(long timeNs) {
    add("connected", null, null, null, false, timeNs);
  }

  @Override
  public void onData(ByteBuffer data, long timeNs) {
    dataHook.accept(data.duplicate());
    byte[] copy = new byte[data.remaining()];
    data.get(copy);
    add("data", copy, null, null, false, timeNs);
  }

  @Override
  public void onDatagram(ByteBuffer data, InetSocketAddress from, long timeNs) {
    dataHook.accept(data.duplicate());
    byte[] copy = new byte[data.remaining()];
    data.get(copy);
    add("datagram", copy, from, null, false, timeNs);
  }

  @Override
  public void onReadComplete() {
    add("complete", null, null, null, false, 0);
  }

  @Override
  public void onEndOfStream(long timeNs) {
    add("end", null, null, null, false, timeNs);
  }

  @Override
  public void onFlushed(long timeNs) {
    add("flushed", null, null, null, false, timeNs);
  }

  @Override
  public void onFailed(SocketFailure failure, boolean sending, long timeNs) {
    add("failed", null, null, failure, sending, timeNs);
  }

  /** The next event other than the end of a turn. */
  Event next() throws InterruptedException {
    while (true) {
      Event event = events.poll(Loops.SECONDS, TimeUnit.SECONDS);
      assertNotNull(event, "no event came");
      assertTrue(!mixedThreads, "events came on more than one thread");
      if (!event.kind().equals("complete")) {
        return event;
      }
    }
  }

  /** The next event, ends of turns included. */
  Event nextOfAll() throws InterruptedException {
    Event event = events.poll(Loops.SECONDS, TimeUnit.SECONDS);
    assertNotNull(event, "no event came");
    return event;
  }

  /** The next event, which is of the given kind. */
  Event next(String kind) throws InterruptedException {
    Event event = next();
    assertEquals(kind, event.kind(), () -> "got " + event);
    return event;
  }

  /** The next event, which is a failure. */
  void nextFailed(SocketFailure failure, boolean sending) throws InterruptedException {
    Event event = next("failed");
    assertEquals(failure, event.failure());
    assertEquals(sending, event.sending());
  }

  /** Whether nothing but ends of turns is left. */
  boolean isSilent() {
    return events.stream().allMatch(event -> event.kind().equals("complete"));
  }
}
