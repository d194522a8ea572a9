package org.pktlab.mlet;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.osgi.annotation.versioning.ProviderType;
import org.pktlab.program.EbpfProgram;

/**
 * A raw socket at an endpoint: sends whole IP packets, and captures those that a filter keeps. Nothing is captured before {@link #capture}.
 *
 * <p>Capture is that of the interface which has the local address: it sees what arrives there, of any protocol and address. A capture filter
 * must leave out the session's own traffic where that uses the same interface.
 */
@ProviderType
public interface RawSocket extends AutoCloseable {
  /** Until the socket is closed. */
  long FOREVER = -1;

  /** The local address at the endpoint: what packets with an unspecified source address get, and whose interface is captured. */
  InetAddress localAddress();

  /**
   * Sends a packet as soon as possible. Blocks while the endpoint's buffer is full. What the endpoint's operating system does to header
   * fields is in its memory (protocol specification, section 8.2); checksums of TCP, UDP and ICMP are never filled in.
   *
   * @param packet from the first octet of the IP header; may be reused at once
   */
  Sent send(ByteBuffer packet) throws IOException, InterruptedException;

  /** Sends a packet at a time on the endpoint's clock. Packets of one socket leave in the order of calls: a later one never overtakes. */
  Sent sendAt(ByteBuffer packet, long timeNs) throws IOException, InterruptedException;

  /**
   * Captures what a filter keeps, instead of what an earlier one did.
   *
   * @param filter a program in the dialect of Linux socket filters; its result is how many octets of the packet to keep, 0 for none
   * @param untilNs when to stop, on the endpoint's clock; {@link #FOREVER} for not before the socket is closed
   * @throws RefusedException when the endpoint does not accept the program
   */
  void capture(EbpfProgram filter, long untilNs) throws IOException, InterruptedException;

  /**
   * Captures what a filter keeps, and hides from the endpoint's own host what the filter says. Its result, read as a signed 32-bit number,
   * is positive to consume a packet (the host does not see it), negative to leave the host a copy, 0 to leave it alone; the magnitude is how
   * many octets to keep.
   *
   * <p>An extension of ours (docs/reference/extensions.md), which the endpoint's operator has to allow. The filter should be narrow: whatever
   * it consumes is lost to everybody else on that host, the session's own packets included.
   *
   * @param filter as for {@link #capture}
   * @param untilNs when to stop, on the endpoint's clock; {@link #FOREVER} for not before the socket is closed
   * @throws RefusedException when the endpoint does not grant it, as a C endpoint does not, or does not accept the program
   */
  void consume(EbpfProgram filter, long untilNs) throws IOException, InterruptedException;

  /** Captures nothing more. What was captured before can still be received. */
  void stopCapture() throws IOException, InterruptedException;

  /**
   * Waits for a captured packet.
   *
   * @return the octets kept, from the first octet of the network-layer header, with the time of reception; {@link Received#from()} is null
   * @throws TimeoutException when none came in time; the socket goes on
   * @throws SocketFailedException when the socket failed
   */
  Received receive(Duration timeout) throws IOException, InterruptedException, TimeoutException;

  /** Captured packets that the endpoint dropped or cut for want of buffer, so far. */
  long dropped() throws IOException, InterruptedException;

  /**
   * Which clock the times at which packets of this socket left come from: the worst of those sent so far. What is told may be some seconds
   * old; only the first call waits for the endpoint.
   */
  TimeSource sendTimeSource() throws IOException, InterruptedException;

  /** Which clock the times of reception on this socket come from; told like {@link #sendTimeSource}. */
  TimeSource receiveTimeSource() throws IOException, InterruptedException;

  /** Closes the socket at the endpoint. Idempotent; does nothing when the session is lost. */
  @Override
  void close() throws IOException;
}
