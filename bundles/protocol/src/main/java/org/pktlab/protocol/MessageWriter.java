package org.pktlab.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes records as frames, what the flyweights know through them. */
final class MessageWriter {
  private static final int BODY = Frame.HEADER_LENGTH;

  private MessageWriter() {}

  /** Octets of the body in its canonical form. */
  static int bodyLength(Message message) {
    if (message instanceof Unknown m) {
      return m.body().length;
    }
    return switch (message.type()) {
      case MessageType.START, MessageType.END, MessageType.CONT, MessageType.SUSPD, MessageType.RESUMD -> 0;
      case MessageType.NCLOSE -> 1;
      case MessageType.MREAD -> 6;
      case MessageType.YIELD -> 8;
      case MessageType.NCTL -> 12;
      case MessageType.NBLOCK -> 13;
      case MessageType.NDROP -> 27;
      case MessageType.CDATA -> 1 + ((Cdata) message).hint().length() + ((Cdata) message).data().length;
      case MessageType.MWRITE -> 4 + ((Mwrite) message).data().length;
      case MessageType.MDATA -> 4 + ((Mdata) message).data().length;
      case MessageType.NOPEN -> length((Nopen) message);
      case MessageType.NSEND -> length((Nsend) message);
      case MessageType.NCAP -> 11 + ((Ncap) message).program().length;
      case MessageType.RESULT -> ResultFlyweight.bodyLength(((Result) message).status());
      case MessageType.NTAG -> ((Ntag) message).status() == StatusCode.SUCCESS ? 11 : 13;
      case MessageType.NSTAT -> ((Nstat) message).raddr() == null ? 12 : 13 + ((Nstat) message).raddr().length;
      case MessageType.NDATA -> length((Ndata) message);
      case MessageType.LINFO -> length((Linfo) message);
      case MessageType.XCERT -> ((Xcert) message).der().length;
      case MessageType.XPUB -> length(((Xpub) message).channels(), ((Xpub) message).text());
      case MessageType.XSUB -> length(((Xsub) message).channels(), ((Xsub) message).text());
      case MessageType.XNOTIFY -> 1 + ((Xnotify) message).channel().length + ((Xnotify) message).text().length();
      case MessageType.XREG -> ((Xreg) message).key().length();
      default -> throw unreachable(message);
    };
  }

  /** Writes the whole frame; the caller has made sure that there is room for header and body. */
  static void write(Message message, ByteBuffer b, int offset, int body) {
    Frame.putHeader(b, offset, message.type(), body);
    int at = offset + BODY;
    if (message instanceof Unknown m) {
      b.put(at, m.body());
      return;
    }
    switch (message.type()) {
      case MessageType.START, MessageType.END, MessageType.CONT, MessageType.SUSPD, MessageType.RESUMD -> {
        // The header says it all.
      }
      case MessageType.CDATA -> write((Cdata) message, b, at);
      case MessageType.YIELD -> YieldFlyweight.encode(b, offset, ((Yield) message).resumeHintNs());
      case MessageType.MREAD -> MreadFlyweight.encode(b, offset, ((Mread) message).addr(), ((Mread) message).length());
      case MessageType.MWRITE -> write(((Mwrite) message).addr(), ((Mwrite) message).data(), b, at);
      case MessageType.MDATA -> write(((Mdata) message).addr(), ((Mdata) message).data(), b, at);
      case MessageType.NOPEN -> write((Nopen) message, b, offset);
      case MessageType.NCLOSE -> NcloseFlyweight.encode(b, offset, ((Nclose) message).sktid());
      case MessageType.NSEND -> write((Nsend) message, b, offset);
      case MessageType.NCAP -> write((Ncap) message, b, offset);
      case MessageType.NCTL -> write((Nctl) message, b, offset);
      case MessageType.RESULT -> write((Result) message, b, offset);
      case MessageType.NTAG -> write((Ntag) message, b, offset);
      case MessageType.NSTAT -> write((Nstat) message, b, offset);
      case MessageType.NDATA -> write((Ndata) message, b, offset);
      case MessageType.NDROP -> write((Ndrop) message, b, offset);
      case MessageType.NBLOCK -> write((Nblock) message, b, offset);
      case MessageType.LINFO -> write((Linfo) message, b, at);
      case MessageType.XCERT -> b.put(at, ((Xcert) message).der());
      case MessageType.XPUB -> write(((Xpub) message).channels(), ((Xpub) message).eopKey(), ((Xpub) message).text(), b, at);
      case MessageType.XSUB -> write(((Xsub) message).channels(), ((Xsub) message).eopKey(), ((Xsub) message).text(), b, at);
      case MessageType.XNOTIFY -> write((Xnotify) message, b, at);
      case MessageType.XREG -> put(((Xreg) message).key(), b, at);
      default -> throw unreachable(message);
    }
  }

  private static IllegalStateException unreachable(Message message) {
    return new IllegalStateException("no such message: " + message.getClass());
  }

