package org.pktlab.transport.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.pktlab.transport.RawTransportSocket.TimeSource;
import org.pktlab.transport.SocketEvents;
import org.pktlab.transport.SocketFailure;

/** Writes down what happens to a raw socket. */
public final class Recorder implements SocketEvents {
  /** A packet with its time. */
  public record Packet(byte[] data, long timeNs) {}

  /** A rejection or failure; the number is -1 for a failure. */
  public record Fault(int number, SocketFailure failure, boolean sending) {}

  public final LinkedBlockingQueue<Packet> packets = new LinkedBlockingQueue<>();
  public final LinkedBlockingQueue<Fault> faults = new LinkedBlockingQueue<>();
  public final LinkedBlockingQueue<Long> flushes = new LinkedBlockingQueue<>();
  public final Map<Integer, Long> sendTimes = new ConcurrentHashMap<>();

  /** Those of {@link #sendTimes} that are the kernel's; the others are reckoned. */
  public final Set<Integer> toldByKernel = ConcurrentHashMap.newKeySet();
  public final AtomicLong delivered = new AtomicLong();
  public final AtomicLong dropped = new AtomicLong();
  public final AtomicLong completions = new AtomicLong();
  public volatile boolean keepsPackets = true;
  public volatile Runnable hook = () -> {};
  private volatile Thread thread;
  private volatile boolean mixedThreads;

  private void enter() {
    if (thread == null) {
      thread = Thread.currentThread();
    }
    mixedThreads |= thread != Thread.currentThread();
  }

  @Override
  public void onDatagram(ByteBuffer data, InetSocketAddress from, long timeNs) {
    enter();
    assertNull(from);
    delivered.incrementAndGet();
    if (keepsPackets) {
      byte[] copy = new byte[data.remaining()];
      data.get(copy);
      packets.add(new Packet(copy, timeNs));
    }
    hook.run();
  }

  @Override
  public void onDropped(long units, long octets) {
    enter();
    dropped.addAndGet(units);
  }

  @Override
  public void onSendTime(int number, long timeNs, TimeSource source) {
    enter();
    if (source == TimeSource.KERNEL) {
      toldByKernel.add(number);
    }
    assertNull(sendTimes.put(number, timeNs), "a packet left twice");
  }

  @Override
  public void onRejected(int number, SocketFailure failure, long timeNs) {
    enter();
    faults.add(new Fault(number, failure, true));
  }

  @Override
  public void onReadComplete() {
    enter();
    completions.incrementAndGet();
  }

  @Override
  public void onFlushed(long timeNs) {
    enter();
    flushes.add(timeNs);
  }

  @Override
  public void onFailed(SocketFailure failure, boolean sending, long timeNs) {
    enter();
    faults.add(new Fault(-1, failure, sending));
  }

  @Override
  public void onConnected(long timeNs) {
    throw new AssertionError("a raw socket connected");
  }

  @Override
  public void onData(ByteBuffer data, long timeNs) {
    throw new AssertionError("a raw socket got data of a stream");
  }

  @Override
  public void onEndOfStream(long timeNs) {
    throw new AssertionError("a raw socket ended");
  }

  public Packet next() throws InterruptedException {
    Packet packet = packets.poll(Namespaces.SECONDS, TimeUnit.SECONDS);
    assertNotNull(packet, "no packet came");
    assertTrue(!mixedThreads, "events came on more than one thread");
    return packet;
  }

  public Fault nextFault() throws InterruptedException {
    Fault fault = faults.poll(Namespaces.SECONDS, TimeUnit.SECONDS);
    assertNotNull(fault, "nothing failed");
    return fault;
  }
}
