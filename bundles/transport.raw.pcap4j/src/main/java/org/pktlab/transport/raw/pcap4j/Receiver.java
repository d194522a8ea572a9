package org.pktlab.transport.raw.pcap4j;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.pcap4j.core.BpfProgram.BpfCompileMode;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapHandle.BlockingMode;
import org.pcap4j.core.PcapHandle.PcapDirection;
import org.pcap4j.core.PcapHandle.TimestampPrecision;
import org.pcap4j.core.PcapNativeException;
import org.pcap4j.core.PcapNetworkInterface;
import org.pcap4j.core.PcapNetworkInterface.PromiscuousMode;
import org.pcap4j.core.Pcaps;
import org.pktlab.transport.CaptureFilter;
import org.pktlab.transport.CaptureQueue;
import org.pktlab.transport.OpenFailedException;
import org.pktlab.transport.OpenFailedException.Reason;
import org.pktlab.transport.SocketFailure;
import org.pktlab.transport.parts.Errno;
import org.pktlab.transport.parts.RawFailures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Captures from one interface through libpcap (protocol, section 8.3). Until the first filter is set the kernel takes nothing, and there is no thread; then a thread
 * receives packets with the kernel's times, takes off what the link has put before them, filters them and puts what is kept into a queue. The thread closes the handle.
 */
final class Receiver implements Runnable {
  /** What is captured, from when on. */
  private static final class Capture {
    final CaptureFilter filter;
    final int round;
    final long startNs;

    final long deadline = System.nanoTime() + CATCH_UP_NS;

    /** Whether everything that was received before the start has been read; used by the receiving thread only. */
    boolean caughtUp;

