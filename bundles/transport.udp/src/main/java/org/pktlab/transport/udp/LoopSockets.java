package org.pktlab.transport.udp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.IoEventLoop;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * The sockets of one loop and the buffer they read into: data are borrowed for the length of one call, so that one buffer serves all of
 * them and stays in the processor's cache. Used on its loop only.
 */
final class LoopSockets {
  private final IoEventLoop loop;
  private final Consumer<LoopSockets> idle;
  private final Set<UdpSocket> open = Collections.newSetFromMap(new IdentityHashMap<>());
  private ByteBuf store;
  private ByteBuffer view;

  /**
   * @param idle told, on the loop, when the last socket has gone and the buffer is given back
   */
  LoopSockets(IoEventLoop loop, Consumer<LoopSockets> idle) {
    this.loop = loop;
    this.idle = idle;
  }

  IoEventLoop loop() {
    return loop;
  }

  /** The buffer to read into, {@link UdpSocket#LARGEST_DATAGRAM} octets, cleared. */
  ByteBuffer readBuffer() {
    if (store == null) {
      store = ByteBufAllocator.DEFAULT.directBuffer(UdpSocket.LARGEST_DATAGRAM, UdpSocket.LARGEST_DATAGRAM);
      view = store.nioBuffer(0, UdpSocket.LARGEST_DATAGRAM);
    }
    view.clear();
    return view;
  }

  void add(UdpSocket socket) {
    open.add(socket);
  }

  /** Forgets a socket. The buffer goes a turn later: this may be called from within a delivery. */
  void remove(UdpSocket socket) {
    if (open.remove(socket) && open.isEmpty()) {
      try {
        loop.execute(this::releaseWhenIdle);
      } catch (RejectedExecutionException e) {
        releaseWhenIdle(); // the loop has ended, so no delivery runs
      }
    }
  }

  void releaseWhenIdle() {
    if (open.isEmpty()) {
      idle.accept(this);
      if (store != null) {
        store.release();
        store = null;
        view = null;
      }
    }
  }

  /** Ends every socket because the transport goes. */
  void withdraw() {
    for (UdpSocket socket : List.copyOf(open)) {
      socket.withdraw();
    }
  }
}
