package org.pktlab.link.netty;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import java.util.Map;

/** The options of every link's channel. */
final class ChannelOptions {
  private static final int LEAST_READ = 512;
  private static final int FIRST_READ = 4 * 1024;
  private static final int LARGEST_READ = 128 * 1024;

  private ChannelOptions() {}

  static Map<ChannelOption<?>, Object> ofLinks() {
    return Map.of(
        ChannelOption.TCP_NODELAY,
        true,
        ChannelOption.SO_KEEPALIVE,
        true,
        ChannelOption.RECVBUF_ALLOCATOR,
        new AdaptiveRecvByteBufAllocator(LEAST_READ, FIRST_READ, LARGEST_READ));
  }
}
