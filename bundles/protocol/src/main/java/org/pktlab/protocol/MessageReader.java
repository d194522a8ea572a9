package org.pktlab.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Makes records of frames that {@link FrameRules} found well formed. */
final class MessageReader {
  private MessageReader() {}

  /** Reads a checked frame; {@code at} is the absolute offset of its body. */
  static Message read(int type, ByteBuffer b, int at, int body) {
    return switch (type) {
      case MessageType.CDATA -> cdata(b, at, body);
      case MessageType.START -> new Start();
      case MessageType.END -> new End();
      case MessageType.YIELD -> new Yield(Octets.u64(b, at));
      case MessageType.CONT -> new Cont();
      case MessageType.MREAD -> new Mread(Octets.u32(b, at), Octets.u16(b, at + 4));
      case MessageType.MWRITE -> new Mwrite(Octets.u32(b, at), Octets.copy(b, at + 4, body - 4));
      case MessageType.NOPEN -> nopen(b, at, body);
      case MessageType.NCLOSE -> new Nclose(Octets.u8(b, at));
      case MessageType.NSEND -> nsend(b, at, body);
      case MessageType.NCAP ->
          new Ncap(u8(b, at), u8(b, at + 1), u8(b, at + 2), Octets.u64(b, at + 3), Octets.copy(b, at + 11, body - 11));
      case MessageType.NCTL -> new Nctl(u8(b, at), u8(b, at + 1), u8(b, at + 2), Octets.u64(b, at + 3), u8(b, at + 11));
      case MessageType.XCERT -> new Xcert(Octets.copy(b, at, body));
      case MessageType.XPUB, MessageType.XSUB -> publication(type, b, at, body);
      case MessageType.RESULT -> result(b, at, body);
      case MessageType.MDATA -> new Mdata(Octets.u32(b, at), Octets.copy(b, at + 4, body - 4));
      case MessageType.NTAG ->
          new Ntag(u8(b, at), Octets.u16(b, at + 1), Octets.u64(b, at + 3), body == 13 ? Octets.u16(b, at + 11) : StatusCode.SUCCESS);
      case MessageType.NSTAT -> nstat(b, at, body);
      case MessageType.NDATA -> ndata(b, at, body);
      case MessageType.NDROP -> ndrop(b, at);
      case MessageType.NBLOCK -> new Nblock(u8(b, at), u8(b, at + 1), u8(b, at + 2), Octets.u16(b, at + 3), Octets.u64(b, at + 5));
      case MessageType.LINFO -> linfo(b, at);
      case MessageType.SUSPD -> new Suspd();
      case MessageType.RESUMD -> new Resumd();
      case MessageType.XNOTIFY -> xnotify(b, at, body);
      case MessageType.XREG -> new Xreg(latin1(b, at, body));
      default -> new Unknown(type, Octets.copy(b, at, body));
    };
  }

  private static int u8(ByteBuffer b, int at) {
    return Octets.u8(b, at);
  }

  private static String latin1(ByteBuffer b, int at, int length) {
    return new String(Octets.copy(b, at, length), StandardCharsets.ISO_8859_1);
  }

  private static Cdata cdata(ByteBuffer b, int at, int body) {
    int hint = u8(b, at);
    return new Cdata(latin1(b, at + 1, hint), Octets.copy(b, at + 1 + hint, body - 1 - hint));
  }

  private static Nopen nopen(ByteBuffer b, int at, int body) {
    int family = u8(b, at + 1);
    int proto = u8(b, at + 2);
    int address = Family.addressLength(family);
    boolean connect = body == 11 + 2 * address;
    return new Nopen(
        u8(b, at),
        family,
        proto,
        Octets.u32(b, at + 3),
        Octets.copy(b, at + 7, address),
        proto == Protocol.RAW ? 0 : Octets.u16(b, at + 7 + address),
        connect ? Octets.copy(b, at + 9 + address, address) : null,
        connect ? Octets.u16(b, at + 9 + 2 * address) : 0);
  }

