package org.pktlab.transport.tcp;

import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** One real loop for a test, and the combinations of loops and address families that tests run on. */
final class Loops implements AutoCloseable {
  enum Kind {
    EPOLL,
    NIO
  }

  static final long SECONDS = 10;

  private final MultiThreadIoEventLoopGroup group;
  private final IoEventLoop loop;

  Loops(Kind kind) {
    group = new MultiThreadIoEventLoopGroup(1, kind == Kind.EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    loop = group.next();
  }

  /** Every kind with both loopback addresses. */
  static Stream<Arguments> everyKindAndFamily() {
    return Arrays.stream(Kind.values()).flatMap(kind -> Stream.of("127.0.0.1", "::1").map(host -> Arguments.of(kind, address(host))));
  }

  static InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** An address of the family of another. */
  static InetAddress sameFamily(InetAddress like, String ipv4, String ipv6) {
    return address(like instanceof Inet4Address ? ipv4 : ipv6);
  }

  IoEventLoop loop() {
    return loop;
  }

  /** Runs something on the loop and gives back what it returns or throws. */
  <T> T on(Callable<T> task) throws Exception {
    try {
      return loop.submit(task).get(SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception) {
        throw (Exception) e.getCause();
      }
      throw e;
    }
  }

  /** Runs something on the loop. */
  void run(Runnable task) throws Exception {
    on(
        () -> {
          task.run();
          return null;
        });
  }

  /** Ends the loop with whatever is open on it: Netty closes that only when it is given a quiet period. */
  void end() throws InterruptedException {
    group.shutdownGracefully(20, 1000, TimeUnit.MILLISECONDS).await(SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws InterruptedException {
    group.shutdownGracefully(0, 1000, TimeUnit.MILLISECONDS).await(SECONDS, TimeUnit.SECONDS);
  }
}
