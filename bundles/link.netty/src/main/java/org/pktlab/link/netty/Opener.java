package org.pktlab.link.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/**
 * The inbound half of a link: finds whole TLS records in what the operating system delivers and has the engine decrypt them into a {@link
 * FrameAssembler}. A record that lies in one network buffer is decrypted from there; of a link that is silent at most a part of one record
 * is kept. Not for several threads.
 */
final class Opener {
  private static final int RECORD_HEADER = 5;
  private static final int FIRST_TYPE = 20;
  private static final int LAST_TYPE = 23;
  private static final int MAJOR_VERSION = 3;
  private static final int LONGEST_RECORD = RECORD_HEADER + 16 * 1024 + 256;
  /** Far more turns than any handshake message needs: a bound for an engine that asks for the same thing for ever. */
  private static final int MOST_TURNS = 64;

  /** Told what the engine wants while records are opened. */
  interface Events {
    /** The engine has something to send. */
    void onControl() throws SSLException;

    /** The handshake is complete. */
    void onEstablished();
  }

  private final SSLEngine engine;
  private final FrameAssembler assembler;
  private final ByteBufAllocator allocator;
  private final Events events;
  private final ArrayDeque<ByteBuf> received = new ArrayDeque<>();
  private ByteBuf partial;
  private boolean closed;

  Opener(SSLEngine engine, FrameAssembler assembler, ByteBufAllocator allocator, Events events) {
    this.engine = engine;
    this.assembler = assembler;
    this.allocator = allocator;
    this.events = events;
  }

  /** Takes what the operating system delivered; the buffer is released when it has been read. */
  void received(ByteBuf data) {
    if (data.isReadable()) {
      received.add(data);
    } else {
      data.release();
    }
  }

  /** Whether the peer sent close_notify. */
  boolean isClosed() {
    return closed;
  }

  /** Whether nothing is left of a record that has begun. */
  boolean isAtRecordBoundary() {
    return partial == null && received.isEmpty();
  }

  /** Runs what the engine wants to do before any record is read; a client begins so. */
  void begin() throws SSLException {
    engine.beginHandshake();
    follow(engine.getHandshakeStatus());
  }

  /**
   * Opens one record.
   *
   * @return false when no whole record is there, or the peer has closed
   */
  boolean openNext() throws SSLException {
    while (!closed && !received.isEmpty()) {
      ByteBuf data = received.peek();
      if (partial != null) {
        boolean whole = complete(data);
        dropIfRead(data);
        if (whole) {
          openPartial();
          return true;
        }
      } else if (lacking(data) > 0) {
        partial = allocator.heapBuffer(Math.max(64, data.readableBytes()), LONGEST_RECORD);
        partial.writeBytes(data);
        dropIfRead(data);
      } else {
        open(data);
        dropIfRead(data);
        return true;
      }
    }
    return false;
  }

  private void dropIfRead(ByteBuf data) {
    // The link may have been released meanwhile, and the buffer with it.
    if (received.peek() == data && !data.isReadable()) {
      received.poll().release();
    }
  }

  /** Moves to the partial record what it lacks. Returns whether it is whole now. */
  private boolean complete(ByteBuf data) throws SSLException {
    for (int lacking = lacking(partial); lacking > 0; lacking = lacking(partial)) {
      if (!data.isReadable()) {
        return false;
      }
      partial.writeBytes(data, Math.min(lacking, data.readableBytes()));
    }
    return true;
  }

  private void openPartial() throws SSLException {
    try {
      open(partial);
    } finally {
      if (partial != null) {
        partial.release();
        partial = null;
      }
    }
  }

  /** How many octets the first record, or its header, still lacks. */
  private static int lacking(ByteBuf data) throws SSLException {
    int have = data.readableBytes();
    if (have < RECORD_HEADER) {
      return RECORD_HEADER - have;
    }
    return Math.max(0, recordLength(data) - have);
  }

  private static int recordLength(ByteBuf data) throws SSLException {
    int type = data.getUnsignedByte(data.readerIndex());
    if (type < FIRST_TYPE || type > LAST_TYPE || data.getByte(data.readerIndex() + 1) != MAJOR_VERSION) {
      throw new SSLException("the peer does not speak TLS");
    }
    int length = RECORD_HEADER + data.getUnsignedShort(data.readerIndex() + 3);
    if (length > LONGEST_RECORD) {
      throw new SSLException("a TLS record of " + length + " octets");
    }
    return length;
  }

  private void open(ByteBuf data) throws SSLException {
    int length = recordLength(data);
    ByteBuffer record = data.internalNioBuffer(data.readerIndex(), length);
    data.skipBytes(length);
    boolean idle = false;
    while (record.hasRemaining()) {
      SSLEngineResult result = engine.unwrap(record, assembler.room(length));
      assembler.received(result.bytesProduced());
      if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
        closed = true;
        return;
      }
      boolean nothing = result.bytesConsumed() == 0 && result.bytesProduced() == 0;
      boolean followed = follow(result.getHandshakeStatus());
      if (result.getStatus() != SSLEngineResult.Status.OK || nothing && !followed && idle) {
        throw new SSLException("the TLS engine does not take a record: " + result.getStatus());
      }
      idle = nothing && !followed;
    }
  }

  /** Does what the engine wants next. Returns whether there was anything. */
  private boolean follow(HandshakeStatus first) throws SSLException {
    HandshakeStatus status = first;
    boolean followed = false;
    for (int turn = 0; turn < MOST_TURNS; turn++) {
      switch (status) {
        case NEED_TASK:
          for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
          }
          break;
        case NEED_WRAP:
          events.onControl();
          break;
        case FINISHED:
          events.onEstablished();
          return true;
        default:
          return followed;
      }
      followed = true;
      status = engine.getHandshakeStatus();
    }
    throw new SSLException("the TLS engine does not get on: " + status);
  }

  /** Gives all memory back. */
  void release() {
    received.forEach(ByteBuf::release);
    received.clear();
    if (partial != null) {
      partial.release();
      partial = null;
    }
  }
}