    Capture(CaptureFilter filter, int round, long startNs) {
      this.filter = filter;
      this.round = round;
      this.startNs = startNs;
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(Receiver.class);

  /** The longest packet with what a link puts before it. */
  private static final int SNAPSHOT = CaptureQueue.LONGEST_PACKET + 64;

  /** How long the kernel may gather packets before it tells of them; their times do not suffer. */
  private static final int GATHER_MILLIS = 1;

  /** When everything from before a start has been read, even if the clock was set back so that its times do not say so. */
  private static final long CATCH_UP_NS = 500_000_000;

  private static final int PACKETS_PER_WAKE = 64;
  private static final int PACKETS_PER_LOOK_AT_DROPS = 65_536;

  // Memory that the library writes to: places for two addresses, a packet's header, and what is polled.
  private static final int HEADER_ADDRESS = 0;
  private static final int DATA_ADDRESS = 8;
  private static final int HEADER = 16;
  private static final int HEADER_OCTETS = 24;
  private static final int CAPTURED = HEADER + 16;
  private static final int POLLED = 48;
  private static final int REQUEST = 72;
  private static final int REQUEST_OCTETS = 40;
  private static final int FLAGS_IN_REQUEST = 16;
  private static final int SMALL_OCTETS = REQUEST + REQUEST_OCTETS;

  private final byte[] name;
  private final String device;
  private final PcapHandle handle;
  private final long address;
  private final int signal;
  private final int link;
  private final CaptureQueue queue;
  private final Consumer<SocketFailure> failed;
  private final Thread thread;

  private volatile Capture capture;
  private volatile boolean stopping;
  private boolean started;
  private boolean ended;
  private long dropsSeen;
  private int sinceDrops;

  /**
   * Opens the handle. It takes some milliseconds.
   *
   * @param name the socket's address in the system's form
   * @param failed told on the receiver's thread, once
   */
  Receiver(PcapNetworkInterface where, byte[] name, int kernelBuffer, CaptureQueue queue, Consumer<SocketFailure> failed) throws OpenFailedException {
    this.name = name;
    this.device = where.getName();
    this.queue = queue;
    this.failed = failed;
    PcapHandle opened = null;
    try {
      opened =
          new PcapHandle.Builder(where.getName())
              .snaplen(SNAPSHOT)
              .promiscuousMode(PromiscuousMode.NONPROMISCUOUS)
              .timeoutMillis(GATHER_MILLIS)
              .bufferSize(kernelBuffer)
              .timestampPrecision(TimestampPrecision.NANO)
              .build();
      opened.setDirection(PcapDirection.IN);
      opened.setFilter("less 0", BpfCompileMode.NONOPTIMIZE); // nothing is that short
      opened.setBlockingMode(BlockingMode.NONBLOCKING);
      link = opened.getDlt().value();
    } catch (PcapNativeException | NotOpenException e) {
      if (opened != null) {
        opened.close();
      }
      boolean denied = String.valueOf(e.getMessage()).contains("permi");
      throw new OpenFailedException(denied ? Reason.DENIED : Reason.OTHER, "capturing from " + where.getName() + ": " + e.getMessage());
    }
    if (!LinkHeaders.isKnown(link)) {
      opened.close();
      throw new OpenFailedException(Reason.OTHER, "packets of " + where.getName() + " have headers of the unknown kind " + link);
    }
    handle = opened;
    address = LibPcap.address(opened);
    try {
      LibC.setsockopt(LibPcap.pcap_get_selectable_fd(address), LibC.SOL_PACKET, LibC.PACKET_IGNORE_OUTGOING, new int[] {1}, 4);
    } catch (LastErrorException e) {
      // an old kernel: libpcap throws them away, but they take room and are counted when there is none
    }
    try {
      signal = LibC.eventfd(0, LibC.SOCK_NONBLOCK | LibC.SOCK_CLOEXEC);
    } catch (LastErrorException e) {
      opened.close();
      throw RawFailures.open("an event descriptor", e.getErrorCode());
    }
    thread = new Thread(this, "pktlab-raw-" + where.getName());
    thread.setDaemon(true);
  }

  /** The interface that carries an address. */
  static PcapNetworkInterface interfaceOf(InetAddress address) throws OpenFailedException {
    try {
      PcapNetworkInterface found = Pcaps.getDevByAddress(address);
      if (found != null) {
        return found;
      }
    } catch (PcapNativeException e) {
      throw new OpenFailedException(Reason.OTHER, "the interfaces cannot be listed: " + e.getMessage());
    } catch (LinkageError e) {
      throw new OpenFailedException(Reason.OTHER, "libpcap is missing; install it (on Debian: apt-get install libpcap0.8)");
    }
    throw new OpenFailedException(Reason.NO_ADDRESS, "no interface has the address " + address.getHostAddress());
  }

  // ------------------------------------------------------------------------------------------------ the loop

  /** Captures from now on; a null filter captures nothing. False when libpcap would not. */
  synchronized boolean capture(CaptureFilter filter, int round, long startNs) {
    if (filter == null) {
      capture = null;
      return true;
    }
    try {
      if (!started) {
        handle.setFilter("", BpfCompileMode.NONOPTIMIZE); // once only: libpcap would not have this while the thread receives
        capture = new Capture(filter, round, startNs);
        started = true;
        thread.start();
      } else {
        capture = new Capture(filter, round, startNs);
      }
      return true;
    } catch (PcapNativeException | NotOpenException | OutOfMemoryError e) {
      LOG.warn("Capturing cannot start: {}", e.getMessage());
      return false;
    }
  }

  /** Ends the thread, which closes the handle soon. Idempotent. Any thread. */
  synchronized void stop() {
    if (!stopping) {
      stopping = true;
      if (!started) {
        close();
      } else if (!ended) {
        ByteBuffer one = ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder()).putLong(0, 1);
        LibC.write(signal, address(one), Long.BYTES);
      }
    }
  }

  private synchronized void close() {
    ended = true;
    handle.close();
    try {
      LibC.close(signal);
    } catch (LastErrorException e) {
      // it is closed all the same
    }
  }

  private static long address(ByteBuffer direct) {
    return Pointer.nativeValue(Native.getDirectBufferPointer(direct));
  }

  /** Waits for the end; false when it has not come in time. */
  boolean awaitEnd(long millis) throws InterruptedException {
    thread.join(Math.max(1, millis));
    return !thread.isAlive();
  }

  // ------------------------------------------------------------------------------------------------ its own thread

  @Override
  public void run() {
    try {
      serve();
    } catch (PcapNativeException e) { // such as "The interface disappeared"
      LOG.info("Capturing ended: {}", e.getMessage());
      failed.accept(SocketFailure.UNREACHABLE);
    } catch (NotOpenException | RuntimeException | Error e) {
      LOG.error("Capturing failed; the socket is closed", e);
      failed.accept(SocketFailure.OTHER);
    } finally {
      close();
    }
  }

