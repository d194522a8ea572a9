package org.pktlab.transport.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.IoEventLoop;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.pktlab.transport.parts.OpenSockets;

/**
 * The sockets of one loop and the buffer they read into: data are borrowed for the length of one call, so that one buffer serves all of
 * them and stays in the processor's cache. Used on its loop only.
 */
final class LoopSockets extends OpenSockets {
  private final IoEventLoop loop;
  private final Consumer<LoopSockets> idle;
  private ByteBuf store;
  private ByteBuffer view;

  /**
   * @param idle told, on the loop, when the last socket has gone and the buffer is given back
   */
  LoopSockets(IoEventLoop loop, Consumer<LoopSockets> idle) {
    super(loop);
    this.loop = loop;
    this.idle = idle;
  }

  IoEventLoop loop() {
    return loop;
  }

  /** The buffer to read into, {@link TcpSocket#LARGEST_READ} octets, cleared. */
  ByteBuffer readBuffer() {
    if (store == null) {
      store = ByteBufAllocator.DEFAULT.directBuffer(TcpSocket.LARGEST_READ, TcpSocket.LARGEST_READ);
      view = store.nioBuffer(0, TcpSocket.LARGEST_READ);
    }
    view.clear();
    return view;
  }

  @Override
  protected void release() {
    idle.accept(this);
    if (store != null) {
      store.release();
      store = null;
      view = null;
    }
  }
}
