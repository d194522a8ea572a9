package org.pktlab.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes arbitrary messages of every kind from a source of random numbers, with bounds and empty values more often than chance. */
final class Messages {
  /** All types that a message can have, with one that is not assigned. */
  static final int[] TYPES = {
    0x20, 0x21, 0x22, 0x23, 0x24, 0x28, 0x29, 0x2A, 0x2B, 0x2C, 0x2D, 0x2E, 0x30, 0x31, 0x38, 0x40, 0x41, 0x60, 0x61, 0x62, 0x63,
    0x64, 0x65, 0x68, 0x69, 0x70, 0x80, 0x99
  };

  private static final String NAME = "ABCXYZabcxyz0189_-";
  private static final String VALUE = NAME + ".:[],/() \t";
  private static final int[] FAMILIES = {Family.IPV4, Family.IPV6};
  private static final int[] PROTOS = {Protocol.RAW, Protocol.TCP, Protocol.UDP};

  private final Random random;

  Messages(Random random) {
    this.random = random;
  }

  Message any() {
    return ofType(TYPES[random.nextInt(TYPES.length)]);
  }

  Message ofType(int type) {
    return switch (type) {
      case MessageType.CDATA -> new Cdata(latin1(random.nextInt(256)), octets());
      case MessageType.START -> new Start();
      case MessageType.END -> new End();
      case MessageType.YIELD -> new Yield(u64());
      case MessageType.CONT -> new Cont();
      case MessageType.MREAD -> mread();
      case MessageType.MWRITE -> mwrite();
      case MessageType.NOPEN -> nopen();
      case MessageType.NCLOSE -> new Nclose(u8());
      case MessageType.NSEND -> nsend();
      case MessageType.NCAP -> new Ncap(u8(), u8(), u8(), u64(), octets(1 + random.nextInt(64)));
      case MessageType.NCTL -> new Nctl(u8(), u8(), Protocol.TCP, u64(), u8());
      case MessageType.XCERT -> new Xcert(octets(1 + random.nextInt(64)));
      case MessageType.XPUB -> new Xpub(channels(), octets(32), text(true));
      case MessageType.XSUB -> new Xsub(channels(), octets(32), text(false));
      case MessageType.RESULT -> result();
      case MessageType.MDATA -> new Mdata(u32(), octets());
      case MessageType.NTAG -> new Ntag(u8(), u16(), u64(), random.nextBoolean() ? 0 : u16());
      case MessageType.NSTAT -> nstat();
      case MessageType.NDATA -> ndata();
      case MessageType.NDROP -> new Ndrop(u8(), u8(), u8(), u64(), u64(), u32(), u32());
      case MessageType.NBLOCK -> new Nblock(u8(), u8(), u8(), u16(), u64());
      case MessageType.LINFO -> new Linfo(latin1(random.nextInt(20)), octets(), octets());
      case MessageType.SUSPD -> new Suspd();
      case MessageType.RESUMD -> new Resumd();
      case MessageType.XNOTIFY -> new Xnotify(channel(), text(true));
      case MessageType.XREG -> new Xreg(from("0123456789abcdefghijklmnopqrstuvwxyz", 1 + random.nextInt(63)));
      default -> unknown();
    };
  }

  private Mread mread() {
    int length = 1 + random.nextInt(0xFFFF);
    return new Mread(Math.min(u32(), 0xFFFFFFFFL - length), length);
  }

  private Mwrite mwrite() {
    byte[] data = octets();
    return new Mwrite(Math.min(u32(), 0xFFFFFFFFL - data.length), data);
  }

  private Nopen nopen() {
    byte[] local = octets(Family.addressLength(one(FAMILIES)));
    return switch (random.nextInt(4)) {
      case 0 -> Nopen.raw(u8(), u32(), local);
      case 1 -> Nopen.udp(u8(), u32(), local, u16());
      case 2 -> Nopen.tcpListen(u8(), u32(), local, u16());
      default -> Nopen.tcpConnect(u8(), u32(), local, u16(), octets(local.length), u16());
    };
  }

  private Nsend nsend() {
    int proto = one(PROTOS);
    boolean udp = proto == Protocol.UDP;
    int family = udp ? one(FAMILIES) : u8();
    byte[] raddr = udp ? octets(Family.addressLength(family)) : null;
    return new Nsend(u8(), family, proto, u64(), u16(), raddr, udp ? u16() : 0, octets());
  }

  private Ndata ndata() {
    int proto = one(PROTOS);
    boolean udp = proto == Protocol.UDP;
    int family = udp ? one(FAMILIES) : u8();
    byte[] raddr = udp ? octets(Family.addressLength(family)) : null;
    return new Ndata(u8(), family, proto, u64(), raddr, udp ? u16() : 0, octets());
  }

  private Result result() {
    return switch (random.nextInt(4)) {
      case 0 -> Result.SUCCESS;
      case 1 -> new Result(StatusCode.ECTLMONREJ, u16(), u16());
      case 2 -> new Result(StatusCode.ECTLMONUKN, u16(), 0);
      default -> Result.of(u16());
    };
  }

  private Nstat nstat() {
    if (random.nextBoolean()) {
      return Nstat.established(u8(), u8(), u8(), u64(), octets(Family.addressLength(one(FAMILIES))), u16());
    }
    int proto = u8();
    return Nstat.of(u8(), u8(), proto, u64(), proto == Protocol.TCP ? 1 + random.nextInt(255) : u8());
  }

  private Unknown unknown() {
    int type = random.nextInt(256);
    return new Unknown(MessageType.isAssigned(type) ? 0xFF : type, octets());
  }

  private List<byte[]> channels() {
    List<byte[]> channels = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      channels.add(channel());
    }
    return channels;
  }

  private byte[] channel() {
    return octets(1 + random.nextInt(32));
  }

  private String text(boolean patterns) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(6); i > 0; i--) {
      // A number in front of the name keeps attributes apart; patterns are those whose names may repeat.
      text.append(patterns ? "" : i).append(from(NAME, 1 + random.nextInt(12))).append('=');
      text.append(from(patterns ? VALUE + "*?" : VALUE, random.nextInt(12))).append(';');
    }
    return text.toString();
  }

  private String from(String characters, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(characters.charAt(random.nextInt(characters.length())));
    }
    return text.toString();
  }

  private String latin1(int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append((char) u8());
    }
    return text.toString();
  }

  byte[] octets() {
    return octets(random.nextInt(4) == 0 ? 0 : random.nextInt(200));
  }

  private byte[] octets(int length) {
    byte[] octets = new byte[length];
    random.nextBytes(octets);
    return octets;
  }

  private int one(int[] values) {
    return values[random.nextInt(values.length)];
  }

  int u8() {
    return random.nextInt(256);
  }

  private int u16() {
    return random.nextInt(8) == 0 ? 0xFFFF : random.nextInt(0x10000);
  }

  private long u32() {
    return random.nextInt(8) == 0 ? 0xFFFFFFFFL : random.nextInt() & 0xFFFFFFFFL;
  }

  private long u64() {
    return random.nextInt(8) == 0 ? -1 : random.nextLong();
  }
}
