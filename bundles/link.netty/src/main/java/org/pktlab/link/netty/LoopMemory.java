package org.pktlab.link.netty;

import io.netty.util.concurrent.FastThreadLocal;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What the links of one {@link NettyLinks} share: scratch memory per loop, and the list of them all. */
final class LoopMemory {
  private final Set<LinkChannel> links = ConcurrentHashMap.newKeySet();
  private final FastThreadLocal<ByteBuffer> scratch =
      new FastThreadLocal<>() {
        @Override
        protected ByteBuffer initialValue() {
          return ByteBuffer.allocate(FrameAssembler.SCRATCH);
        }
      };

  /** The scratch memory of the calling loop. */
  ByteBuffer scratch() {
    return scratch.get();
  }

  /** Every connection from the start of its handshake to its end. */
  Set<LinkChannel> links() {
    return links;
  }
}
