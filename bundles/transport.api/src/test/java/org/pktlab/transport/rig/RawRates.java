package org.pktlab.transport.rig;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.pktlab.transport.RawTransportSocket;
import org.pktlab.transport.SocketEvents;
import org.pktlab.transport.SocketFailure;

/** How many packets a second pass from one namespace to another; prints what it finds. */
public abstract class RawRates extends RawTransportRig {
  private static final long RUN_NS = 3_000_000_000L;
  private static final int BURST = 20_000;
  private static final int BURSTS = 40;
  private static final int NOBODYS = 0x88b5; // the host throws such frames away, which costs it least

  private static <T> T onLoop(Namespaces.Loop loop, Callable<T> task) throws Exception {
    return loop.executor().submit(task).get();
  }

  private static void say(String text, Object... values) {
    System.out.println("RATE java " + Runtime.version().feature() + ": " + String.format(Locale.ROOT, text, values));
  }

  /** Processor time of threads by their names, ns; all of it, or that outside of the kernel. */
  private static long processorTime(String prefix, boolean user) {
    long time = 0;
    for (long id : ManagementFactory.getThreadMXBean().getAllThreadIds()) {
      var thread = ManagementFactory.getThreadMXBean().getThreadInfo(id);
      if (thread != null && thread.getThreadName().startsWith(prefix)) {
        var threads = ManagementFactory.getThreadMXBean();
        time += user ? threads.getThreadUserTime(id) : threads.getThreadCpuTime(id);
      }
    }
    return time;
  }

  @Test
  @EnabledIfSystemProperty(named = "pktlab.long", matches = "true")
  void shouldSendBursts() throws Exception {
    InetAddress from = host("IPv4", "a");
    ByteBuffer packet = IpPackets.echo(from, host("IPv4", "b"), 1, 64).put(20, (byte) 0); // an answer to nobody
    for (boolean timed : new boolean[] {false, true}) {
      Counter counter = new Counter();
      RawTransportSocket sender = open(a, from, counter);
      long[] took = new long[BURSTS];
      onLoop(a, () -> burst(sender, packet, timed));
      long cpu = processorTime("loop", false);
      long user = processorTime("loop", true);
      for (int burst = 0; burst < BURSTS; burst++) {
        took[burst] = onLoop(a, () -> burst(sender, packet, timed));
      }
      long spent = processorTime("loop", false) - cpu;
      long spentUser = processorTime("loop", true) - user;
      long first = took[0];
      Arrays.sort(took);
      say(
          "burst of %,d%s: median %,d/s, first %,d/s, worst %,d/s; %,d ns of processor time for a packet (%,d outside of the kernel), %,d times told",
          BURST, timed ? " with times" : "", rate(took[BURSTS / 2]), rate(first), rate(took[BURSTS - 1]), spent / BURST / BURSTS, spentUser / BURST / BURSTS, counter.times);
      a.run(sender::close);
    }
  }

  private static long rate(long tookNs) {
    return BURST * 1_000_000_000L / tookNs;
  }

  private static long burst(RawTransportSocket sender, ByteBuffer packet, boolean timed) {
    long start = System.nanoTime();
    for (int i = 0; i < BURST; i++) {
      packet.rewind();
      if (timed) {
        sender.offer(packet, null);
      } else {
        sender.offerUntimed(packet);
      }
    }
    assertTrue(sender.flush());
    return System.nanoTime() - start;
  }

  /** Sends a frame again and again; 0 means as fast as it goes. */
  private static long flood(Frames frames, long perSecond) {
    long start = System.nanoTime();
    long sent = 0;
    for (long now = start; now - start < RUN_NS; now = System.nanoTime()) {
      long due = perSecond == 0 ? Frames.BATCH : Math.min(Frames.BATCH, (now - start) * perSecond / 1_000_000_000 - sent);
      if (due < Frames.BATCH) {
        LockSupport.parkNanos(20_000);
      } else {
        sent += frames.repeat((int) due);
      }
    }
    return sent;
  }

