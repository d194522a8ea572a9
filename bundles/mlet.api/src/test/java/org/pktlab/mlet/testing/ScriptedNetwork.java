package org.pktlab.mlet.testing;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.pktlab.mlet.EndpointClock;
import org.pktlab.mlet.EndpointIdentity;
import org.pktlab.mlet.EndpointMemory;
import org.pktlab.mlet.NotSentException;
import org.pktlab.mlet.RawSocket;
import org.pktlab.mlet.Received;
import org.pktlab.mlet.RefusedException;
import org.pktlab.mlet.Sent;
import org.pktlab.mlet.SocketOptions;
import org.pktlab.mlet.TcpSocket;
import org.pktlab.mlet.TimeSource;
import org.pktlab.mlet.UdpSocket;
import org.pktlab.mlet.Vantage;
import org.pktlab.mlet.packet.IpHeader;
import org.pktlab.mlet.packet.IpPacket;
import org.pktlab.program.EbpfInstruction;
import org.pktlab.program.EbpfProgram;

/**
 * A vantage point in memory, whose network is a function from packets to answers. Captured is what the installed filter keeps. Time is
 * real, on a clock that began at {@link #EPOCH}.
 */
public final class ScriptedNetwork implements Vantage, RawSocket {
  /** When its clock began, nanoseconds. */
  public static final long EPOCH = 1_700_000_000_000_000_000L;

  /** Answers packets; it may answer several times, or not. */
  public interface Script {
    /** A packet has left. */
    void on(byte[] packet, IpPacket parsed, Answers answers);
  }

  /** Takes answers. */
  public interface Answers {
    /** A packet that arrives so long after the other one left. */
    void after(long delayNs, byte[] packet);
  }

  private final InetAddress local;
  private final Script script;
  private final long began = System.nanoTime();
  private final PriorityQueue<Received> arriving = new PriorityQueue<>(Comparator.comparingLong(Received::timeNs));
  private final List<byte[]> sent = new ArrayList<>();
  private final List<Long> times = new ArrayList<>();
  private final List<byte[]> soon = new ArrayList<>();
  private EbpfProgram filter;
  private boolean losing;
  private boolean consuming;
  private boolean granting = true;
  private boolean holding;
  private long polls;
  private long polled;
  private boolean closed;

  /** With this address, and this network around it. */
  public ScriptedNetwork(InetAddress local, Script script) {
    this.local = local;
    this.script = script;
  }

  /** Packets that were sent. */
  public List<byte[]> sent() {
    return sent;
  }

  /** When they left, or are to. */
  public List<Long> times() {
    return times;
  }

  /** Whether the socket was closed. */
  public boolean isClosed() {
    return closed;
  }

  /** From now on the endpoint discards what it is to send. */
  public void lose() {
    losing = true;
  }

  /** From now on the endpoint grants no consuming. */
  public void refuseConsuming() {
    granting = false;
  }

  /** Whether the filter installed last consumes. */
  public boolean isConsuming() {
    return consuming;
  }

  /** How often what was held was asked for. */
  public long polls() {
    return polls;
  }

  private long now() {
    return EPOCH + System.nanoTime() - began;
  }

  @Override
  public RawSocket raw(InetAddress wanted, int receiveBuffer) {
    return this;
  }

  @Override
  public InetAddress localAddress() {
    return local;
  }

  @Override
  public Sent send(ByteBuffer packet) {
    return sendAt(packet, 0);
  }

  @Override
  public Sent sendAt(ByteBuffer packet, long timeNs) {
    byte[] octets = new byte[packet.remaining()];
    packet.get(octets);
    long leaves = Math.max(now(), timeNs);
    sent.add(octets);
    times.add(leaves);
    if (losing) {
      return timeout -> {
        throw new NotSentException("the endpoint discarded it");
      };
    }
    script.on(octets, IpPacket.of(octets, 0, octets.length), (delay, answer) -> arrive(leaves + delay, answer));
    return timeout -> {
      if (now() < leaves || holding && polled <= leaves) {
        throw new TimeoutException("not yet");
      }
      return leaves;
    };
  }

  private void arrive(long timeNs, byte[] packet) {
    int kept = (int) Math.min(packet.length, run(filter, packet));
    if (kept > 0) {
      arriving.add(new Received(ByteBuffer.wrap(packet, 0, kept), timeNs, null));
    }
  }

  /** A packet that arrives as soon as something is captured. */
  public void arriveSoon(byte[] packet) {
    soon.add(packet);
  }

  @Override
  public void consume(EbpfProgram program, long untilNs) throws RefusedException {
    if (!granting) {
      throw new RefusedException(0x31, "no consuming here");
    }
    capture(program, untilNs);
    consuming = true;
  }

  @Override
  public void capture(EbpfProgram program, long untilNs) {
    filter = program;
    consuming = false;
    soon.forEach(packet -> arrive(EPOCH + arriving.size(), packet));
  }

  @Override
  public void stopCapture() {
    filter = null;
  }

