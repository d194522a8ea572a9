package org.pktlab.transport;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.osgi.annotation.versioning.ConsumerType;
import org.pktlab.program.EbpfProgram;

/**
 * An open raw socket: {@link #offer} takes whole IP packets (with a null destination), captured packets arrive as {@link SocketEvents#onDatagram} with a null
 * source. A packet that the operating system rejects by itself is told by {@link SocketEvents#onRejected} and does not end the socket.
 *
 * <p>Packets are numbered in the order of {@code offer}, from 0; the number wraps after 2<sup>31</sup>-1. Where the device gives times, {@link
 * SocketEvents#onSendTime} tells when each left, within {@link #flush()} or soon after it.
 */
@ConsumerType
public interface RawTransportSocket extends TransportSocket {
  /** Which clock the times of packets come from. */
  enum TimeSource {
    /** Read in user space, right before or after the call; or reckoned from the times of other packets that left in the same call. */
    USER,
    /** The kernel's, when the packet passed to or from the driver. */
    KERNEL,
    /** The device's own. */
    HARDWARE
  }

  /**
   * Captures what a filter keeps, from now on; what was received before and not delivered is thrown away.
   *
   * @param filter run on a thread of the transport; null captures nothing more
   */
  void capture(CaptureFilter filter);

  /**
   * Like {@link #offer}, for a packet whose time of leaving nobody wants to know: {@link SocketEvents#onSendTime} need not be called for it, which makes sending
   * cheaper. It has a number like every other.
   *
   * @param packet from position to limit; borrowed until this method returns
   */
  default void offerUntimed(ByteBuffer packet) {
    offer(packet, (InetSocketAddress) null);
  }

  /** Whether {@link SocketEvents#onSendTime} is to be expected for packets that leave now. */
  boolean tellsSendTimes();

  /** Where the times of received packets come from. */
  TimeSource receiveTimeSource();

  /**
   * Hides packets that arrive on the socket's interface from the host's own stack where a program's result, as a signed number of 32 bits, is positive; they can be
   * captured all the same. All others pass untouched. It ends with the next call, with the socket, and with the process, however that ends.
   *
   * @param program in the dialect of Linux socket filters, checked before; null hides nothing more
   * @throws HidingFailedException when it cannot be done: nothing is hidden then
   */
  default void hide(EbpfProgram program) throws HidingFailedException {
    if (program != null) {
      throw new HidingFailedException("this raw transport cannot hide packets from the host");
    }
  }
}