  private void serve() throws PcapNativeException, NotOpenException {
    ByteBuffer small = ByteBuffer.allocateDirect(SMALL_OCTETS).order(ByteOrder.nativeOrder());
    ByteBuffer frame = ByteBuffer.allocateDirect(SNAPSHOT);
    long smallAt = address(small);
    long frameAt = address(frame);
    small.putInt(POLLED, LibPcap.pcap_get_selectable_fd(address)).putShort(POLLED + 4, (short) LibC.POLLIN);
    small.putInt(POLLED + 8, signal).putShort(POLLED + 12, (short) LibC.POLLIN);
    int untold = 0;
    long probed = System.nanoTime();
    while (!stopping) {
      int found = LibPcap.pcap_next_ex(address, smallAt + HEADER_ADDRESS, smallAt + DATA_ADDRESS);
      if (found == LibPcap.PACKET) {
        LibC.memcpy(smallAt + HEADER, small.getLong(HEADER_ADDRESS), HEADER_OCTETS);
        int captured = Math.min(small.getInt(CAPTURED), SNAPSHOT);
        LibC.memcpy(frameAt, small.getLong(DATA_ADDRESS), captured);
        take(frame, captured, small.getLong(HEADER) * 1_000_000_000 + small.getLong(HEADER + 8));
        sinceDrops++;
        if (++untold == PACKETS_PER_WAKE) {
          untold = 0;
          queue.wake();
        }
      } else if (found == LibPcap.NONE) {
        if (sinceDrops > 0) {
          tellDrops();
        }
        untold = 0;
        queue.wake();
        if (System.nanoTime() - probed >= PcapRawSocket.PROBE_NS) {
          probed = System.nanoTime();
          probe(small, smallAt);
        }
        poll(smallAt + POLLED);
      } else {
        throw new PcapNativeException(handle.getError());
      }
      if (sinceDrops >= PACKETS_PER_LOOK_AT_DROPS) {
        tellDrops();
      }
    }
  }

  /** Sees whether the address and the interface are there, because libpcap does not mind either. */
  private void probe(ByteBuffer small, long smallAt) throws PcapNativeException {
    if (Sender.probe(name) != 0) {
      throw new PcapNativeException("the host has lost the address");
    }
    byte[] octets = device.getBytes(StandardCharsets.UTF_8);
    small.put(REQUEST, new byte[REQUEST_OCTETS]).put(REQUEST, octets, 0, Math.min(octets.length, FLAGS_IN_REQUEST - 1));
    try {
      LibC.ioctl(small.getInt(POLLED), LibC.SIOCGIFFLAGS, smallAt + REQUEST);
    } catch (LastErrorException e) {
      throw new PcapNativeException("the interface is gone");
    }
    if ((small.getShort(REQUEST + FLAGS_IN_REQUEST) & LibC.IFF_UP) == 0) {
      throw new PcapNativeException("the interface went down");
    }
  }

  private static void poll(long polledAt) {
    try {
      LibC.poll(polledAt, 2, (int) (PcapRawSocket.PROBE_NS / 1_000_000));
    } catch (LastErrorException e) {
      if (e.getErrorCode() != Errno.EINTR) {
        throw e;
      }
    }
  }

  /** The kernel drops only while its buffer is full, so that packets are read after each drop. */
  private void tellDrops() throws PcapNativeException, NotOpenException {
    sinceDrops = 0;
    long drops = handle.getStats().getNumPacketsDropped() & 0xFFFF_FFFFL;
    Capture now = capture;
    if (drops != dropsSeen && now != null) {
      queue.drop(now.round, drops - dropsSeen & 0xFFFF_FFFFL, 0);
    }
    dropsSeen = drops;
  }

  private void take(ByteBuffer frame, int captured, long timeNs) {
    Capture now = capture; // read after the packet: what came after a new filter was set is never judged by the old one
    int start = LinkHeaders.length(link, frame, captured);
    if (now == null || start < 0 || !now.caughtUp && timeNs < now.startNs && System.nanoTime() - now.deadline < 0) {
      return;
    }
    now.caughtUp = true;
    int length = Math.min(captured - start, CaptureQueue.LONGEST_PACKET);
    int keep = now.filter.keep(frame, start, length);
    if (keep > 0) {
      queue.put(now.round, frame, start, Math.min(keep, length), timeNs);
    }
  }
}
