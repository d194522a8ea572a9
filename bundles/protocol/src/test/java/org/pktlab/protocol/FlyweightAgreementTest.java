package org.pktlab.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** Records and flyweights must judge alike, read alike and write alike. */
class FlyweightAgreementTest {
  private static final int CASES = Boolean.getBoolean("pktlab.long") ? 300 : 10;

  private final NsendFlyweight nsend = new NsendFlyweight();
  private final NdataFlyweight ndata = new NdataFlyweight();
  private final NtagFlyweight ntag = new NtagFlyweight();
  private final NstatFlyweight nstat = new NstatFlyweight();
  private final ResultFlyweight result = new ResultFlyweight();
  private final MreadFlyweight mread = new MreadFlyweight();
  private final MwriteFlyweight mwrite = new MwriteFlyweight();
  private final MdataFlyweight mdata = new MdataFlyweight();
  private final NopenFlyweight nopen = new NopenFlyweight();
  private final NcloseFlyweight nclose = new NcloseFlyweight();
  private final NctlFlyweight nctl = new NctlFlyweight();
  private final NcapFlyweight ncap = new NcapFlyweight();
  private final YieldFlyweight yield = new YieldFlyweight();

  private record Kind(int type, Flyweight flyweight) {}

  private final List<Kind> kinds =
      List.of(
          new Kind(MessageType.NSEND, nsend),
          new Kind(MessageType.NDATA, ndata),
          new Kind(MessageType.NTAG, ntag),
          new Kind(MessageType.NSTAT, nstat),
          new Kind(MessageType.RESULT, result),
          new Kind(MessageType.MREAD, mread),
          new Kind(MessageType.MWRITE, mwrite),
          new Kind(MessageType.MDATA, mdata),
          new Kind(MessageType.NOPEN, nopen),
          new Kind(MessageType.NCLOSE, nclose),
          new Kind(MessageType.NCTL, nctl),
          new Kind(MessageType.NCAP, ncap),
          new Kind(MessageType.YIELD, yield));

  @Property(tries = 1000, shrinking = ShrinkingMode.OFF)
  void shouldAcceptAndRefuseTheSameFrames(@ForAll long seed) {
    HostileFrames frames = new HostileFrames(new Random(seed));
    for (int i = 0; i < CASES; i++) {
      byte[] octets = frames.any();
      ByteBuffer b = ByteBuffer.allocate(octets.length + 5).put(5, octets);
      Message message = null;
      ProtocolException refusal = null;
      try {
        message = MessageCodec.decode(b, 5, octets.length);
      } catch (ProtocolException e) {
        refusal = e;
      }
      for (Kind kind : kinds) {
        ProtocolException other = refusalOf(kind.flyweight(), b, 5, octets.length);
        if (refusal != null) {
          assertEquals(refusal.offset(), other.offset());
          assertEquals(refusal.reason(), other.reason());
        } else if (message.type() == kind.type()) {
          assertNull(other);
          assertEquals(message, read(kind.type(), b));
        } else {
          assertEquals(0, other.offset());
        }
      }
    }
  }

  @Property(tries = 300, shrinking = ShrinkingMode.OFF)
  void shouldReadAndWriteTheSameOctets(@ForAll long seed) throws ProtocolException {
    Messages messages = new Messages(new Random(seed));
    for (Kind kind : kinds) {
      Message message = messages.ofType(kind.type());
      byte[] frame = MessageCodec.encode(message).array();
      ByteBuffer b = ByteBuffer.wrap(frame);
      kind.flyweight().wrap(b, 0, frame.length);
      assertEquals(message, read(kind.type(), b));
      ByteBuffer written = ByteBuffer.allocate(frame.length + 9);
      assertEquals(frame.length, write(message, written, 9));
      assertArrayEquals(frame, Arrays.copyOfRange(written.array(), 9, 9 + frame.length));
    }
  }

  @Property(tries = 100, shrinking = ShrinkingMode.OFF)
  void shouldKeepItsFrameWhenTheNextIsRefused(@ForAll long seed) throws ProtocolException {
    Messages messages = new Messages(new Random(seed));
    ByteBuffer good = MessageCodec.encode(messages.ofType(MessageType.NSEND));
    nsend.wrap(good, 0, good.limit());
    refusalOf(nsend, ByteBuffer.wrap(new byte[] {0x2C, 0, 0, 0}), 0, 4);
    assertEquals(good, nsend.buffer());
    assertEquals(good.limit(), nsend.length());
  }

  private static ProtocolException refusalOf(Flyweight flyweight, ByteBuffer b, int offset, int length) {
    try {
      flyweight.wrap(b, offset, length);
      return null;
    } catch (ProtocolException e) {
      return e;
    }
  }

  private static byte[] octets(ByteBuffer b, int at, int length) {
    byte[] octets = new byte[length];
    b.get(at, octets);
    return octets;
  }

  private static byte[] address(ByteBuffer b, int at, int length) {
    return at == 0 ? null : octets(b, at, length);
  }

