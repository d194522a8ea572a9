package org.pktlab.link.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/**
 * The outbound half of a link: frames are sealed into TLS records and given to the operating system. As long as it keeps up, a frame is
 * sealed straight from the caller's memory; once {@link #BACKLOG} octets of records wait, frames are copied and queued as they are.
 * Without coalescing the end of each frame is the end of a record (protocol specification, section 2.4). Not for several threads.
 */
final class Sealer {
  /** Octets of sealed records that may wait for the operating system before frames are queued unsealed. */
  static final int BACKLOG = 256 * 1024;

  /** Plain octets in a full record: the platform's engine adds 16 octets of padding to the tag and the type. */
  private static final int FULL_RECORD = 16_367;

  private static final int RECORDS_IN_LARGE_BATCH = 8;
  private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

  /** Told what happens to the octets. */
  interface Events {
    /** The operating system took a batch. */
    void onTaken(SealedBatch batch);

    /** The engine or the operating system failed; nothing more will leave. */
    void onSendFailed(Throwable failure);
  }

  private final ChannelHandlerContext context;
  private final SSLEngine engine;
  private final Events events;
  private final SendQueue queue;
  private final ArrayDeque<SealedBatch> ready = new ArrayDeque<>();
  private final ByteBuffer[] sources = new ByteBuffer[3];

  private SealedBatch filling;
  private int packet;
  private int waiting;
  private long queued;
  private boolean coalescing;
  private boolean broken;

  Sealer(ChannelHandlerContext context, SSLEngine engine, Events events) {
    this.context = context;
    this.engine = engine;
    this.events = events;
    this.queue = new SendQueue(context.alloc());
    this.packet = engine.getSession().getPacketBufferSize();
  }

  /** The handshake is over. */
  void established(boolean framesMayShareRecords) {
    coalescing = framesMayShareRecords;
    packet = engine.getSession().getPacketBufferSize();
  }

  long queuedOctets() {
    return queued;
  }

  /** Whether every frame is sealed. */
  boolean isAllSealed() {
    return queue.isEmpty();
  }

  /** Takes one frame in two parts, from position to limit; the positions stay. */
  void write(ByteBuffer head, ByteBuffer payload, boolean tokenWanted, long token) {
    if (broken) {
      return;
    }
    int headAt = head.position();
    int payloadAt = payload.position();
    queued += head.remaining() + payload.remaining();
    if (waiting < BACKLOG && (coalescing ? queue.isEmpty() || queue.isOneChunk() : queue.isEmpty())) {
      sealEagerly(head, payload);
    }
    if (!broken) {
      if (head.hasRemaining() || payload.hasRemaining()) {
        queue.append(head, payload, tokenWanted, token);
      } else if (tokenWanted) {
        filling().token(token);
      }
    }
    head.position(headAt);
    payload.position(payloadAt);
  }

  /** Seals without copying first: whole frames where each ends a record, else as many full records as there are. */
  private void sealEagerly(ByteBuffer head, ByteBuffer payload) {
    int least = coalescing ? FULL_RECORD : 1;
    try {
      while (waiting < BACKLOG) {
        ByteBuffer before = queue.isEmpty() ? EMPTY : queue.frames();
        int old = before.remaining();
        int left = old + head.remaining() + payload.remaining();
        if (left < least) {
          return;
        }
        sources[0] = before;
        sources[1] = head;
        sources[2] = payload;
        int consumed = seal(sources, left);
        if (old > 0 && consumed > 0) {
          queue.sealed(Math.min(old, consumed), filling());
        }
      }
    } catch (SSLException failure) {
      fail(failure);
    }
  }

  /** Gives everything sealed to the operating system, after sealing what it may soon take. */
  void flush() {
    sealQueue();
    sendSealed();
  }

  private void sealQueue() {
    try {
      while (!broken && !queue.isEmpty() && waiting < BACKLOG) {
        ByteBuffer plain = coalescing ? queue.frames() : queue.frame();
        sources[0] = plain;
        sources[1] = EMPTY;
        sources[2] = EMPTY;
        int consumed = seal(sources, plain.remaining());
        if (consumed > 0) {
          queue.sealed(consumed, filling());
        }
      }
    } catch (SSLException failure) {
      fail(failure);
    }
  }

