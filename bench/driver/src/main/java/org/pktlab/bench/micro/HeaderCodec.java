package org.pktlab.bench.micro;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.pktlab.protocol.NdataFlyweight;
import org.pktlab.protocol.NsendFlyweight;
import org.pktlab.protocol.Protocol;
import org.pktlab.protocol.ProtocolException;

/** Writes and reads headers of UDP nsend and ndata messages in a direct buffer, as the roles do. Values change from call to call. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 4, time = 1)
public class HeaderCodec {
  private static final int DATA = 64;

  private final ByteBuffer buffer = ByteBuffer.allocateDirect(4096);
  private final byte[] address = {(byte) 192, 0, 2, 1};
  private final NsendFlyweight nsend = new NsendFlyweight();
  private final NdataFlyweight ndata = new NdataFlyweight();
  private final int nsendAt = 0;
  private final int ndataAt = 1024;
  private final int nsendLength = NsendFlyweight.encodeHeader(buffer, nsendAt, 1, 4, Protocol.UDP, 1, 1, address, 53, DATA) + DATA;
  private final int ndataLength = NdataFlyweight.encodeHeader(buffer, ndataAt, 1, 4, Protocol.UDP, 1, address, 53, DATA) + DATA;
  private int turn;

  /** Writes the header of an nsend. */
  @Benchmark
  public int encodeNsend() {
    turn++;
    return NsendFlyweight.encodeHeader(buffer, 2048, turn & 0xFF, 4, Protocol.UDP, turn, turn & 0xFFFF, address, 53, DATA);
  }

  /** Checks the frame of an nsend and reads all of its header. */
  @Benchmark
  public long decodeNsend() throws ProtocolException {
    nsend.wrap(buffer, nsendAt, nsendLength);
    return nsend.sktid() + nsend.family() + nsend.proto() + nsend.timeNs() + nsend.tag() + nsend.addressOffset() + nsend.port() + nsend.dataOffset() + nsend.dataLength();
  }

  /** Writes the header of an ndata. */
  @Benchmark
  public int encodeNdata() {
    turn++;
    return NdataFlyweight.encodeHeader(buffer, 3072, turn & 0xFF, 4, Protocol.UDP, turn, address, 53, DATA);
  }

  /** Checks the frame of an ndata and reads all of its header. */
  @Benchmark
  public long decodeNdata() throws ProtocolException {
    ndata.wrap(buffer, ndataAt, ndataLength);
    return ndata.sktid() + ndata.family() + ndata.proto() + ndata.timeNs() + ndata.addressOffset() + ndata.port() + ndata.dataOffset() + ndata.dataLength();
  }
}
