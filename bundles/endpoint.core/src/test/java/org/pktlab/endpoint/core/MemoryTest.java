package org.pktlab.endpoint.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pktlab.protocol.MemoryMap;
import org.pktlab.protocol.Mwrite;
import org.pktlab.protocol.Nclose;
import org.pktlab.protocol.Ndata;
import org.pktlab.protocol.Nopen;
import org.pktlab.protocol.Nsend;
import org.pktlab.protocol.Nstat;
import org.pktlab.protocol.Ntag;
import org.pktlab.protocol.SocketState;
import org.pktlab.protocol.StatCode;
import org.pktlab.protocol.StatusCode;

/** The memory that a controller sees: protocol specification, section 6. */
class MemoryTest {
  private static final byte[] ANY4 = new byte[4];
  private static final byte[] LOCAL4 = {127, 0, 0, 1};

  private Rig rig;
  private ControllerEnd controller;

  @BeforeEach
  void connect() {
    rig = Rig.usual();
    controller = rig.session();
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }

  private static int field(int sktid, int offset) {
    return MemoryMap.socketField(sktid, offset);
  }

  @Nested
  class HostRegions {
    @Test
    void shouldShowCountsProtocolsAndBufferLimitInOneRead() {
      assertArrayEquals(hex("02 02 00000006 00800000"), controller.read(MemoryMap.IPV4_COUNT, 10));
    }

    @Test
    void shouldListIpv4AddressesWithMasksAndZerosBehind() {
      byte[] list = controller.read(MemoryMap.IPV4_LIST, 0x800);
      assertArrayEquals(hex("7f000001 ff000000 c0000207 ffffff80"), Arrays.copyOf(list, 16));
      assertArrayEquals(new byte[0x800 - 16], Arrays.copyOfRange(list, 16, 0x800));
    }

    @Test
    void shouldListIpv6Addresses() {
      byte[] list = controller.read(MemoryMap.IPV6_LIST, 0x1000);
      assertArrayEquals(hex("00000000000000000000000000000001 20010db8000000000000000000000007"), Arrays.copyOf(list, 32));
      assertArrayEquals(new byte[0x1000 - 32], Arrays.copyOfRange(list, 32, 0x1000));
    }

    @Test
    void shouldShowAClockInNanosecondsThatRuns() {
      long first = controller.readNumber(MemoryMap.CLOCK, 8);
      long second = controller.readNumber(MemoryMap.CLOCK, 8);
      assertTrue(first < second, first + " then " + second);
      assertTrue(Math.abs(first - rig.clock()) < 5_000_000_000L);
    }

    @Test
    void shouldShowBufferLimitAndUse() {
      assertArrayEquals(hex("00800000 00000000"), controller.read(MemoryMap.BUFFER_LIMIT, 8));
      controller.succeed(Nopen.udp(1, 10, ANY4, 0));
      controller.succeed(new Nsend(1, 4, 17, rig.clock() + 3_600_000_000_000L, 0, LOCAL4, 9, new byte[100]));
      assertEquals(239, controller.readNumber(MemoryMap.BUFFER_USED, 4));
    }

    @Test
    void shouldShowResolvers() {
      assertArrayEquals(hex("01 02"), controller.read(MemoryMap.IPV4_RESOLVER_COUNT, 2));
      assertArrayEquals(hex("c0000235 00000000"), controller.read(MemoryMap.IPV4_RESOLVERS, 8));
      assertArrayEquals(hex("20010db8000000000000000000000053 20010db8000000000000000000000054 0000"), controller.read(MemoryMap.IPV6_RESOLVERS, 34));
    }

    @Test
    void shouldShowNoTreatmentOfRawHeaders() {
      assertArrayEquals(new byte[24], controller.read(MemoryMap.IPV4_TREATMENT, 24));
    }

