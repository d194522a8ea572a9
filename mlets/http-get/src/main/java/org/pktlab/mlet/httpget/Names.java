package org.pktlab.mlet.httpget;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.DoubleConsumer;
import org.pktlab.mlet.Received;
import org.pktlab.mlet.Sent;
import org.pktlab.mlet.UdpSocket;
import org.pktlab.mlet.Vantage;

/** Finds the address of a URL's host: at the controller by the system's resolver, or at the endpoint by asking its first resolver. */
final class Names {
  private static final int TYPE_A = 1;
  private static final int TYPE_AAAA = 28;
  private static final int DNS_PORT = 53;
  private static final int HEADER = 12;
  private static final int TRIES = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final SecureRandom RANDOM = new SecureRandom();

  private Names() {}

  /** The address to connect to; the time that the lookup took, in milliseconds, is handed to {@code took}. */
  static InetSocketAddress of(Vantage vantage, String where, HttpUrl url, Duration timeout, DoubleConsumer took)
      throws IOException, InterruptedException, TimeoutException {
    String host = url.host();
    if (host.indexOf(':') >= 0 || host.matches("[0-9]+(\\.[0-9]+){3}")) {
      return new InetSocketAddress(InetAddress.getByName(host), url.port());
    }
    if (where.equals("endpoint")) {
      return new InetSocketAddress(atEndpoint(vantage, host, timeout, took), url.port());
    }
    long begin = System.nanoTime();
    InetAddress[] found = InetAddress.getAllByName(host);
    took.accept((System.nanoTime() - begin) / 1e6);
    List<InetAddress> exported = vantage.addresses();
    for (InetAddress candidate : found) {
      if (exported.stream().anyMatch(e -> e.getClass() == candidate.getClass())) {
        return new InetSocketAddress(candidate, url.port());
      }
    }
    return new InetSocketAddress(found[0], url.port());
  }

  private static InetAddress atEndpoint(Vantage vantage, String host, Duration timeout, DoubleConsumer took)
      throws IOException, InterruptedException, TimeoutException {
    List<InetAddress> resolvers = vantage.resolvers();
    if (resolvers.isEmpty()) {
      throw new UnknownHostException("the endpoint exports no resolver; use --resolve controller");
    }
    InetSocketAddress server = new InetSocketAddress(resolvers.get(0), DNS_PORT);
    Duration patience = timeout.compareTo(PATIENCE) < 0 ? timeout : PATIENCE;
    try (UdpSocket socket = vantage.udp(server.getAddress())) {
      for (int type : new int[] {TYPE_A, TYPE_AAAA}) {
        for (int i = 0; i < TRIES; i++) {
          byte[] query = query(host, type);
          Sent sent = socket.send(ByteBuffer.wrap(query), server);
          Received reply = reply(socket, server, query, patience);
          if (reply == null) {
            continue;
          }
          InetAddress found = answer(reply.data().slice(), query.length, type);
          if (found != null) {
            took.accept((reply.timeNs() - sent.awaitTimeNs(patience)) / 1e6);
            return found;
          }
          break;
        }
      }
    }
    throw new UnknownHostException(host + " has no address, says " + server.getAddress().getHostAddress() + " asked from the endpoint");
  }

  /** The reply to this query, or null when none came in time. What others send is passed over. */
  private static Received reply(UdpSocket socket, InetSocketAddress server, byte[] query, Duration patience)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    try {
      while (true) {
        Received received = socket.receive(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
        if (server.equals(received.from()) && answers(received.data().slice(), query)) {
          return received;
        }
      }
    } catch (TimeoutException e) {
      return null;
    }
  }

  /** Whether a datagram is a response with the identifier and question of the query. */
  static boolean answers(ByteBuffer reply, byte[] query) {
    if (reply.remaining() < query.length || reply.getShort(0) != (short) ((query[0] & 0xFF) << 8 | query[1] & 0xFF) || reply.get(2) >= 0) {
      return false;
    }
    for (int i = HEADER; i < query.length; i++) {
      if (Character.toLowerCase((char) (reply.get(i) & 0xFF)) != Character.toLowerCase((char) (query[i] & 0xFF))) {
        return false;
      }
    }
    return reply.getShort(4) == 1;
  }

  static byte[] query(String host, int type) throws UnknownHostException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int id = RANDOM.nextInt(0x10000);
    out.writeBytes(new byte[] {(byte) (id >>> 8), (byte) id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0});
    for (String label : (host.endsWith(".") ? host.substring(0, host.length() - 1) : host).split("\\.", -1)) {
      if (label.isEmpty() || label.length() > 63) {
        throw new UnknownHostException("'" + host + "' is not a name that DNS has");
      }
      out.write(label.length());
      out.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
    }
    out.writeBytes(new byte[] {0, 0, (byte) type, 0, 1});
    return out.toByteArray();
  }

  /** The first address of the type among the answers, or null; aliases are taken on trust from the resolver. */
  static InetAddress answer(ByteBuffer reply, int answersBegin, int type) throws UnknownHostException {
    try {
      ByteBuffer at = reply.duplicate().position(answersBegin);
      int count = reply.getShort(6) & 0xFFFF;
      for (int i = 0; i < count; i++) {
        skipName(at);
        int recordType = at.getShort() & 0xFFFF;
        int recordClass = at.getShort() & 0xFFFF;
        at.getInt();
        byte[] data = new byte[Math.min(at.getShort() & 0xFFFF, at.remaining())];
        at.get(data);
        if (recordType == type && recordClass == 1 && data.length == (type == TYPE_A ? 4 : 16)) {
          return InetAddress.getByAddress(data);
        }
      }
    } catch (BufferUnderflowException e) {
      // Cut short: what was whole has been looked at.
    }
    return null;
  }

  private static void skipName(ByteBuffer at) {
    while (true) {
      int length = at.get() & 0xFF;
      if (length == 0) {
        return;
      }
      int rest = (length & 0xC0) == 0xC0 ? 1 : length;
      if (rest > at.remaining()) {
        throw new BufferUnderflowException();
      }
      at.position(at.position() + rest);
      if ((length & 0xC0) == 0xC0) {
        return;
      }
    }
  }
}
