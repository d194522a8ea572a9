package org.pktlab.transport.rig;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.pktlab.transport.CaptureFilter;
import org.pktlab.transport.RawTransportSocket;
import org.pktlab.transport.SocketEvents;
import org.pktlab.transport.SocketRequest;
import org.pktlab.transport.Transport;

/** Two namespaces, a transport that is tried in them, and what its sockets tell: {@code left} for one in namespace a, {@code right} for one in b. */
public abstract class RawTransportRig {
  /** A ring of the usual size. */
  public static final int RING = 8 << 20;

  /** A kernel buffer of the usual size. */
  public static final int KERNEL_BUFFER = 16 << 20;

  protected static final CaptureFilter UDP_ONLY = (packet, offset, length) -> IpPackets.protocol(packet, offset) == IpPackets.UDP ? length : 0;

  protected static Namespaces namespaces;

  protected final Recorder left = new Recorder();
  protected final Recorder right = new Recorder();
  protected Transport transport;
  protected Namespaces.Loop a;
  protected Namespaces.Loop b;

  /** Makes a transport; sizes out of bounds mean the nearest bound. */
  protected abstract Transport transport(int ringOctets, int kernelBufferOctets);

  /** Takes a transport away. */
  protected abstract void withdraw(Transport transport);

  @BeforeAll
  static void lay() throws Exception {
    namespaces = new Namespaces();
  }

  @AfterAll
  static void clear() throws Exception {
    if (namespaces != null) {
      namespaces.close();
    }
  }

  @BeforeEach
  void start() throws Exception {
    transport = transport(RING, KERNEL_BUFFER);
    a = namespaces.loop("a");
    b = namespaces.loop("b");
  }

  @AfterEach
  void stop() {
    withdraw(transport);
  }

  protected static long nowNs() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000 + now.getNano();
  }

  protected static RawTransportSocket open(Transport transport, Namespaces.Loop loop, InetAddress address, SocketEvents events) throws Exception {
    SocketRequest request = new SocketRequest(new InetSocketAddress(address, 0), null, RawTransportRig::nowNs);
    return loop.on(() -> (RawTransportSocket) transport.open(request, events, loop.executor()));
  }

  protected final RawTransportSocket open(Namespaces.Loop loop, InetAddress address, SocketEvents events) throws Exception {
    return open(transport, loop, address, events);
  }

  protected static boolean send(Namespaces.Loop loop, RawTransportSocket socket, ByteBuffer... packets) throws Exception {
    return loop.on(
        () -> {
          for (ByteBuffer packet : packets) {
            socket.offer(packet, null);
          }
          return socket.flush();
        });
  }

  protected static InetAddress host(String family, String name) {
    return Namespaces.address(family.equals("IPv4") ? Namespaces.address4(name) : Namespaces.address6(name));
  }

  protected static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + Namespaces.SECONDS * 1_000_000_000;
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() - deadline < 0, what);
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  /** The names of the transport's threads. */
  protected static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).filter(name -> name.startsWith("pktlab-raw-")).toList();
  }

  /** Packets that the system has thrown away on their way from one device to another, before anybody could capture them: its queues between the two are short. */
  protected static long lostByTheSystem() {
    try (Stream<String> processors = Files.lines(Path.of("/proc/net/softnet_stat"))) {
      return processors.mapToLong(line -> Long.parseLong(line.split(" ")[1], 16)).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  protected static long openDescriptors() {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
