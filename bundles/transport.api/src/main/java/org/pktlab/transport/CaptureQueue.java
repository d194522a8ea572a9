package org.pktlab.transport;

import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Carries captured packets from the thread that receives them to the loop that owns the socket, for raw transports. Its memory is bounded and claimed with the first
 * packet; what finds no room is counted and told as {@link SocketEvents#onDropped}. The loop is woken once for many packets, and serves others after {@value
 * #PACKETS_PER_TURN} of them, or a millisecond.
 *
 * <p>Each filter that is set begins a <em>round</em>; packets of an earlier round are thrown away. Methods say which thread calls them: the loop, or the one receiving
 * thread.
 */
public final class CaptureQueue {
  /** Packets delivered before the loop serves somebody else. */
  public static final int PACKETS_PER_TURN = 256;

  private static final int PACKETS_PER_LOOK = 16;

  /** When a turn is over although it has delivered fewer packets: before code is compiled, each takes long. */
  private static final long TURN_NS = 1_000_000;

  /** The least memory of a queue: room for the longest packet, whatever lies before it. */
  public static final int LEAST_OCTETS = 262_144;

  /** The longest packet that a queue takes. */
  public static final int LONGEST_PACKET = 65_535;

  private final SocketEvents events;
  private final ScheduledExecutorService loop;
  private final PacketRing ring;
  private final AtomicBoolean woken = new AtomicBoolean();
  private final AtomicLong droppedUnits = new AtomicLong();
  private final AtomicLong droppedOctets = new AtomicLong();
  private final Runnable turn = this::turn;
  private ByteBuffer data;
  private volatile int round;
  private volatile boolean closed;

  /**
   * @param octets of memory, at least {@link #LEAST_OCTETS}; each packet takes up to 23 octets more than it has
   * @param events told of packets and drops on the loop
   * @throws IllegalArgumentException when {@code octets} is too small
   */
  public CaptureQueue(int octets, SocketEvents events, ScheduledExecutorService loop) {
    if (octets < LEAST_OCTETS) {
      throw new IllegalArgumentException("a capture queue needs " + LEAST_OCTETS + " octets, got " + octets);
    }
    this.ring = new PacketRing(octets);
    this.events = events;
    this.loop = loop;
  }

  // ------------------------------------------------------------------------------------------------ the loop

  /** Begins a new round: what has not been delivered yet is thrown away without being counted. The loop calls it. */
  public int nextRound() {
    droppedUnits.set(0);
    droppedOctets.set(0);
    return ++round;
  }

  /** Delivers nothing more. Any thread; a delivery that runs on the loop ends after its packet. */
  public void close() {
    closed = true;
  }

  private void turn() {
    boolean full = false;
    try {
      full = deliver();
    } finally {
      if (full && !closed) {
        again();
      } else {
        woken.set(false);
        wake(); // for what came between the last look and the line above
      }
    }
  }

  /** Delivers packets; true when the turn was over before they were. */
  private boolean deliver() {
    long begin = System.nanoTime();
    int count = 0;
    boolean isOver = false;
    boolean told = false;
    while (!closed && ring.peek()) {
      if (ring.round() == round) {
        if (count == PACKETS_PER_TURN || count % PACKETS_PER_LOOK == 0 && System.nanoTime() - begin > TURN_NS) {
          isOver = true;
          break;
        }
        count++;
        long timeNs = ring.timeNs();
        data = ring.data(data);
        told = true;
        try {
          events.onDatagram(data, null, timeNs);
        } finally {
          ring.take();
        }
      } else {
        ring.take();
      }
    }
    told |= tellDrops();
    if (told && !closed) {
      events.onReadComplete();
    }
    return isOver;
  }

  private boolean tellDrops() {
    if (closed || droppedUnits.get() == 0) {
      return false;
    }
    long octets = droppedOctets.getAndSet(0); // before the units: octets are never told without theirs
    events.onDropped(droppedUnits.getAndSet(0), octets);
    return true;
  }

  /** Goes on after the loop has looked at its other sockets: an executed task would come before them. */
  private void again() {
    try {
      loop.schedule(turn, 0, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      closed = true;
    }
  }

  // ------------------------------------------------------------------------------------------------ the receiving thread

  /**
   * Takes a packet, or counts it as dropped. The loop hears of it at the next {@link #wake()}.
   *
   * @param packet holds it; borrowed, position and limit do not matter
   * @param offset absolute index of its first octet
   * @param length octets, 0 to {@link #LONGEST_PACKET}
   * @param timeNs when it was received
   */
  public void put(int itsRound, ByteBuffer packet, int offset, int length, long timeNs) {
    if (itsRound == round && !ring.fill(itsRound, packet, offset, length, timeNs)) {
      drop(itsRound, 1, length);
    }
  }

  /** Counts packets that were lost before they could be put. */
  public void drop(int itsRound, long units, long octets) {
    if (itsRound == round) {
      droppedUnits.addAndGet(units);
      droppedOctets.addAndGet(octets);
    }
  }

  /**
   * Tells the loop of what was put and dropped since. Cheap when there is nothing to tell.
   *
   * @return false when nobody takes packets any more, because the queue was closed or the loop has ended
   */
  public boolean wake() {
    if (!closed && (!ring.isEmpty() || droppedUnits.get() > 0) && woken.compareAndSet(false, true)) {
      try {
        loop.execute(turn);
      } catch (RejectedExecutionException e) {
        closed = true;
      }
    }
    return !closed;
  }
}