    @Test
    void shouldShowTheHostIdentifierPaddedWithZeros() {
      byte[] id = controller.read(MemoryMap.HOST_ID, 0x100);
      assertEquals("vantage-1", new String(id, 0, 9, StandardCharsets.US_ASCII));
      assertArrayEquals(new byte[0x100 - 9], Arrays.copyOfRange(id, 9, 0x100));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 0x01000000, 0x10030100, 0x10030200, 0x40000000, 0x50000000, 0xFFFFFF00})
    void shouldReadUnmappedAddressesAsZeros(int address) {
      assertArrayEquals(new byte[64], controller.read(address, 64));
    }

    @Test
    void shouldReadSendTimesByTagOnceSomethingLeft() {
      assertArrayEquals(new byte[65_535], controller.read(MemoryMap.SEND_TIMES, 65_535));
      controller.succeed(Nopen.udp(1, 10, ANY4, 0));
      controller.succeed(new Nsend(1, 4, 17, 0, 0x1234, LOCAL4, 9, new byte[1]));
      long time = controller.next(Ntag.class).timeNs();
      assertEquals(time, controller.readNumber(MemoryMap.SEND_TIMES + 8 * 0x1234, 8));
      assertEquals(0, controller.readNumber(MemoryMap.SEND_TIMES + 8 * 0x1235, 8));
    }
  }

  @Nested
  class Access {
    @Test
    void shouldGiveOnlyZerosWhenTheFirstAddressIsInAGap() {
      assertArrayEquals(new byte[16], controller.read(0x1000FFF8, 16)); // ends in the clock
    }

    @Test
    void shouldReadTheRegionsThatFollowAMappedStartWithZerosBetween() {
      byte[] read = controller.read(MemoryMap.CLOCK, 0x18);
      assertArrayEquals(new byte[8], Arrays.copyOfRange(read, 8, 16));
      assertArrayEquals(hex("00800000"), Arrays.copyOfRange(read, 16, 20));
    }

    @Test
    void shouldReadFieldsPartially() {
      assertArrayEquals(hex("80 00"), controller.read(MemoryMap.BUFFER_LIMIT + 1, 2));
      assertEquals('n', controller.read(MemoryMap.HOST_ID + 2, 1)[0]);
    }

    @Test
    void shouldAnswerEveryWriteWithSuccessAndChangeNothingThatIsReadOnly() {
      controller.write(MemoryMap.HOST_ID, hex("414141"));
      controller.write(0x40000000, new byte[1000]);
      controller.write(MemoryMap.CLOCK, new byte[8]);
      controller.write(MemoryMap.SOCKET_BASE, new byte[0]);
      assertEquals('v', controller.read(MemoryMap.HOST_ID, 1)[0]);
      assertTrue(controller.readNumber(MemoryMap.CLOCK, 8) > 0);
    }

    @Test
    void shouldReadTheExtensionWordAsZeroAndGrantNothing() {
      assertEquals(0, controller.readNumber(MemoryMap.EXTENSION_WORD, 4));
      controller.write(MemoryMap.EXTENSION_WORD, hex("ffffffff"));
      assertEquals(0, controller.readNumber(MemoryMap.EXTENSION_WORD, 4));
    }

    @Test
    void shouldDiscardAWriteThatBeginsInAGap() {
      controller.succeed(Nopen.udp(0, 77, ANY4, 0));
      controller.write(MemoryMap.SOCKET_BASE - 4, new byte[0x48]);
      assertEquals(77, controller.readNumber(field(0, MemoryMap.OFFSET_RBUFSZ), 4));
    }

    @Test
    void shouldReadTheLargestRange() {
      assertEquals(65_535, controller.read(MemoryMap.SOCKET_BASE, 65_535).length);
    }
  }

  @Nested
  class SocketBlock {
    @Test
    void shouldBeZeroWhileTheSlotIsFreeAndIgnoreWrites() {
      controller.write(field(3, 0), new byte[0x400]);
      controller.write(field(3, MemoryMap.OFFSET_RBUFSZ), hex("11223344"));
      assertArrayEquals(new byte[0x400], controller.read(field(3, 0), 0x400));
    }

    @Test
    void shouldShowAUdpSocket() {
      controller.succeed(Nopen.udp(200, 0x01020304, LOCAL4, 0));
      byte[] block = controller.read(field(200, 0), 0x400);
      assertArrayEquals(hex("04 11 02"), Arrays.copyOf(block, 3));
      assertArrayEquals(hex("7f000001 000000000000000000000000"), Arrays.copyOfRange(block, 0x10, 0x20));
      assertArrayEquals(new byte[16], Arrays.copyOfRange(block, 0x20, 0x30));
      assertTrue((block[0x30] & 0xFF) != 0 || (block[0x31] & 0xFF) != 0);
      assertArrayEquals(hex("0000"), Arrays.copyOfRange(block, 0x32, 0x34));
      assertArrayEquals(hex("01020304 00000000"), Arrays.copyOfRange(block, 0x40, 0x48));
      assertArrayEquals(new byte[0x400 - 0x48], Arrays.copyOfRange(block, 0x48, 0x400));
    }

    @Test
    void shouldLeaveTheAddressOfAnUnboundUdpSocketZero() {
      controller.succeed(Nopen.udp(1, 0, ANY4, 0));
      assertArrayEquals(new byte[16], controller.read(field(1, MemoryMap.OFFSET_LADDR), 16));
      assertTrue(controller.readNumber(field(1, MemoryMap.OFFSET_LPORT), 2) > 0);
    }

    @Test
    void shouldShowBothEndsOfATcpConnection() throws Exception {
      try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
        controller.succeed(Nopen.tcpConnect(7, 0x55, ANY4, 0, LOCAL4, server.getLocalPort()));
        try (Socket peer = server.accept()) {
          controller.next(Nstat.class);
          byte[] block = controller.read(field(7, 0), 0x44);
          assertArrayEquals(hex("04 06 02"), Arrays.copyOf(block, 3));
          assertArrayEquals(hex("7f000001"), Arrays.copyOfRange(block, 0x10, 0x14));
          assertArrayEquals(hex("7f000001"), Arrays.copyOfRange(block, 0x20, 0x24));
          assertEquals(peer.getPort(), (block[0x30] & 0xFF) << 8 | block[0x31] & 0xFF);
          assertEquals(server.getLocalPort(), (block[0x32] & 0xFF) << 8 | block[0x33] & 0xFF);
        }
      }
    }

    @Test
    void shouldTakePartsOfFieldsOctetByOctet() {
      controller.succeed(Nopen.udp(1, 0x01020304, ANY4, 0));
      controller.write(field(1, MemoryMap.OFFSET_RBUFSZ + 1), hex("aabb"));
      assertEquals(0x01AABB04L, controller.readNumber(field(1, MemoryMap.OFFSET_RBUFSZ), 4));
      controller.write(field(1, MemoryMap.OFFSET_SEND_ERROR), hex("7f 1234"));
      assertArrayEquals(hex("7f 1234 00"), controller.read(field(1, MemoryMap.OFFSET_SEND_ERROR), 4));
      controller.write(field(1, MemoryMap.OFFSET_SEND_ERROR_TAG + 1), hex("56"));
      assertArrayEquals(hex("7f 1256"), controller.read(field(1, MemoryMap.OFFSET_SEND_ERROR), 3));
    }

    @Test
    void shouldStoreControlFlags() {
      controller.succeed(Nopen.udp(1, 0, ANY4, 0));
      byte[] flags = new byte[128];
      for (int i = 0; i < flags.length; i++) {
        flags[i] = (byte) (i + 1);
      }
      controller.write(field(1, MemoryMap.OFFSET_CONTROL_FLAGS), flags);
      assertArrayEquals(flags, controller.read(field(1, MemoryMap.OFFSET_CONTROL_FLAGS), 128));
      assertEquals(0, controller.readNumber(field(1, MemoryMap.OFFSET_CONTROL_FLAGS) + 128, 8));
    }

    @Test
    void shouldIgnoreWritesToReadOnlyFieldsAndHolesOfABlock() {
      controller.succeed(Nopen.udp(1, 5, LOCAL4, 0));
      byte[] before = controller.read(field(1, 0), 0x400);
      controller.write(field(1, 0), hex("06 06 80"));
      controller.write(field(1, MemoryMap.OFFSET_LADDR), new byte[0x24]);
      controller.write(field(1, MemoryMap.OFFSET_RBUFUSED), hex("ffffffff"));
      controller.write(field(1, MemoryMap.OFFSET_DROPPED_OCTETS), hex("ffffffffffffffff"));
      controller.write(field(1, 0x180), hex("ffff"));
      assertArrayEquals(before, controller.read(field(1, 0), 0x400));
    }

    @Test
    void shouldWriteEachBlockFromItsOwnPartOfALongWrite() {
      controller.succeed(Nopen.udp(4, 1, ANY4, 0));
      controller.succeed(Nopen.udp(5, 2, ANY4, 0));
      byte[] data = new byte[0x400 + 4];
      data[0] = 0x11;
      data[3] = 0x44;
      data[0x400] = 0x55;
      data[0x403] = (byte) 0x88;
      controller.write(field(4, MemoryMap.OFFSET_RBUFSZ), data);
      assertEquals(0x11000044L, controller.readNumber(field(4, MemoryMap.OFFSET_RBUFSZ), 4));
      assertEquals(0x55000088L, controller.readNumber(field(5, MemoryMap.OFFSET_RBUFSZ), 4));
      assertEquals(0, controller.readNumber(field(6, MemoryMap.OFFSET_RBUFSZ), 4));
    }

    @Test
    void shouldStartFromZeroAtTheNextOpening() {
      controller.succeed(Nopen.udp(1, 5, ANY4, 0));
      controller.write(field(1, MemoryMap.OFFSET_SEND_ERROR), hex("05 0102"));
      controller.write(field(1, MemoryMap.OFFSET_NOTIFICATION_MASK), hex("003e"));
      controller.write(field(1, MemoryMap.OFFSET_CONTROL_FLAGS), hex("01"));
      controller.succeed(new Nclose(1));
      assertArrayEquals(new byte[0x400], controller.read(field(1, 0), 0x400));
      controller.succeed(Nopen.udp(1, 6, ANY4, 0));
      assertArrayEquals(hex("00000006"), controller.read(field(1, MemoryMap.OFFSET_RBUFSZ), 4));
      assertArrayEquals(new byte[0x200], controller.read(field(1, 0x50), 0x200));
    }
  }

  @Nested
  class Mask {
    private DatagramSocket far;
    private int port;

    @BeforeEach
    void open() throws Exception {
      far = new DatagramSocket(0, InetAddress.getLoopbackAddress());
      far.setSoTimeout(5_000);
      controller.succeed(Nopen.udp(1, 100_000, LOCAL4, 0));
      port = (int) controller.readNumber(field(1, MemoryMap.OFFSET_LPORT), 2);
    }

    @AfterEach
    void closeFar() {
      far.close();
    }

    private void mask(int bits) {
      controller.write(field(1, MemoryMap.OFFSET_NOTIFICATION_MASK), new byte[] {(byte) (bits >> 8), (byte) bits});
    }

    private void arrive(String text) throws Exception {
      byte[] data = text.getBytes(StandardCharsets.US_ASCII);
      far.send(new DatagramPacket(data, data.length, new InetSocketAddress("127.0.0.1", port)));
    }

    private void awaitUsed(long octets) {
      Await.until("rbufused is " + octets, () -> controller.readNumber(field(1, MemoryMap.OFFSET_RBUFUSED), 4) == octets);
    }

    @Test
    void shouldHoldEachKindBackAndReleaseTagsThenStatusThenDataBeforeTheResult() throws Exception {
      mask(0xE);
      arrive("one");
      arrive("three");
      awaitUsed(8);
      controller.succeed(new Nsend(1, 4, 17, 0, 21, LOCAL4, far.getLocalPort(), new byte[1]));
      controller.succeed(new Nsend(1, 4, 17, 0, 22, LOCAL4, far.getLocalPort(), new byte[1]));
      far.receive(new DatagramPacket(new byte[10], 10));
      far.receive(new DatagramPacket(new byte[10], 10));
      // A datagram that is too long fails the socket: one nstat, one ntag that says so.
      controller.succeed(new Nsend(1, 4, 17, 0, 23, LOCAL4, far.getLocalPort(), new byte[65_508]));
      Await.until("the socket fails", () -> (byte) controller.readNumber(field(1, MemoryMap.OFFSET_STATE), 1) == SocketState.UNKFAULT);
      controller.nothingMore();
      assertEquals(2 * 130 + 8, controller.readNumber(MemoryMap.BUFFER_USED, 4));
      // The block of a failed socket can still be written, so what was held back is not lost.
      controller.send(new Mwrite(field(1, MemoryMap.OFFSET_NOTIFICATION_MASK) & 0xFFFFFFFFL, new byte[2]));
      assertEquals(List.of(21, 0), tag(controller.next(Ntag.class)));
      assertEquals(List.of(22, 0), tag(controller.next(Ntag.class)));
      assertEquals(List.of(23, StatusCode.EPKTNOTSENT), tag(controller.next(Ntag.class)));
      assertEquals(StatCode.OTHER, controller.next(Nstat.class).code());
      assertEquals("one", new String(controller.next(Ndata.class).data(), StandardCharsets.US_ASCII));
      assertEquals("three", new String(controller.next(Ndata.class).data(), StandardCharsets.US_ASCII));
      controller.nextIsResult(StatusCode.SUCCESS);
      awaitUsed(0);
      assertEquals(0, controller.readNumber(MemoryMap.BUFFER_USED, 4));
    }

    private List<Integer> tag(Ntag tag) {
      return List.of(tag.tag(), tag.status());
    }

    @Test
    void shouldReleaseOnlyTheKindWhoseBitIsCleared() throws Exception {
      mask(0xA);
      arrive("x");
      awaitUsed(1);
      controller.succeed(new Nsend(1, 4, 17, 0, 5, LOCAL4, far.getLocalPort(), new byte[1]));
      far.receive(new DatagramPacket(new byte[10], 10));
      controller.send(new Mwrite(field(1, MemoryMap.OFFSET_NOTIFICATION_MASK) & 0xFFFFFFFFL, hex("0008")));
      assertEquals(5, controller.next(Ntag.class).tag());
      controller.nextIsResult(StatusCode.SUCCESS);
      controller.send(new Mwrite(field(1, MemoryMap.OFFSET_NOTIFICATION_MASK) & 0xFFFFFFFFL, hex("0002")));
      assertEquals(1, controller.next(Ndata.class).data().length);
      controller.nextIsResult(StatusCode.SUCCESS);
    }

    @Test
    void shouldDropWhatIsHeldBackWithTheSocketAndGiveItsBufferBack() throws Exception {
      mask(0xE);
      arrive("gone");
      awaitUsed(4);
      controller.succeed(new Nclose(1));
      assertEquals(0, controller.readNumber(MemoryMap.BUFFER_USED, 4));
      controller.succeed(Nopen.udp(1, 10, LOCAL4, 0));
      mask(0);
      controller.nothingMore();
    }

    @Test
    void shouldGoOnToCountWhatIsHeldBackAgainstTheReceiveAllowance() throws Exception {
      controller.write(field(1, MemoryMap.OFFSET_RBUFSZ), hex("00000006"));
      mask(8);
      arrive("four");
      awaitUsed(4);
      arrive("more");
      awaitUsed(6);
      arrive("last");
      Await.until("one is cut and one dropped", () -> controller.readNumber(field(1, MemoryMap.OFFSET_DROPPED_UNITS), 4) == 2);
      assertEquals(2 + 4, controller.readNumber(field(1, MemoryMap.OFFSET_DROPPED_OCTETS), 4));
      controller.send(new Mwrite(field(1, MemoryMap.OFFSET_NOTIFICATION_MASK) & 0xFFFFFFFFL, hex("0000")));
      assertEquals("four", new String(controller.next(Ndata.class).data(), StandardCharsets.US_ASCII));
      assertEquals("mo", new String(controller.next(Ndata.class).data(), StandardCharsets.US_ASCII));
      controller.nextIsResult(StatusCode.SUCCESS);
    }
  }
}
