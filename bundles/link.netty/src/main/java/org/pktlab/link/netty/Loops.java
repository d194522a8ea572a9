package org.pktlab.link.netty;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** The network threads and the kinds of channel that they serve: epoll where its native part is there, else NIO. */
record Loops(EventLoopGroup group, Class<? extends SocketChannel> client, Class<? extends ServerChannel> server, String kind) {
  static Loops start(int threads) {
    return epollAvailable() ? epoll(threads) : nio(threads);
  }

  private static Loops epoll(int threads) {
    return new Loops(group(threads, EpollIoHandler.newFactory()), EpollSocketChannel.class, EpollServerSocketChannel.class, "epoll");
  }

  static Loops nio(int threads) {
    return new Loops(group(threads, NioIoHandler.newFactory()), NioSocketChannel.class, NioServerSocketChannel.class, "nio");
  }

  private static boolean epollAvailable() {
    try {
      return Epoll.isAvailable();
    } catch (LinkageError absent) {
      // The epoll classes are an optional import: without them there is NIO.
      return false;
    }
  }

  private static EventLoopGroup group(int threads, IoHandlerFactory handlers) {
    return new MultiThreadIoEventLoopGroup(threads, new Threads(), handlers);
  }

  /** Daemon threads named pktlab-link-1, pktlab-link-2 and so on. */
  private static final class Threads implements ThreadFactory {
    private final AtomicInteger count = new AtomicInteger();

    @Override
    public Thread newThread(Runnable task) {
      Thread thread = new FastThreadLocalThread(task, "pktlab-link-" + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    }
  }
}