  @Test
  @EnabledIfSystemProperty(named = "pktlab.long", matches = "true")
  void shouldCapture() throws Exception {
    InetAddress to = host("IPv4", "b");
    Counter counter = new Counter();
    RawTransportSocket receiver = open(b, to, counter);
    b.run(() -> receiver.capture((data, offset, length) -> length == 64 && IpPackets.protocol(data, offset) == 1 ? length : 0));
    ByteBuffer packet = IpPackets.echo(host("IPv4", "a"), to, 1, 64).put(20, (byte) 0);
    String address = namespaces.in("b", "cat", "/sys/class/net/" + namespaces.device("b") + "/address").trim();
    try (Frames frames = a.on(() -> new Frames(namespaces.device("a"), address))) {
      frames.prepare(NOBODYS, packet);
      for (long perSecond : new long[] {0, 0, 100_000, 300_000, 500_000, 500_000, 700_000}) {
        counter.delivered = 0;
        counter.dropped = 0;
        long thread = processorTime("pktlab-raw-", false);
        long threadUser = processorTime("pktlab-raw-", true);
        long loop = processorTime("loop", false);
        long lostBefore = lostByTheSystem();
        long sent = onLoop(a, () -> flood(frames, perSecond));
        TimeUnit.MILLISECONDS.sleep(300);
        b.run(() -> {});
        long packets = Math.max(1, counter.delivered);
        say(
            "sent %,d/s: delivered %,d/s, dropped %.2f %%;"
                + " ns of processor time for a packet: receiver %,d (%,d outside of the kernel), sender and loop %,d",
            sent * 1_000_000_000 / RUN_NS,
            counter.delivered * 1_000_000_000 / RUN_NS,
            100.0 * counter.dropped / sent,
            (processorTime("pktlab-raw-", false) - thread) / packets,
            (processorTime("pktlab-raw-", true) - threadUser) / packets,
            (processorTime("loop", false) - loop) / packets);
        // The kernel counts drops before the filter: there may be some of other packets.
        assertTrue(sent <= counter.delivered + counter.dropped + lostByTheSystem() - lostBefore, "packets are missing; " + counter);
      }
    }
  }

  /** What the capture could do if nobody had to send at the same time. */
  @Test
  @EnabledIfSystemProperty(named = "pktlab.long", matches = "true")
  void shouldCatchUpWithWhatTheKernelHolds() throws Exception {
    InetAddress to = host("IPv4", "b");
    Counter counter = new Counter();
    RawTransportSocket receiver = open(b, to, counter);
    AtomicReference<CountDownLatch> gate = new AtomicReference<>(new CountDownLatch(1));
    b.run(
        () ->
            receiver.capture(
                (data, offset, length) -> {
                  await(gate.get());
                  return length == 64 && IpPackets.protocol(data, offset) == 1 ? length : 0;
                }));
    ByteBuffer packet = IpPackets.echo(host("IPv4", "a"), to, 1, 64).put(20, (byte) 0);
    String address = namespaces.in("b", "cat", "/sys/class/net/" + namespaces.device("b") + "/address").trim();
    long[] took = new long[BURSTS];
    long lost = 0;
    try (Frames frames = a.on(() -> new Frames(namespaces.device("a"), address))) {
      frames.prepare(NOBODYS, packet);
      for (int round = 0; round < BURSTS; round++) {
        counter.delivered = 0;
        counter.dropped = 0;
        gate.set(new CountDownLatch(1));
        long lostBefore = lostByTheSystem();
        onLoop(
            a,
            () -> {
              for (int sent = 0; sent < BURST; ) {
                sent += frames.repeat(BURST - sent);
              }
              return null;
            });
        long start = System.nanoTime();
        gate.get().countDown();
        String which = "packets of burst " + round + " are missing; " + counter;
        await(which, () -> counter.delivered + counter.dropped + lostByTheSystem() - lostBefore >= BURST);
        took[round] = System.nanoTime() - start;
        lost += counter.dropped;
      }
    }
    Arrays.sort(took);
    say(
        "%,d packets that waited: median %,d/s, best %,d/s; %.2f %% found no room in the kernel",
        BURST, rate(took[BURSTS / 2]), rate(took[0]), 100.0 * lost / BURST / BURSTS);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Counts. */
  private static final class Counter implements SocketEvents {
    volatile long times;
    volatile long delivered;
    volatile long dropped;

    @Override
    public void onSendTime(int number, long timeNs, RawTransportSocket.TimeSource source) {
      times++;
    }

    @Override
    public void onConnected(long timeNs) {}

    @Override
    public void onData(ByteBuffer data, long timeNs) {}

    @Override
    public void onDatagram(ByteBuffer data, InetSocketAddress from, long timeNs) {
      delivered++;
    }

    @Override
    public void onDropped(long units, long octets) {
      dropped += units;
    }

    @Override
    public void onReadComplete() {}

    @Override
    public void onEndOfStream(long timeNs) {}

    @Override
    public void onFlushed(long timeNs) {}

    @Override
    public void onFailed(SocketFailure failure, boolean sending, long timeNs) {
      if (failure != SocketFailure.WITHDRAWN) {
        say("the socket failed: %s", failure);
      }
    }

    @Override
    public String toString() {
      return "delivered " + delivered + ", dropped " + dropped;
    }
  }
}
