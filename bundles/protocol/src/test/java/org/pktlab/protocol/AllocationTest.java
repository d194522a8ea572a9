package org.pktlab.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** The data path must not produce garbage: not one octet over many messages. */
class AllocationTest {
  private static final int WARM_UP = 30_000;
  private static final int MESSAGES = 100_000;

  /** The virtual machine itself allocates once in a while on any thread; what a message costs, it costs in every round. */
  private static final int ROUNDS = 3;

  private final byte[] ipv4 = {(byte) 192, 0, 2, 53};
  private final byte[] ipv6 = new byte[16];
  private final ByteBuffer heap = ByteBuffer.allocate(256);
  private final ByteBuffer direct = ByteBuffer.allocateDirect(256);
  private final NsendFlyweight nsend = new NsendFlyweight();
  private final NdataFlyweight ndata = new NdataFlyweight();
  private final NtagFlyweight ntag = new NtagFlyweight();
  private final ResultFlyweight result = new ResultFlyweight();
  private long read;

  private interface Step {
    void run(ByteBuffer b, int i) throws ProtocolException;
  }

  @Test
  void shouldAllocateNothingForNsend() throws ProtocolException {
    assertEquals(0, allocatedBy(this::nsend));
  }

  @Test
  void shouldAllocateNothingForNdata() throws ProtocolException {
    assertEquals(0, allocatedBy(this::ndata));
  }

  @Test
  void shouldAllocateNothingForNtagAndResult() throws ProtocolException {
    assertEquals(0, allocatedBy(this::ntagAndResult));
  }

  private void nsend(ByteBuffer b, int i) throws ProtocolException {
    int proto = i % 3 == 0 ? Protocol.RAW : i % 3 == 1 ? Protocol.TCP : Protocol.UDP;
    int family = i % 2 == 0 ? Family.IPV4 : Family.IPV6;
    byte[] raddr = proto != Protocol.UDP ? null : family == Family.IPV4 ? ipv4 : ipv6;
    int port = raddr == null ? 0 : 53;
    int header = NsendFlyweight.encodeHeader(b, 9, i & 0xFF, family, proto, i, i & 0xFFFF, raddr, port, 32);
    nsend.wrap(b, 9, header + 32);
    read += nsend.sktid() + nsend.family() + nsend.proto() + nsend.timeNs() + nsend.tag() + nsend.addressOffset();
    read += nsend.addressLength() + nsend.port() + nsend.dataOffset() + nsend.dataLength();
  }

  private void ndata(ByteBuffer b, int i) throws ProtocolException {
    int proto = i % 3 == 0 ? Protocol.RAW : i % 3 == 1 ? Protocol.TCP : Protocol.UDP;
    int family = i % 2 == 0 ? Family.IPV4 : Family.IPV6;
    byte[] raddr = proto != Protocol.UDP ? null : family == Family.IPV4 ? ipv4 : ipv6;
    int port = raddr == null ? 0 : 53;
    int header = NdataFlyweight.encodeHeader(b, 9, i & 0xFF, family, proto, i, raddr, port, 32);
    ndata.wrap(b, 9, header + 32);
    read += ndata.sktid() + ndata.family() + ndata.proto() + ndata.timeNs() + ndata.addressOffset();
    read += ndata.addressLength() + ndata.port() + ndata.dataOffset() + ndata.dataLength();
  }

  private void ntagAndResult(ByteBuffer b, int i) throws ProtocolException {
    int length = NtagFlyweight.encode(b, 0, i & 0xFF, i & 0xFFFF, i, i & 1);
    ntag.wrap(b, 0, length);
    read += ntag.sktid() + ntag.tag() + ntag.timeNs() + ntag.status();
    length = ResultFlyweight.encode(b, 0, i & 1);
    result.wrap(b, 0, length);
    read += result.status();
  }

  private long allocatedBy(Step step) throws ProtocolException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    assumeTrue(threads.isThreadAllocatedMemorySupported() && threads.isThreadAllocatedMemoryEnabled(), "this JVM does not count");
    long self = Thread.currentThread().getId();
    for (int i = 0; i < WARM_UP; i++) {
      step.run(heap, i);
      step.run(direct, i);
    }
    long least = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      long before = threads.getThreadAllocatedBytes(self);
      for (int i = 0; i < MESSAGES; i++) {
        step.run(heap, i);
        step.run(direct, i);
      }
      least = Math.min(least, threads.getThreadAllocatedBytes(self) - before);
    }
    return least;
  }
}
