package org.pktlab.mlet.host;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.pktlab.mlet.EndpointClock;
import org.pktlab.mlet.EndpointIdentity;
import org.pktlab.mlet.EndpointMemory;
import org.pktlab.mlet.RawSocket;
import org.pktlab.mlet.RefusedException;
import org.pktlab.mlet.SocketOptions;
import org.pktlab.mlet.TcpSocket;
import org.pktlab.mlet.UdpSocket;
import org.pktlab.mlet.Vantage;
import org.pktlab.protocol.MemoryMap;
import org.pktlab.protocol.StatusCode;

/** The network as one endpoint sees it, over its session. */
final class SessionVantage implements Vantage {
  private static final int LAST_SOCKET = 255;
  private static final int CLOCK_AND_LIMIT = MemoryMap.BUFFER_LIMIT + 4 - MemoryMap.CLOCK;
  private static final int RESOLVERS_LENGTH = 0x200;
  private static final int OFFSET_ROUNDS = 8;

  private final SessionWire wire;
  private final SendWindow window = new SendWindow();
  private final String keyId;
  private final AtomicInteger lastSocket = new AtomicInteger();
  private final EndpointClock clock = new Clock();
  private final EndpointMemory memory = new Memory();
  private final Holding holding = new Holding(this);
  private final Extensions extensions;
  private volatile EndpointIdentity identity;
  private volatile Boolean extended;

  SessionVantage(SessionWire wire, String keyId) {
    this.wire = wire;
    this.keyId = keyId;
    this.extensions = new Extensions(wire);
  }

  SessionWire wire() {
    return wire;
  }

  Extensions extensions() {
    return extensions;
  }

  SendWindow window() {
    return window;
  }

  byte[] readMemory(int address, int length) throws IOException, InterruptedException {
    Call call = Call.read(address, length);
    wire.submit(call);
    return call.awaitSuccess();
  }

  /** A read of the clock that brings the buffer limit along. */
  Call askClock() {
    return Call.read(MemoryMap.CLOCK, CLOCK_AND_LIMIT);
  }

  /** The time that such a read gave; its buffer limit is taken note of. */
  long clockOf(byte[] octets) {
    ByteBuffer buffer = ByteBuffer.wrap(octets);
    window.bufferLimit(buffer.getInt(MemoryMap.BUFFER_LIMIT - MemoryMap.CLOCK) & 0xFFFFFFFFL);
    return buffer.getLong(0);
  }

  @Override
  public EndpointIdentity endpoint() {
    EndpointIdentity known = identity;
    if (known != null) {
      return known;
    }
    String hostId = "";
    try {
      byte[] octets = readMemory(MemoryMap.HOST_ID, MemoryMap.HOST_ID_LENGTH);
      int length = 0;
      while (length < octets.length && octets[length] != 0) {
        length++;
      }
      hostId = new String(octets, 0, length, StandardCharsets.UTF_8);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new EndpointIdentity(keyId, wire.link().remoteAddress(), "");
    } catch (IOException e) {
      return new EndpointIdentity(keyId, wire.link().remoteAddress(), "");
    }
    known = new EndpointIdentity(keyId, wire.link().remoteAddress(), hostId);
    identity = known;
    return known;
  }

  @Override
  public EndpointClock clock() {
    return clock;
  }

  @Override
  public EndpointMemory memory() {
    return memory;
  }

  @Override
  public List<InetAddress> addresses() throws IOException, InterruptedException {
    Call ipv4 = Call.read(MemoryMap.IPV4_LIST, MemoryMap.IPV4_LIST_ENTRIES * MemoryMap.IPV4_LIST_STRIDE);
    Call ipv6 = Call.read(MemoryMap.IPV6_LIST, MemoryMap.IPV6_LIST_ENTRIES * MemoryMap.IPV6_LIST_STRIDE);
    wire.submit(ipv4, ipv6);
    List<InetAddress> found = new ArrayList<>();
    addAddresses(found, ipv4.awaitSuccess(), 0, MemoryMap.IPV4_LIST_STRIDE, 4, MemoryMap.IPV4_LIST_ENTRIES);
    addAddresses(found, ipv6.awaitSuccess(), 0, MemoryMap.IPV6_LIST_STRIDE, 16, MemoryMap.IPV6_LIST_ENTRIES);
    return List.copyOf(found);
  }

