package org.pktlab.mlet.host;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.pktlab.mlet.RawSocket;
import org.pktlab.mlet.Received;
import org.pktlab.mlet.RefusedException;
import org.pktlab.mlet.Sent;
import org.pktlab.mlet.TimeSource;
import org.pktlab.program.EbpfInstruction;
import org.pktlab.program.EbpfProgram;
import org.pktlab.protocol.MemoryMap;
import org.pktlab.protocol.Protocol;
import org.pktlab.protocol.StatusCode;

/** A raw socket at an endpoint (protocol specification, section 8). */
final class RawEndpointSocket extends EndpointSocket implements RawSocket {
  private static final int LEAST_IPV4 = 20;
  private static final int LEAST_IPV6 = 40;
  private static final int MOST_IPV4 = 0xFFFF;
  private static final int MOST_IPV6 = LEAST_IPV6 + 0xFFFF;

  /** What the endpoint reads of a filter (section 8.3): longer ones are refused by every endpoint. */
  private static final int LONGEST_FILTER = 65_536;

  /** A time that has passed, and a program that keeps nothing: the reliable way to stop (section 8.3). */
  private static final long LONG_AGO = 1;

  private static final byte[] NOTHING =
      EbpfProgram.of(List.of(new EbpfInstruction(0xb7, 0, 0, (short) 0, 0), new EbpfInstruction(0x95, 0, 0, (short) 0, 0))).encode();

  private static final int TIME_SOURCES_LENGTH = 2;
  private static final long ASK_EVERY_NS = 1_000_000_000L;

  private volatile InetAddress localAddress;

  private final ReentrantLock asking = new ReentrantLock();

  // Under the lock.
  private byte[] timeSources;
  private Call asked;
  private long askedNs;

  RawEndpointSocket(SessionVantage vantage, int sktid, int family, int receiveBuffer) {
    super(vantage, sktid, family, Protocol.RAW, false, receiveBuffer);
  }

  void open(InetAddress local) throws IOException, InterruptedException {
    Call open = new Call("open a raw socket", Frames.openRaw(sktid(), receiveBuffer(), local.getAddress()));
    Call clock = vantage().askClock();
    Call address = Call.read(outbox().block() + MemoryMap.OFFSET_LADDR, MemoryMap.ADDRESS_FIELD_LENGTH);
    vantage().wire().submit(open, clock, address);
    boolean opened = false;
    try {
      Answer answer = open.await();
      if (!answer.isSuccess()) {
        neverOpened();
        opened = true;
        throw refusal(answer, local);
      }
      vantage().clockOf(clock.awaitSuccess());
      localAddress = address(Arrays.copyOf(address.awaitSuccess(), local.getAddress().length));
      opened = true;
    } finally {
      if (!opened) {
        beginClose();
      }
    }
  }

  private static RefusedException refusal(Answer answer, InetAddress local) {
    RefusedException plain = answer.refused("open a raw socket on " + (local.isAnyLocalAddress() ? "its best address" : local
        .getHostAddress()));
    if (answer.status() != StatusCode.EUNKFAULT) {
      return plain;
    }
    return new RefusedException(answer.status(), plain.getMessage() + "; often: no privilege, another raw socket on that interface, or no "
        + "raw IPv6 there");
  }

  @Override
  public InetAddress localAddress() {
    return localAddress;
  }

  @Override
  public Sent send(ByteBuffer packet) throws IOException, InterruptedException {
    return sendAt(packet, 0);
  }

  @Override
  public Sent sendAt(ByteBuffer packet, long timeNs) throws IOException, InterruptedException {
    int length = packet.remaining();
    int least = family() == 4 ? LEAST_IPV4 : LEAST_IPV6;
    int most = family() == 4 ? MOST_IPV4 : MOST_IPV6;
    // A packet of the other family would be taken by a C endpoint and go somewhere else (section 13.3).
    if (length < least || length > most || (packet.get(packet.position()) >> 4 & 0xF) != family()) {
      throw new IllegalArgumentException("these " + length + " octets are no IPv" + family() + " packet");
    }
    return outbox().send(packet, length, timeNs, null, 0);
  }

  @Override
  public void capture(EbpfProgram filter, long untilNs) throws IOException, InterruptedException {
    capture(filter, untilNs, false);
  }

  @Override
  public void consume(EbpfProgram filter, long untilNs) throws IOException, InterruptedException {
    capture(filter, untilNs, true);
  }

  private void capture(EbpfProgram filter, long untilNs, boolean consuming) throws IOException, InterruptedException {
    byte[] program = filter.encode();
    if (program.length > LONGEST_FILTER) {
      throw new RefusedException(StatusCode.ESKTBADFILT, "a capture filter has at most " + LONGEST_FILTER + " octets, not "
          + program.length);
    }
    Call call = new Call("capture with this filter", Frames.capture(sktid(), family(), untilNs, program));
    vantage().extensions().submit(call, consuming);
    Answer answer = call.await();
    if (consuming && answer.status() == StatusCode.ECTLNOTSUP) {
      throw new RefusedException(answer.status(), "the endpoint cannot hide packets from its host: its raw transport or its kernel has no way "
          + "to, or not for this program");
    }
    if (!answer.isSuccess()) {
      throw answer.refused("capture with this filter");
    }
  }

  @Override
  public void stopCapture() throws IOException, InterruptedException {
    Call call = new Call("stop the capture", stopReception());
    vantage().wire().submit(call);
    call.awaitSuccess();
  }

  @Override
  byte[] stopReception() {
    return Frames.capture(sktid(), family(), LONG_AGO, NOTHING);
  }

  /** A capture is not slowed down by a slow reader, it only loses packets: it is held back late. */
  @Override
  boolean losesWhenHeldBack() {
    return true;
  }

  @Override
  public Received receive(Duration timeout) throws IOException, InterruptedException, TimeoutException {
    return take(timeout);
  }

  @Override
  public long dropped() throws IOException, InterruptedException {
    return droppedUnits();
  }

  @Override
  public TimeSource sendTimeSource() throws IOException, InterruptedException {
    return timeSource(0);
  }

  @Override
  public TimeSource receiveTimeSource() throws IOException, InterruptedException {
    return timeSource(MemoryMap.OFFSET_RECEIVE_TIME_SOURCE - MemoryMap.OFFSET_SEND_TIME_SOURCE);
  }

  /** What was read last; only the first caller waits, for whoever asks is about to send or to receive. */
  private TimeSource timeSource(int place) throws IOException, InterruptedException {
    byte[] told;
    asking.lockInterruptibly();
    try {
      if (timeSources == null) {
        timeSources = askTimeSources().awaitSuccess();
      } else if (asked != null && asked.isDone()) {
        timeSources = asked.awaitSuccess();
        asked = null;
      } else if (asked == null && System.nanoTime() - askedNs > ASK_EVERY_NS) {
        asked = askTimeSources();
      }
      told = timeSources;
    } finally {
      asking.unlock();
    }
    int number = told[place] & 0xFF;
    TimeSource[] known = TimeSource.values();
    return number < known.length ? known[number] : TimeSource.UNKNOWN;
  }

  private Call askTimeSources() {
    askedNs = System.nanoTime();
    Call read = Call.read(outbox().block() + MemoryMap.OFFSET_SEND_TIME_SOURCE, TIME_SOURCES_LENGTH);
    vantage().wire().submit(read);
    return read;
  }
}
