package org.pktlab.transport.parts;

/**
 * Brings together the times of sending that the kernel tells, each by the key of a packet, and the numbers of packets. The kernel gives keys in the order in which it
 * takes packets whose time it is asked for: 0, 1, and so on modulo 2<sup>32</sup>.
 *
 * <p>Of a burst the kernel is asked for some times only, because its word costs a third of a packet; the others are reckoned in between. Used on the loop that owns
 * the socket; nothing is allocated for a packet.
 */
public final class KernelSendTimes {
  /** Told when packets left. */
  @FunctionalInterface
  public interface Taker {
    /**
     * A packet left.
     *
     * @param number of the packet
     * @param timeNs nanoseconds since 1970
     * @param told whether the kernel said so; or else it was reckoned from the times of packets before and behind it in the same burst
     */
    void left(int number, long timeNs, boolean told);
  }

  /** More packets than this that leave together are a burst. */
  private static final int BURST = 16;

  /** The kernel is asked for the time of every how manieth packet of a burst. */
  private static final int THINNED = 8;

  /** Keys whose packets are known; a power of two. */
  private static final int REMEMBERED = 16_384;

  /** After so many without an answer it is clear that the device gives no times. */
  private static final int UNANSWERED = 1_024;

  private final Taker taker;
  private final int[] numberOfKey = new int[REMEMBERED];

  /** How far a key's packet is behind that of the key before in the same burst; 0 where it is the first. */
  private final int[] distanceOfKey = new int[REMEMBERED];

  private int keys;

  /** The key after the last one that a time came for. */
  private int answered;

  private boolean everAnswered;
  private boolean inBurst;
  private int lastAsked;
  private int lastTold = -1;
  private long lastNs;

  /** Nothing has been asked yet. */
  public KernelSendTimes(Taker taker) {
    this.taker = taker;
  }

  /** Whether so many packets that leave together are a burst, of which not every packet is asked for. */
  public static boolean isBurst(int count) {
    return count > BURST;
  }

  /** Whether the kernel is to be asked when a packet of a burst leaves: the first, the last and some in between. */
  public static boolean isAsked(int index, int count) {
    return index % THINNED == 0 || index == count - 1;
  }

  /** Whether times can be expected: some devices give none. */
  public boolean areExpected() {
    return everAnswered || Integer.compareUnsigned(keys, UNANSWERED) < 0;
  }

  /** Whether times of packets that have left are still to come. */
  public boolean areAwaited() {
    return areExpected() && keys != answered;
  }

  /** Whether the kernel owes times, expected or not. */
  public boolean areOwed() {
    return keys != answered;
  }

  /**
   * The kernel has taken a packet whose time it was asked for.
   *
   * @param burst whether all packets since the last one that was asked for want a time, reckoned
   */
  public void asked(int number, boolean burst) {
    int slot = keys++ & REMEMBERED - 1;
    numberOfKey[slot] = number;
    distanceOfKey[slot] = burst && inBurst ? number - lastAsked & Integer.MAX_VALUE : 0;
    inBurst = burst;
    lastAsked = number;
  }

  /** Nothing can be reckoned between the packets before and those that follow: a burst is over, or one of its packets was not taken. */
  public void interrupted() {
    inBurst = false;
  }

  /** The kernel tells a time: passes it on, and before it those of packets in between. One whose number is forgotten is left out. */
  public void told(int key, long timeNs) {
    if (Integer.compareUnsigned(keys - key - 1, REMEMBERED) >= 0) {
      return;
    }
    if (key - answered >= 0) {
      answered = key + 1;
    }
    everAnswered = true;
    int number = numberOfKey[key & REMEMBERED - 1];
    int distance = distanceOfKey[key & REMEMBERED - 1];
    if (key - 1 == lastTold) {
      for (int i = 1; i < distance; i++) {
        taker.left(number - distance + i & Integer.MAX_VALUE, lastNs + (timeNs - lastNs) * i / distance, false);
      }
    }
    lastTold = key;
    lastNs = timeNs;
    taker.left(number, timeNs, true);
  }
}