  private Message read(int type, ByteBuffer b) {
    return switch (type) {
      case MessageType.NSEND ->
          new Nsend(
              nsend.sktid(),
              nsend.family(),
              nsend.proto(),
              nsend.timeNs(),
              nsend.tag(),
              address(b, nsend.addressOffset(), nsend.addressLength()),
              nsend.port(),
              octets(b, nsend.dataOffset(), nsend.dataLength()));
      case MessageType.NDATA ->
          new Ndata(
              ndata.sktid(),
              ndata.family(),
              ndata.proto(),
              ndata.timeNs(),
              address(b, ndata.addressOffset(), ndata.addressLength()),
              ndata.port(),
              octets(b, ndata.dataOffset(), ndata.dataLength()));
      case MessageType.NTAG -> new Ntag(ntag.sktid(), ntag.tag(), ntag.timeNs(), ntag.status());
      case MessageType.NSTAT ->
          new Nstat(
              nstat.sktid(),
              nstat.family(),
              nstat.proto(),
              nstat.timeNs(),
              nstat.code(),
              address(b, nstat.addressOffset(), nstat.addressLength()),
              nstat.port());
      case MessageType.RESULT -> new Result(result.status(), result.monitorIndex(), result.monitorErrid());
      case MessageType.MREAD -> new Mread(mread.addr(), mread.readLength());
      case MessageType.MWRITE -> new Mwrite(mwrite.addr(), octets(b, mwrite.dataOffset(), mwrite.dataLength()));
      case MessageType.MDATA -> new Mdata(mdata.addr(), octets(b, mdata.dataOffset(), mdata.dataLength()));
      case MessageType.NOPEN ->
          new Nopen(
              nopen.sktid(),
              nopen.family(),
              nopen.proto(),
              nopen.rbufsz(),
              octets(b, nopen.localAddressOffset(), nopen.addressLength()),
              nopen.localPort(),
              address(b, nopen.remoteAddressOffset(), nopen.addressLength()),
              nopen.remotePort());
      case MessageType.NCLOSE -> new Nclose(nclose.sktid());
      case MessageType.NCTL -> new Nctl(nctl.sktid(), nctl.family(), nctl.proto(), nctl.timeNs(), nctl.command());
      case MessageType.NCAP ->
          new Ncap(
              ncap.sktid(), ncap.family(), ncap.proto(), ncap.endTimeNs(), octets(b, ncap.programOffset(), ncap.programLength()));
      case MessageType.YIELD -> new Yield(yield.resumeHintNs());
      default -> throw new AssertionError(type);
    };
  }

  private static int write(Message message, ByteBuffer b, int at) {
    if (message instanceof Nsend m) {
      int header =
          NsendFlyweight.encodeHeader(
              b, at, m.sktid(), m.family(), m.proto(), m.timeNs(), m.tag(), m.raddr(), m.rport(), m.data().length);
      b.put(at + header, m.data());
      return header + m.data().length;
    } else if (message instanceof Ndata m) {
      int header =
          NdataFlyweight.encodeHeader(b, at, m.sktid(), m.family(), m.proto(), m.timeNs(), m.raddr(), m.rport(), m.data().length);
      b.put(at + header, m.data());
      return header + m.data().length;
    } else if (message instanceof Ntag m) {
      return NtagFlyweight.encode(b, at, m.sktid(), m.tag(), m.timeNs(), m.status());
    } else if (message instanceof Nstat m) {
      return m.raddr() == null
          ? NstatFlyweight.encodeCode(b, at, m.sktid(), m.family(), m.proto(), m.timeNs(), m.code())
          : NstatFlyweight.encodeEstablished(b, at, m.sktid(), m.family(), m.proto(), m.timeNs(), m.raddr(), m.rport());
    } else if (message instanceof Result m) {
      return m.isSuccess()
          ? ResultFlyweight.encodeSuccess(b, at)
          : ResultFlyweight.encode(b, at, m.status(), m.monitorIndex(), m.monitorErrid());
    } else if (message instanceof Mread m) {
      return MreadFlyweight.encode(b, at, m.addr(), m.length());
    } else if (message instanceof Mwrite m) {
      int header = MwriteFlyweight.encodeHeader(b, at, m.addr(), m.data().length);
      b.put(at + header, m.data());
      return header + m.data().length;
    } else if (message instanceof Mdata m) {
      int header = MdataFlyweight.encodeHeader(b, at, m.addr(), m.data().length);
      b.put(at + header, m.data());
      return header + m.data().length;
    } else if (message instanceof Nopen m) {
      return NopenFlyweight.encode(
          b, at, m.sktid(), m.family(), m.proto(), m.rbufsz(), m.laddr(), m.lport(), m.raddr(), m.rport());
    } else if (message instanceof Nclose m) {
      return NcloseFlyweight.encode(b, at, m.sktid());
    } else if (message instanceof Nctl m) {
      return NctlFlyweight.encode(b, at, m.sktid(), m.family(), m.timeNs(), m.command());
    } else if (message instanceof Ncap m) {
      int header = NcapFlyweight.encodeHeader(b, at, m.sktid(), m.family(), m.proto(), m.endTimeNs(), m.program().length);
      b.put(at + header, m.program());
      return header + m.program().length;
    }
    return YieldFlyweight.encode(b, at, ((Yield) message).resumeHintNs());
  }
}
