package org.pktlab.mlet.dns;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.pktlab.mlet.ConnectFailedException;
import org.pktlab.mlet.NotSentException;
import org.pktlab.mlet.Received;
import org.pktlab.mlet.Sent;
import org.pktlab.mlet.SocketFailedException;
import org.pktlab.mlet.SocketOptions;
import org.pktlab.mlet.TcpSocket;
import org.pktlab.mlet.UdpSocket;
import org.pktlab.mlet.Vantage;

/** Sends one query from a vantage point and waits for its answer. What the network does becomes a {@link DnsReply}. */
final class DnsClient {
  private static final int HEADER = 12;
  private static final int LENGTH = 2;

  private final Vantage vantage;
  private final InetSocketAddress server;
  private final byte[] query;
  private final Duration timeout;

  DnsClient(Vantage vantage, InetSocketAddress server, byte[] query, Duration timeout) {
    this.vantage = vantage;
    this.server = server;
    this.query = query;
    this.timeout = timeout;
  }

  DnsReply overUdp() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    try (UdpSocket socket = vantage.udp(server.getAddress())) {
      Sent sent = socket.send(ByteBuffer.wrap(query), server);
      while (true) {
        Received received = socket.receive(left(deadline));
        byte[] octets = new byte[received.data().remaining()];
        received.data().get(octets);
        // What comes from elsewhere, or answers another question, is not ours: somebody may be guessing.
        if (server.equals(received.from()) && answers(octets, query)) {
          return reply(octets, sent, received.timeNs(), left(deadline));
        }
      }
    } catch (TimeoutException e) {
      return DnsReply.failed("timeout");
    } catch (SocketFailedException e) {
      return DnsReply.failed(e.reason().word());
    } catch (NotSentException e) {
      return DnsReply.failed(e.getMessage());
    }
  }

  DnsReply overTcp() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    try (TcpSocket socket = vantage.connect(server, SocketOptions.DEFAULT.withTimeout(timeout))) {
      Sent sent = socket.send(ByteBuffer.allocate(LENGTH + query.length).putShort((short) query.length).put(query).flip());
      ByteBuffer message = ByteBuffer.allocate(LENGTH + 0xFFFF);
      while (true) {
        Received received = socket.receive(left(deadline));
        if (received == null) {
          return DnsReply.failed("the server closed the connection before its answer was whole");
        }
        ByteBuffer data = received.data();
        message.put(data.limit(data.position() + Math.min(data.remaining(), message.remaining())));
        int length = message.position() < LENGTH ? Integer.MAX_VALUE - LENGTH : message.getShort(0) & 0xFFFF;
        if (message.position() >= LENGTH + length) {
          byte[] octets = new byte[length];
          message.get(LENGTH, octets);
          return answers(octets, query)
              ? reply(octets, sent, received.timeNs(), left(deadline))
              : DnsReply.failed("the server answered another question");
        }
      }
    } catch (TimeoutException e) {
      return DnsReply.failed("timeout");
    } catch (ConnectFailedException e) {
      return DnsReply.failed(e.reason().word());
    } catch (SocketFailedException e) {
      return DnsReply.failed(e.reason().word());
    } catch (NotSentException e) {
      return DnsReply.failed(e.getMessage());
    }
  }

  private static DnsReply reply(byte[] octets, Sent sent, long receivedNs, Duration left)
      throws IOException, InterruptedException, TimeoutException {
    double rtt = (receivedNs - sent.awaitTimeNs(left)) / 1e6;
    try {
      return new DnsReply(DnsMessage.parse(octets), rtt, null);
    } catch (MalformedDnsException e) {
      return DnsReply.failed(e.getMessage());
    }
  }

  /** Whether the octets are a response to the query: same identifier and question; servers may leave the question out of an error. */
  static boolean answers(byte[] octets, byte[] query) {
    if (octets.length < HEADER || octets[0] != query[0] || octets[1] != query[1] || octets[2] >= 0) {
      return false;
    }
    boolean noQuestion = octets[4] == 0 && octets[5] == 0;
    if (noQuestion) {
      return (octets[3] & 0xF) != 0;
    }
    int end = questionEnd(query);
    if (octets.length < end) {
      return false;
    }
    for (int i = HEADER; i < end; i++) {
      if (lower(octets[i]) != lower(query[i])) {
        return false;
      }
    }
    return octets[4] == 0 && octets[5] == 1;
  }

  private static int questionEnd(byte[] query) {
    int at = HEADER;
    while (query[at] != 0) {
      at += 1 + query[at];
    }
    return at + 5;
  }

  private static int lower(byte octet) {
    return octet >= 'A' && octet <= 'Z' ? octet + 32 : octet;
  }

  private static Duration left(long deadline) throws TimeoutException {
    long left = deadline - System.nanoTime();
    if (left <= 0) {
      throw new TimeoutException("time is up");
    }
    return Duration.ofNanos(left);
  }
}