  private static int length(Nopen m) {
    return NopenFlyweight.bodyLength(m.family(), m.proto(), m.isConnect());
  }

  private static int length(Nsend m) {
    return NsendFlyweight.headerLength(m.family(), m.proto()) - BODY + m.data().length;
  }

  private static int length(Ndata m) {
    return NdataFlyweight.headerLength(m.family(), m.proto()) - BODY + m.data().length;
  }

  private static int length(Linfo m) {
    return 12 + m.name().length() + m.aux().length + m.info().length;
  }

  private static int length(List<byte[]> channels, String text) {
    return (int) Channels.octets(channels) + 1 + Xpub.KEY_LENGTH + text.length();
  }

  private static int put(String text, ByteBuffer b, int at) {
    byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
    b.put(at, octets);
    return at + octets.length;
  }

  private static void write(Cdata m, ByteBuffer b, int at) {
    Octets.putU8(b, at, m.hint().length());
    b.put(put(m.hint(), b, at + 1), m.data());
  }

  private static void write(long addr, byte[] data, ByteBuffer b, int at) {
    Octets.putU32(b, at, addr);
    b.put(at + 4, data);
  }

  private static void write(Nopen m, ByteBuffer b, int offset) {
    NopenFlyweight.encode(b, offset, m.sktid(), m.family(), m.proto(), m.rbufsz(), m.laddr(), m.lport(), m.raddr(), m.rport());
  }

  private static void write(Nsend m, ByteBuffer b, int offset) {
    int header =
        NsendFlyweight.encodeHeader(
            b, offset, m.sktid(), m.family(), m.proto(), m.timeNs(), m.tag(), m.raddr(), m.rport(), m.data().length);
    b.put(offset + header, m.data());
  }

  private static void write(Ncap m, ByteBuffer b, int offset) {
    int header = NcapFlyweight.encodeHeader(b, offset, m.sktid(), m.family(), m.proto(), m.endTimeNs(), m.program().length);
    b.put(offset + header, m.program());
  }

  private static void write(Nctl m, ByteBuffer b, int offset) {
    NctlFlyweight.encode(b, offset, m.sktid(), m.family(), m.timeNs(), m.command());
  }

  private static void write(Result m, ByteBuffer b, int offset) {
    ResultFlyweight.encode(b, offset, m.status(), m.monitorIndex(), m.monitorErrid());
  }

  private static void write(Ntag m, ByteBuffer b, int offset) {
    NtagFlyweight.encode(b, offset, m.sktid(), m.tag(), m.timeNs(), m.status());
  }

  private static void write(Nstat m, ByteBuffer b, int offset) {
    if (m.raddr() == null) {
      NstatFlyweight.encodeCode(b, offset, m.sktid(), m.family(), m.proto(), m.timeNs(), m.code());
    } else {
      NstatFlyweight.encodeEstablished(b, offset, m.sktid(), m.family(), m.proto(), m.timeNs(), m.raddr(), m.rport());
    }
  }

  private static void write(Ndata m, ByteBuffer b, int offset) {
    int header =
        NdataFlyweight.encodeHeader(b, offset, m.sktid(), m.family(), m.proto(), m.timeNs(), m.raddr(), m.rport(), m.data().length);
    b.put(offset + header, m.data());
  }

  private static void write(Ndrop m, ByteBuffer b, int offset) {
    Flyweight.putSocket(b, offset, m.sktid(), m.family(), m.proto());
    int at = offset + BODY;
    Octets.putU64(b, at + 3, m.firstTimeNs());
    Octets.putU64(b, at + 11, m.lastTimeNs());
    Octets.putU32(b, at + 19, m.unitCount());
    Octets.putU32(b, at + 23, m.byteCount());
  }

  private static void write(Nblock m, ByteBuffer b, int offset) {
    Flyweight.putSocket(b, offset, m.sktid(), m.family(), m.proto());
    Octets.putU16(b, offset + BODY + 3, m.monitorErrid());
    Octets.putU64(b, offset + BODY + 5, m.timeNs());
  }

  private static void write(Linfo m, ByteBuffer b, int at) {
    Octets.putU32(b, at, m.name().length());
    Octets.putU32(b, at + 4, m.aux().length);
    Octets.putU32(b, at + 8, m.info().length);
    int aux = put(m.name(), b, at + 12);
    b.put(aux, m.aux());
    b.put(aux + m.aux().length, m.info());
  }

  private static void write(List<byte[]> channels, byte[] eopKey, String text, ByteBuffer b, int at) {
    int next = at;
    for (byte[] channel : channels) {
      Octets.putU8(b, next, channel.length);
      b.put(next + 1, channel);
      next += 1 + channel.length;
    }
    Octets.putU8(b, next, 0);
    b.put(next + 1, eopKey);
    put(text, b, next + 1 + eopKey.length);
  }

  private static void write(Xnotify m, ByteBuffer b, int at) {
    Octets.putU8(b, at, m.channel().length);
    b.put(at + 1, m.channel());
    put(m.text(), b, at + 1 + m.channel().length);
  }
}
