package org.pktlab.mlet.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.pktlab.mlet.SessionLostException;
import org.pktlab.mlet.Vantage;
import org.pktlab.protocol.MemoryMap;
import org.pktlab.protocol.NotificationMask;

/**
 * Keeps received data and send times at the endpoint until they are asked for, by the notification masks of the session's sockets
 * (protocol specification, sections 6.4 and 12). Any thread may call it.
 *
 * <p>The endpoint's clock is read once, when holding begins: waiting for a poll uses the network for nothing at all.
 */
final class Holding {
  private static final int MASK = NotificationMask.NDATA | NotificationMask.NTAG;
  private static final int DROPS_LENGTH = MemoryMap.OFFSET_DROPPED_UNITS + 4 - MemoryMap.OFFSET_DROPPED_OCTETS;

  /** How far two clocks may drift apart: one part of so many. */
  private static final long DRIFT = 10_000;

  private static final long LONGEST_SLEEP_NS = 500_000_000L;

  private final SessionVantage vantage;
  private final ReentrantLock lock = new ReentrantLock();

  // Under the lock.
  private final Map<Integer, EndpointSocket> held = new LinkedHashMap<>();
  private boolean holding;
  private long theirNs;
  private long ourNs;

  Holding(SessionVantage vantage) {
    this.vantage = vantage;
  }

  void hold() throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      List<Call> calls = new ArrayList<>();
      for (EndpointSocket socket : vantage.wire().openSockets()) {
        held.put(socket.sktid(), socket);
        calls.add(mask(socket.sktid(), MASK));
      }
      holding = true;
      vantage.window().hold(true);
      for (Call call : calls) {
        call.awaitSuccess();
      }
      Call clock = vantage.askClock();
      vantage.wire().submit(clock);
      theirNs = vantage.clockOf(clock.awaitSuccess());
      // Theirs was read before this, so that we wait rather too long than too short.
      ourNs = System.nanoTime();
    } finally {
      lock.unlock();
    }
  }

  Vantage.Drops poll(long untilNs) throws IOException, InterruptedException {
    sleep(untilNs);
    lock.lockInterruptibly();
    try {
      dropClosed();
      List<Call> calls = new ArrayList<>();
      List<Call> drops = new ArrayList<>();
      for (int sktid : held.keySet()) {
        calls.add(mask(sktid, 0));
        if (holding) {
          calls.add(mask(sktid, MASK));
        }
        Call read = Call.read(MemoryMap.socketField(sktid, MemoryMap.OFFSET_DROPPED_OCTETS), DROPS_LENGTH);
        vantage.wire().submit(read);
        drops.add(read);
      }
      for (Call call : calls) {
        // What was queued precedes this answer.
        call.awaitSuccess();
      }
      long units = 0;
      long octets = 0;
      for (Call read : drops) {
        ByteBuffer counters = ByteBuffer.wrap(read.awaitSuccess());
        octets += counters.getInt(0) & 0xFFFFFFFFL;
        units += counters.getInt(MemoryMap.OFFSET_DROPPED_UNITS - MemoryMap.OFFSET_DROPPED_OCTETS) & 0xFFFFFFFFL;
      }
      return new Vantage.Drops(units, octets);
    } finally {
      lock.unlock();
    }
  }

  private void sleep(long untilNs) throws IOException, InterruptedException {
    long until;
    lock.lockInterruptibly();
    try {
      if (!holding) {
        throw new IllegalStateException("nothing is held: call hold() first");
      }
      long whole = Math.max(0, untilNs - theirNs);
      until = ourNs + whole + whole / DRIFT;
    } finally {
      lock.unlock();
    }
    long left;
    while ((left = until - System.nanoTime()) > 0) {
      if (vantage.wire().lost() != null) {
        throw new SessionLostException(vantage.wire().lost());
      }
      // In pieces, so that a session lost meanwhile is noticed.
      TimeUnit.NANOSECONDS.sleep(Math.min(left, LONGEST_SLEEP_NS));
    }
  }

  void release() throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      if (!holding) {
        return;
      }
      holding = false;
      vantage.window().hold(false);
      dropClosed();
      List<Call> calls = new ArrayList<>();
      for (int sktid : held.keySet()) {
        calls.add(mask(sktid, 0));
      }
      held.clear();
      for (Call call : calls) {
        call.awaitSuccess();
      }
    } finally {
      lock.unlock();
    }
  }

  private void dropClosed() {
    held.entrySet().removeIf(e -> !vantage.wire().isOpen(e.getKey(), e.getValue()));
  }

  private Call mask(int sktid, int bits) {
    byte[] octets = {(byte) (bits >>> 8), (byte) bits};
    Call call = new Call("set the notification mask", Frames.mwrite(MemoryMap.socketField(sktid, MemoryMap.OFFSET_NOTIFICATION_MASK), octets));
    vantage.wire().submit(call);
    return call;
  }
}
