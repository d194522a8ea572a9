package org.pktlab.endpoint.core;

import java.nio.ByteBuffer;
import org.pktlab.transport.SocketFailure;

/** What a socket slot asks of the session it belongs to. Everything happens on the session's loop. */
interface SocketOwner {
  /** The endpoint's clock: nanoseconds since 1970, unsigned. */
  long nowNs();

  /** The endpoint's buffer. */
  BufferAccount buffer();

  /** The session's counters. */
  SessionCounters counters();

  /** When tagged sends left. */
  SendTimes sendTimes();

  /** Renders notifications; the buffer returned is reused by the next call. */
  NotificationFrames frames();

  /** Octets that a single send can never exceed. */
  long largestSend();

  /** The number of a send that has arrived: higher than that of all before it. */
  long nextOrder();

  /** Whether another socket's send comes before one of that time and number. */
  boolean isAnotherFirst(long timeNs, long order);

  /** How long the send rate makes a send of that size wait, nanoseconds; 0 for not at all. */
  long rateWaitNs(long octets);

  /** Counts octets against the send rate. */
  void rateSent(long octets);

  /** Queues a frame for the controller. */
  void write(ByteBuffer frame);

  /** Queues an ndata frame; {@code token} comes back to the slot when it has left. */
  void write(ByteBuffer head, ByteBuffer data, long token);

  /** Sends queued frames on their way. */
  void flush();

  /** The slot may have something to send now. */
  void wake(SocketSlot slot);

  /** The slot has accepted a send, which is tried together with those that follow it at once. */
  void accepted(SocketSlot slot, long timeNs);

  /**
   * Tries the sends that were accepted and not tried yet.
   *
   * @return whether there were any
   */
  boolean tryAccepted();

  /** The slot would receive if the endpoint's buffer had room; it is to be told when it has. */
  void starved();

  /** The endpoint's buffer is nearly full: every stream is to look at what it may still read. */
  void tight();

  /** The slot's socket failed. */
  void failed(SocketSlot slot, SocketFailure failure);
}
