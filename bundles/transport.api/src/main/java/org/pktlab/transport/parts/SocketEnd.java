package org.pktlab.transport.parts;

import java.util.function.LongSupplier;
import org.pktlab.transport.SocketEvents;
import org.pktlab.transport.SocketFailure;

/**
 * How a socket ends: closed by its owner, failed, or withdrawn with its transport. The owner is told of one failure at most, and of none once it has closed the
 * socket. Used on the loop that owns the socket.
 */
public final class SocketEnd {
  private enum State {
    OPEN,
    /** Closed by an error that the owner is about to be told. */
    FAILING,
    CLOSED
  }

  private final SocketEvents events;
  private final LongSupplier clock;
  private final LoopThread loop;
  private final Runnable release;

  private State state = State.OPEN;
  private SocketFailure failure;
  private boolean failureOfSending;
  private long failureTimeNs;

  /**
   * Nothing has ended yet.
   *
   * @param events told of the failure
   * @param clock gives the time of the failure
   * @param release gives back what the socket has of the operating system; called as soon as nothing more is to be sent or received, and again when the socket
   *     is closed after that
   */
  public SocketEnd(SocketEvents events, LongSupplier clock, LoopThread loop, Runnable release) {
    this.events = events;
    this.clock = clock;
    this.loop = loop;
    this.release = release;
  }

  /** Whether the socket still sends and receives: it has neither been closed nor failed. */
  public boolean isOpen() {
    return state == State.OPEN;
  }

  /** Whether nothing more will happen: the socket has been closed, and the owner has been or is being told whatever there was to tell. */
  public boolean isClosed() {
    return state == State.CLOSED;
  }

  /** Closes the socket, without a word. Idempotent. */
  public void close() {
    if (state != State.CLOSED) {
      state = State.CLOSED;
      release.run();
    }
  }

  /**
   * Closes the socket and tells its owner. Not called within a call of the owner: see {@link #failLater}.
   *
   * @param sending whether a send failed
   */
  public void fail(SocketFailure why, boolean sending) {
    long timeNs = clock.getAsLong();
    close();
    events.onFailed(why, sending, timeNs);
  }

  /**
   * Fails from within a call of the owner, who is told when that call is over.
   *
   * @param sending whether a send failed
   */
  public void failLater(SocketFailure why, boolean sending) {
    failure = why;
    failureOfSending = sending;
    failureTimeNs = clock.getAsLong();
    state = State.FAILING;
    release.run();
    if (!loop.execute(this::announce)) {
      close(); // the loop has ended and its owner with it
    }
  }

  private void announce() {
    if (state == State.FAILING) {
      close();
      events.onFailed(failure, failureOfSending, failureTimeNs);
    }
  }

  /** The transport or the loop goes: tells the owner of an open socket, and at once of a failure that it has yet to hear of. */
  public void withdraw() {
    if (state == State.FAILING) {
      announce();
    } else if (state == State.OPEN) {
      fail(SocketFailure.WITHDRAWN, false);
    }
  }
}
