package org.pktlab.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A message that breaks the protocol cannot be made, neither as a record nor by a flyweight's encoder. */
class MessageBoundsTest {
  private static final byte[] NONE = {};
  private static final byte[] A4 = new byte[4];
  private static final byte[] A16 = new byte[16];
  private static final byte[] KEY = new byte[32];
  private static final byte[] HUGE = new byte[Frame.MAX_BODY + 1];
  private static final ByteBuffer B = ByteBuffer.allocate(64);

  private static Arguments of(String what, Executable made) {
    return Arguments.of(what, made);
  }

  static Stream<Arguments> bad() {
    return Stream.of(
        of("hint of 256", () -> new Cdata("h".repeat(256), NONE)),
        of("hint beyond an octet", () -> new Cdata("\u0100", NONE)),
        of("cdata beyond a frame", () -> new Cdata("", HUGE)),
        of("mread of nothing", () -> new Mread(0, 0)),
        of("mread of 65536", () -> new Mread(0, 0x10000)),
        of("mread beyond the end", () -> new Mread(0xFFFFFFFFL, 1)),
        of("mread before the beginning", () -> new Mread(-1, 1)),
        of("mwrite beyond the end", () -> new Mwrite(0xFFFFFFFCL, A4)),
        of("mwrite beyond a frame", () -> new Mwrite(0, HUGE)),
        of("nopen with sktid 256", () -> Nopen.raw(256, 0, A4)),
        of("nopen with a negative allowance", () -> Nopen.raw(1, -1, A4)),
        of("nopen with an address of 5", () -> Nopen.raw(1, 0, new byte[5])),
        of("nopen of family 5", () -> new Nopen(1, 5, Protocol.RAW, 0, A4, 0, null, 0)),
        of("nopen of protocol 1", () -> new Nopen(1, 4, 1, 0, A4, 0, null, 0)),
        of("raw nopen with a port", () -> new Nopen(1, 4, Protocol.RAW, 0, A4, 1, null, 0)),
        of("UDP nopen with a remote address", () -> new Nopen(1, 4, Protocol.UDP, 0, A4, 1, A4, 1)),
        of("listening nopen with a remote port", () -> new Nopen(1, 4, Protocol.TCP, 0, A4, 1, null, 1)),
        of("nopen of mixed families", () -> Nopen.tcpConnect(1, 0, A4, 0, A16, 1)),
        of("nclose of 256", () -> new Nclose(256)),
        of("nsend with tag 65536", () -> new Nsend(1, 4, Protocol.RAW, 0, 0x10000, null, 0, NONE)),
        of("nsend of protocol 1", () -> new Nsend(1, 4, 1, 0, 0, null, 0, NONE)),
        of("UDP nsend without an address", () -> new Nsend(1, 4, Protocol.UDP, 0, 0, null, 0, NONE)),
        of("UDP nsend of family 5", () -> new Nsend(1, 5, Protocol.UDP, 0, 0, A4, 0, NONE)),
        of("TCP nsend with an address", () -> new Nsend(1, 4, Protocol.TCP, 0, 0, A4, 0, NONE)),
        of("nsend beyond a frame", () -> new Nsend(1, 4, Protocol.RAW, 0, 0, null, 0, new byte[Frame.MAX_BODY - 12])),
        of("ncap without a program", () -> new Ncap(1, 4, Protocol.RAW, 0, NONE)),
        of("nctl of UDP", () -> new Nctl(1, 4, Protocol.UDP, 0, Nctl.FIN)),
        of("result with a stray index", () -> new Result(StatusCode.ESKTINUSE, 1, 0)),
        of("result with a stray code", () -> new Result(StatusCode.ECTLMONUKN, 1, 1)),
        of("result of 65536", () -> Result.of(0x10000)),
        of("ntag with status 65536", () -> new Ntag(1, 1, 0, 0x10000)),
        of("TCP established without an address", () -> Nstat.of(1, 4, Protocol.TCP, 0, StatCode.ESTABLISHED)),
        of("nstat with an address of 5", () -> Nstat.established(1, 4, Protocol.TCP, 0, new byte[5], 1)),
        of("nstat with address and code", () -> new Nstat(1, 4, Protocol.TCP, 0, 1, A4, 1)),
        of("ndrop with a count beyond u32", () -> new Ndrop(1, 4, 17, 0, 0, 1L << 32, 0)),
        of("nblock with code 65536", () -> new Nblock(1, 4, 6, 0x10000, 0)),
        of("linfo beyond a frame", () -> new Linfo("", HUGE, NONE)),
        of("empty certificate", () -> new Xcert(NONE)),
        of("channel of 33", () -> new Xpub(List.of(new byte[33]), KEY, "")),
        of("channel of 0", () -> new Xsub(List.of(NONE), KEY, "")),
        of("key of 31", () -> new Xpub(List.of(), new byte[31], "")),
        of("unfinished text", () -> new Xpub(List.of(), KEY, "a=b")),
        of("text beyond an octet", () -> new Xpub(List.of(), KEY, "a=\u0161;")),
        of("pattern in attributes", () -> new Xsub(List.of(), KEY, "a=*;")),
        of("attribute twice", () -> new Xsub(List.of(), KEY, "a=1;a=2;")),
        of("notified channel of 0", () -> new Xnotify(NONE, "")),
        of("key of 64", () -> new Xreg("a".repeat(64))),
        of("key in capitals", () -> new Xreg("A")),
        of("assigned unknown", () -> new Unknown(MessageType.START, NONE)),
        of("unknown of 256", () -> new Unknown(256, NONE)));
  }