  private static Nsend nsend(ByteBuffer b, int at, int body) {
    int family = u8(b, at + 1);
    int proto = u8(b, at + 2);
    int peer = at + NsendFlyweight.FIXED_LENGTH;
    int address = proto == Protocol.UDP ? Family.addressLength(family) : 0;
    int data = address == 0 ? peer : peer + address + 2;
    return new Nsend(
        u8(b, at),
        family,
        proto,
        Octets.u64(b, at + 3),
        Octets.u16(b, at + 11),
        address == 0 ? null : Octets.copy(b, peer, address),
        address == 0 ? 0 : Octets.u16(b, peer + address),
        Octets.copy(b, data, at + body - data));
  }

  private static Ndata ndata(ByteBuffer b, int at, int body) {
    int family = u8(b, at + 1);
    int proto = u8(b, at + 2);
    int peer = at + NdataFlyweight.FIXED_LENGTH;
    int address = proto == Protocol.UDP ? Family.addressLength(family) : 0;
    int data = address == 0 ? peer : peer + address + 2;
    return new Ndata(
        u8(b, at),
        family,
        proto,
        Octets.u64(b, at + 3),
        address == 0 ? null : Octets.copy(b, peer, address),
        address == 0 ? 0 : Octets.u16(b, peer + address),
        Octets.copy(b, data, at + body - data));
  }

  private static Result result(ByteBuffer b, int at, int body) {
    int status = body == 0 ? StatusCode.SUCCESS : Octets.u16(b, at);
    int needed = ResultFlyweight.bodyLength(status);
    return needed < 4
        ? Result.of(status)
        : new Result(status, Octets.u16(b, at + 2), needed == 6 ? Octets.u16(b, at + 4) : 0);
  }

  private static Nstat nstat(ByteBuffer b, int at, int body) {
    int sktid = u8(b, at);
    int family = u8(b, at + 1);
    int proto = u8(b, at + 2);
    long timeNs = Octets.u64(b, at + 3);
    if (body == 12) {
      return Nstat.of(sktid, family, proto, timeNs, u8(b, at + 11));
    }
    int address = body - 13;
    return Nstat.established(sktid, family, proto, timeNs, Octets.copy(b, at + 11, address), Octets.u16(b, at + 11 + address));
  }

  private static Ndrop ndrop(ByteBuffer b, int at) {
    return new Ndrop(
        u8(b, at),
        u8(b, at + 1),
        u8(b, at + 2),
        Octets.u64(b, at + 3),
        Octets.u64(b, at + 11),
        Octets.u32(b, at + 19),
        Octets.u32(b, at + 23));
  }

  private static Linfo linfo(ByteBuffer b, int at) {
    int name = (int) Octets.u32(b, at);
    int aux = (int) Octets.u32(b, at + 4);
    int info = (int) Octets.u32(b, at + 8);
    int first = at + 12;
    return new Linfo(latin1(b, first, name), Octets.copy(b, first + name, aux), Octets.copy(b, first + name + aux, info));
  }

  private static Message publication(int type, ByteBuffer b, int at, int body) {
    List<byte[]> channels = new ArrayList<>();
    int key = at;
    int channel;
    while ((channel = u8(b, key)) != 0) {
      channels.add(Octets.copy(b, key + 1, channel));
      key += 1 + channel;
    }
    key++;
    byte[] eopKey = Octets.copy(b, key, Xpub.KEY_LENGTH);
    int text = key + Xpub.KEY_LENGTH;
    String words = latin1(b, text, at + body - text);
    return type == MessageType.XPUB ? new Xpub(channels, eopKey, words) : new Xsub(channels, eopKey, words);
  }

  private static Xnotify xnotify(ByteBuffer b, int at, int body) {
    int channel = u8(b, at);
    return new Xnotify(Octets.copy(b, at + 1, channel), latin1(b, at + 1 + channel, body - 1 - channel));
  }
}