  /** Tells an endpoint of ours the address that we see it under (docs/reference/extensions.md), and does not wait for the answer. */
  void tellItsAddress() throws IOException, InterruptedException {
    InetSocketAddress seen = wire.link().remoteAddress();
    if (wire.link().coalescing() && seen.getAddress() != null) { // C endpoints do not negotiate that
      byte[] octets = seen.getAddress().getAddress();
      byte[] told = new byte[MemoryMap.EXTERNAL_ADDRESS_LENGTH];
      told[0] = (byte) (octets.length == 4 ? 4 : 6);
      System.arraycopy(octets, 0, told, 1, octets.length);
      wire.submit(new Call("tell it its address", Frames.mwrite(MemoryMap.EXTERNAL_ADDRESS, told)));
    }
  }

  @Override
  public Map<String, List<String>> facts() throws IOException, InterruptedException {
    ByteBuffer octets = ByteBuffer.wrap(readMemory(MemoryMap.FACTS, MemoryMap.FACTS_LENGTH));
    int length = Math.min(octets.getShort() & 0xFFFF, octets.remaining());
    Map<String, List<String>> facts = new LinkedHashMap<>();
    for (String line : new String(octets.array(), Short.BYTES, length, StandardCharsets.UTF_8).split("\n")) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        facts.computeIfAbsent(line.substring(0, equals), item -> new ArrayList<>()).add(line.substring(equals + 1));
      }
    }
    facts.replaceAll((item, values) -> List.copyOf(values));
    return Collections.unmodifiableMap(facts);
  }

  @Override
  public List<InetAddress> resolvers() throws IOException, InterruptedException {
    byte[] octets = readMemory(MemoryMap.IPV4_RESOLVER_COUNT, RESOLVERS_LENGTH);
    List<InetAddress> found = new ArrayList<>();
    int ipv4 = Math.min(octets[0] & 0xFF, MemoryMap.RESOLVER_ENTRIES);
    int ipv6 = Math.min(octets[1] & 0xFF, MemoryMap.RESOLVER_ENTRIES);
    addAddresses(found, octets, MemoryMap.IPV4_RESOLVERS - MemoryMap.IPV4_RESOLVER_COUNT, 4, 4, ipv4);
    addAddresses(found, octets, MemoryMap.IPV6_RESOLVERS - MemoryMap.IPV4_RESOLVER_COUNT, 16, 16, ipv6);
    return List.copyOf(found);
  }

  /** Adds the entries of a list up to its first unused one. The counters of addresses wrap at 256, so they are not relied on. */
  private static void addAddresses(List<InetAddress> found, byte[] octets, int offset, int stride, int length, int entries) {
    for (int i = 0; i < entries; i++) {
      byte[] address = java.util.Arrays.copyOfRange(octets, offset + i * stride, offset + i * stride + length);
      boolean used = false;
      for (byte octet : address) {
        used |= octet != 0;
      }
      if (!used) {
        return;
      }
      found.add(EndpointSocket.address(address));
    }
  }

  @Override
  public TcpSocket connect(InetSocketAddress remote, SocketOptions options) throws IOException, InterruptedException {
    int family = Frames.family(resolved(remote).getAddress());
    if (remote.getPort() == 0) {
      throw new IllegalArgumentException("there is no port 0 to connect to");
    }
    checkLocal(options, family);
    TcpEndpointSocket socket = claim(id -> new TcpEndpointSocket(this, id, family, remote, options.receiveBuffer()));
    socket.open(options);
    return socket;
  }

  @Override
  public UdpSocket udp(InetAddress family, SocketOptions options) throws IOException, InterruptedException {
    int number = Frames.family(family.getAddress());
    checkLocal(options, number);
    if (number == 6 && !survivesIpv6Udp()) {
      throw new RefusedException(
          StatusCode.ESKTNOPRFAM,
              "this endpoint is of a kind that does not survive UDP over IPv6, so it is not asked for it; use IPv4 or TCP");
    }
    UdpEndpointSocket socket = claim(id -> new UdpEndpointSocket(this, id, number, options.receiveBuffer()));
    socket.open(options);
    return socket;
  }

  @Override
  public RawSocket raw(InetAddress local, int receiveBuffer) throws IOException, InterruptedException {
    if (receiveBuffer < 0) {
      throw new IllegalArgumentException("a receive buffer of " + receiveBuffer + " octets");
    }
    int family = Frames.family(local.getAddress());
    RawEndpointSocket socket = claim(id -> new RawEndpointSocket(this, id, family, receiveBuffer));
    socket.open(local);
    return socket;
  }

  @Override
  public void hold() throws IOException, InterruptedException {
    holding.hold();
  }

  @Override
  public Drops poll(long untilNs) throws IOException, InterruptedException {
    return holding.poll(untilNs);
  }

  @Override
  public void release() throws IOException, InterruptedException {
    holding.release();
  }

  /** C endpoints die of UDP over IPv6 (protocol specification, section 13.2); those that show extensions do not. */
  private boolean survivesIpv6Udp() throws IOException, InterruptedException {
    Boolean known = extended;
    if (known == null) {
      known = wire.link().coalescing() || ByteBuffer.wrap(readMemory(MemoryMap.EXTENSION_WORD, MemoryMap.EXTENSION_WORD_LENGTH))
          .getInt() != 0;
      extended = known;
    }
    return known;
  }

  private static void checkLocal(SocketOptions options, int family) {
    if (options.local() != null && Frames.family(options.local().getAddress()) != family) {
      throw new IllegalArgumentException("local and remote address are of different families");
    }
  }

  static InetAddress resolved(InetSocketAddress address) {
    if (address.isUnresolved()) {
      throw new IllegalArgumentException("the address of " + address.getHostString() + " is not resolved");
    }
    return address.getAddress();
  }

  private interface Maker<T extends EndpointSocket> {
    T make(int sktid);
  }

  /** Takes the next free socket number, round robin, so that a late notification does not meet a new socket. */
  private <T extends EndpointSocket> T claim(Maker<T> maker) throws IOException {
    for (int i = 0; i < LAST_SOCKET; i++) {
      int sktid = Math.floorMod(lastSocket.getAndIncrement(), LAST_SOCKET) + 1;
      T socket = maker.make(sktid);
      if (wire.claim(sktid, socket)) {
        window.reserve(socket.receiveBuffer());
        return socket;
      }
    }
    throw new RefusedException(StatusCode.ESKTINUSE, "all " + LAST_SOCKET + " sockets of the session are in use");
  }

  private final class Clock implements EndpointClock {
    @Override
    public long nowNs() throws IOException, InterruptedException {
      return ByteBuffer.wrap(readMemory(MemoryMap.CLOCK, MemoryMap.CLOCK_LENGTH)).getLong();
    }

    @Override
    public Offset offset() throws IOException, InterruptedException {
      long best = Long.MAX_VALUE;
      long offset = 0;
      for (int i = 0; i < OFFSET_ROUNDS; i++) {
        Instant wall = Instant.now();
        long begin = System.nanoTime();
        long theirs = nowNs();
        long roundTrip = System.nanoTime() - begin;
        if (roundTrip < best) {
          best = roundTrip;
          long ours = wall.getEpochSecond() * 1_000_000_000L + wall.getNano();
          offset = theirs - (ours + roundTrip / 2);
        }
      }
      return new Offset(offset, best);
    }
  }

  private final class Memory implements EndpointMemory {
    private static final int MOST = 0xFFFF;

    @Override
    public ByteBuffer read(int address, int length) throws IOException, InterruptedException {
      check(address, length, 1);
      return ByteBuffer.wrap(readMemory(address, length));
    }

    @Override
    public void write(int address, ByteBuffer data) throws IOException, InterruptedException {
      check(address, data.remaining(), 0);
      List<Call> calls = new ArrayList<>();
      int at = address;
      do {
        byte[] octets = new byte[Math.min(data.remaining(), untilNextBlock(at))];
        data.get(octets);
        Call call = new Call("write its memory", Frames.mwrite(at, octets));
        wire.submit(call);
        calls.add(call);
        at += octets.length;
      } while (data.hasRemaining());
      for (Call call : calls) {
        call.awaitSuccess();
      }
    }

    /** One write must not span two socket blocks, or it corrupts the second at a C endpoint (protocol specification, section 6.3). */
    private static int untilNextBlock(int address) {
      long at = Integer.toUnsignedLong(address);
      if (at >= MemoryMap.SOCKET_END) {
        return Integer.MAX_VALUE;
      }
      if (at < MemoryMap.SOCKET_BASE) {
        return (int) (MemoryMap.SOCKET_BASE - at);
      }
      return MemoryMap.SOCKET_STRIDE - (int) (at % MemoryMap.SOCKET_STRIDE);
    }

    /** What is refused here would end the session at an endpoint (protocol specification, sections 4.4 and 13.1). */
    private void check(int address, int length, int least) {
      if (length < least || length > MOST || Integer.toUnsignedLong(address) + length > MemoryMap.MAX_ADDRESS) {
        throw new IllegalArgumentException(
            length + " octets at 0x" + Integer.toHexString(address) + ": a request covers " + least + " to " + MOST
                + " octets below 0xffffffff");
      }
    }
  }
}