  static Stream<Arguments> badEncodings() {
    return Stream.of(
        of("header of type 256", () -> Frame.putHeader(B, 0, 256, 0)),
        of("header of a long body", () -> Frame.putHeader(B, 0, 0x40, Frame.MAX_BODY + 1)),
        of("nsend of -1", () -> NsendFlyweight.encodeHeader(B, 0, 1, 4, 0, 0, 0, null, 0, -1)),
        of("nsend too long", () -> NsendFlyweight.encodeHeader(B, 0, 1, 4, 0, 0, 0, null, 0, Integer.MAX_VALUE)),
        of("nsend without address", () -> NsendFlyweight.encodeHeader(B, 0, 1, 4, 17, 0, 0, null, 0, 1)),
        of("ndata of -1", () -> NdataFlyweight.encodeHeader(B, 0, 1, 4, 0, 0, null, 0, -1)),
        of("ndata with sktid -1", () -> NdataFlyweight.encodeHeader(B, 0, -1, 4, 0, 0, null, 0, 1)),
        of("mwrite of -1", () -> MwriteFlyweight.encodeHeader(B, 0, 0, -1)),
        of("mdata of -1", () -> MdataFlyweight.encodeHeader(B, 0, 0, -1)),
        of("mread of 0", () -> MreadFlyweight.encode(B, 0, 0, 0)),
        of("ncap of 0", () -> NcapFlyweight.encodeHeader(B, 0, 1, 4, 0, 0, 0)),
        of("nstat established by code", () -> NstatFlyweight.encodeCode(B, 0, 1, 4, 6, 0, 0)),
        of("result with a stray index", () -> ResultFlyweight.encode(B, 0, StatusCode.ESKTINUSE, 1, 0)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"bad", "badEncodings"})
  void shouldRefuseToMakeIt(String what, Executable made) {
    assertThrows(IllegalArgumentException.class, made, what);
    for (int i = 0; i < B.capacity(); i++) {
      assertEquals(0, B.get(i), "nothing is written");
    }
  }

  @Test
  void shouldBeEqualByContent() {
    assertEquals(new Mdata(1, new byte[] {2}), new Mdata(1, new byte[] {2}));
    assertNotEquals(new Mdata(1, new byte[] {2}), new Mdata(1, new byte[] {3}));
    assertEquals(new Xpub(List.of(new byte[] {1}), KEY, ""), new Xpub(List.of(new byte[] {1}), KEY.clone(), ""));
    assertNotEquals(new Xpub(List.of(new byte[] {1}), KEY, ""), new Xpub(List.of(), KEY, ""));
  }

  @Test
  void shouldBorrowArraysAndCopyLists() {
    byte[] data = {1};
    assertSame(data, new Mdata(0, data).data());
    List<byte[]> channels = new ArrayList<>(List.of(data));
    Xsub xsub = new Xsub(channels, KEY, "");
    channels.clear();
    assertEquals(1, xsub.channels().size());
  }

  @Test
  void shouldCarryAsMuchAsAFrameCan() throws ProtocolException {
    Nsend nsend = new Nsend(1, 4, Protocol.RAW, 0, 0, null, 0, new byte[Frame.MAX_BODY - NsendFlyweight.FIXED_LENGTH]);
    ByteBuffer b = MessageCodec.encode(nsend);
    assertEquals(Frame.MAX_BODY, Frame.bodyLength(b, 0));
    assertEquals(nsend, MessageCodec.decode(b, 0, b.limit()));
  }
}