  @Override
  public Received receive(Duration timeout) throws InterruptedException, TimeoutException {
    long deadline = now() + timeout.toNanos();
    while (true) {
      boolean kept = holding && !arriving.isEmpty() && arriving.peek().timeNs() >= polled;
      long until = arriving.isEmpty() || kept ? deadline : Math.min(deadline, arriving.peek().timeNs());
      if (!kept && !arriving.isEmpty() && arriving.peek().timeNs() <= now()) {
        return arriving.poll();
      }
      if (now() >= deadline) {
        throw new TimeoutException("nothing");
      }
      TimeUnit.NANOSECONDS.sleep(Math.max(1, until - now()));
    }
  }

  @Override
  public long dropped() {
    return 0;
  }

  @Override
  public TimeSource sendTimeSource() {
    return TimeSource.KERNEL;
  }

  @Override
  public TimeSource receiveTimeSource() {
    return TimeSource.HARDWARE;
  }

  @Override
  public void close() {
    closed = true;
  }

  /** The few instructions that our filters use, by the rules of Linux. */
  public static long run(EbpfProgram program, byte[] packet) {
    if (program == null) {
      return 0;
    }
    long[] r = new long[11];
    int at = 0;
    while (true) {
      EbpfInstruction i = program.instruction(at++);
      long jump = i.offset();
      switch (i.opcode()) {
        case 0xbf -> r[i.dst()] = r[i.src()];
        case 0xb7 -> r[i.dst()] = i.imm();
        case 0x0f -> r[i.dst()] += r[i.src()];
        case 0x57 -> r[i.dst()] &= i.imm();
        case 0x67 -> r[i.dst()] <<= i.imm();
        case 0x30, 0x28, 0x50, 0x48 -> {
          int width = (i.opcode() & 0x18) == 0x10 ? 1 : 2;
          long from = i.imm() + ((i.opcode() & 0xe0) == 0x40 ? r[i.src()] : 0);
          if (from < 0 || from + width > packet.length) {
            return 0;
          }
          r[0] = packet[(int) from] & 0xFF;
          if (width == 2) {
            r[0] = r[0] << 8 | packet[(int) from + 1] & 0xFF;
          }
        }
        case 0x05 -> at += jump;
        case 0x15 -> at += r[i.dst()] == i.imm() ? jump : 0;
        case 0x55 -> at += r[i.dst()] != i.imm() ? jump : 0;
        case 0x25 -> at += Long.compareUnsigned(r[i.dst()], i.imm()) > 0 ? jump : 0;
        case 0xa5 -> at += Long.compareUnsigned(r[i.dst()], i.imm()) < 0 ? jump : 0;
        case 0x95 -> {
          return r[0] & 0xFFFFFFFFL;
        }
        default -> throw new AssertionError("opcode 0x" + Integer.toHexString(i.opcode()));
      }
    }
  }

  @Override
  public EndpointClock clock() {
    return new EndpointClock() {
      @Override
      public long nowNs() {
        return now();
      }

      @Override
      public Offset offset() {
        throw new UnsupportedOperationException();
      }
    };
  }

  @Override
  public EndpointIdentity endpoint() {
    return new EndpointIdentity("-", new InetSocketAddress(local, 4321), "");
  }

  @Override
  public EndpointMemory memory() {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<InetAddress> addresses() {
    return List.of(local);
  }

  @Override
  public Map<String, List<String>> facts() {
    return Map.of();
  }

  @Override
  public List<InetAddress> resolvers() {
    return List.of();
  }

  @Override
  public TcpSocket connect(InetSocketAddress remote, SocketOptions options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public UdpSocket udp(InetAddress family, SocketOptions options) {
    return new Datagrams();
  }

  @Override
  public void hold() {
    holding = true;
  }

  @Override
  public Drops poll(long untilNs) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(Math.max(0, untilNs - now()));
    polls++;
    polled = now();
    return new Drops(0, 0);
  }

  @Override
  public void release() {
    holding = false;
  }

  /** A socket whose datagrams are packets of the network like any other. What arrives is seen by captures only. */
  private final class Datagrams implements UdpSocket {
    private static final int PORT = 40_000;

    @Override
    public InetSocketAddress localAddress() {
      return new InetSocketAddress(local, PORT);
    }

    @Override
    public Sent send(ByteBuffer data, InetSocketAddress to) {
      return sendAt(data, to, 0);
    }

    @Override
    public Sent sendAt(ByteBuffer data, InetSocketAddress to, long timeNs) {
      ByteBuffer datagram = ByteBuffer.allocate(8 + data.remaining());
      datagram.putShort((short) PORT).putShort((short) to.getPort()).putShort((short) datagram.capacity()).putShort((short) 0).put(data);
      IpHeader header = new IpHeader(local, to.getAddress(), IpHeader.UDP, 64, 0, 0, false);
      return ScriptedNetwork.this.sendAt(ByteBuffer.wrap(header.packet(datagram.array())), timeNs);
    }

    @Override
    public Received receive(Duration timeout) throws InterruptedException, TimeoutException {
      TimeUnit.NANOSECONDS.sleep(timeout.toNanos());
      throw new TimeoutException("nothing");
    }

    @Override
    public long dropped() {
      return 0;
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