  /** Seals one record. Returns how many plain octets are in it; none when the engine had a word of its own to say first. */
  private int seal(ByteBuffer[] plain, int left) throws SSLException {
    SealedBatch batch = roomFor(left);
    ByteBuf records = batch.records();
    ByteBuffer target = records.internalNioBuffer(records.writerIndex(), records.writableBytes());
    SSLEngineResult result = engine.wrap(plain, target);
    records.writerIndex(records.writerIndex() + result.bytesProduced());
    waiting += result.bytesProduced();
    batch.plain(result.bytesConsumed());
    if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
      runTasks();
    } else if (result.bytesProduced() == 0) {
      throw new SSLException("the TLS engine takes no more data: " + result.getStatus());
    }
    return result.bytesConsumed();
  }

  private SealedBatch roomFor(int plain) {
    if (filling != null && filling.records().writableBytes() < packet) {
      finishBatch();
    }
    if (filling == null) {
      int capacity = plain <= FULL_RECORD ? packet : RECORDS_IN_LARGE_BATCH * packet;
      filling = new SealedBatch(this, context.alloc().directBuffer(capacity, capacity));
    }
    return filling;
  }

  /** The batch that is being filled; a new one, which may stay without records, when the last is full. */
  private SealedBatch filling() {
    return filling != null ? filling : roomFor(0);
  }

  private void finishBatch() {
    if (filling != null) {
      ready.add(filling);
      filling = null;
    }
  }

  private void runTasks() {
    for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
      task.run();
    }
  }

  /**
   * Sends what the engine itself has to say: handshake messages, key updates, alerts, close_notify. Returns whether this completed the
   * handshake.
   */
  boolean sendControl() throws SSLException {
    boolean finished = false;
    while (true) {
      SealedBatch batch = roomFor(0);
      ByteBuf records = batch.records();
      SSLEngineResult result = engine.wrap(EMPTY, records.internalNioBuffer(records.writerIndex(), records.writableBytes()));
      records.writerIndex(records.writerIndex() + result.bytesProduced());
      waiting += result.bytesProduced();
      HandshakeStatus status = result.getHandshakeStatus();
      finished |= status == HandshakeStatus.FINISHED;
      if (status == HandshakeStatus.NEED_TASK) {
        runTasks();
        status = engine.getHandshakeStatus();
      }
      if (status != HandshakeStatus.NEED_WRAP || result.bytesProduced() == 0) {
        break;
      }
    }
    sendSealed();
    return finished;
  }

  private void sendSealed() {
    finishBatch();
    if (broken || ready.isEmpty()) {
      return;
    }
    for (SealedBatch batch = ready.poll(); batch != null; batch = ready.poll()) {
      context.write(batch.handOver()).addListener(batch);
    }
    context.flush();
  }

  /** Sends close_notify, or the alert that the engine holds ready. Errors do not matter any more. */
  void sendClosing() {
    if (broken) {
      return;
    }
    engine.closeOutbound();
    try {
      sendControl();
    } catch (SSLException nothingMoreToSay) {
      broken = true;
    }
  }

  void written(SealedBatch batch, ChannelFuture future) {
    waiting -= batch.sealedOctets();
    queued -= batch.plainOctets();
    if (!future.isSuccess()) {
      fail(future.cause());
      return;
    }
    events.onTaken(batch);
    if (!queue.isEmpty() && waiting <= BACKLOG / 2) {
      flush();
    }
  }

  /** Calls back when everything handed over so far has left or failed. */
  void afterAll(ChannelFutureListener listener) {
    context.writeAndFlush(context.alloc().buffer(0, 0)).addListener(listener);
  }

  private void fail(Throwable failure) {
    if (!broken) {
      broken = true;
      release();
      events.onSendFailed(failure);
    }
  }

  /** Gives all memory back; nothing more is sent. */
  void release() {
    broken = true;
    queue.release();
    ready.forEach(SealedBatch::discard);
    ready.clear();
    if (filling != null) {
      filling.discard();
      filling = null;
    }
  }
}
