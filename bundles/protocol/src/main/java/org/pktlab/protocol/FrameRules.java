package org.pktlab.protocol;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * What makes a frame well formed (protocol specification, sections 4 and 13.2): the one judge for records and flyweights.
 *
 * <p>Stricter than the C decoder wherever that one accepts a frame with fields that lie outside it. Each rule takes the offset of
 * the frame and the length of its body; offsets in the exceptions count from the frame's first octet.
 */
final class FrameRules {
  private static final int BODY = Frame.HEADER_LENGTH;

  private FrameRules() {}

  /** Checks that the range is one whole frame and well formed; returns its type, assigned or not. */
  static int check(ByteBuffer b, int offset, int length) throws ProtocolException {
    int type = header(b, offset, length);
    int body = length - BODY;
    switch (type) {
      case MessageType.CDATA -> cdata(b, offset, body);
      case MessageType.START, MessageType.END, MessageType.CONT, MessageType.SUSPD, MessageType.RESUMD -> exactly(body, 0);
      case MessageType.YIELD -> exactly(body, 8);
      case MessageType.MREAD -> mread(b, offset, body);
      case MessageType.MWRITE -> mwrite(b, offset, body);
      case MessageType.NOPEN -> nopen(b, offset, body);
      case MessageType.NCLOSE -> exactly(body, 1);
      case MessageType.NSEND -> nsend(b, offset, body);
      case MessageType.NCAP -> atLeast(body, 12);
      case MessageType.NCTL -> nctl(b, offset, body);
      case MessageType.XCERT -> atLeast(body, 1);
      case MessageType.XPUB -> publication(b, offset, body, true);
      case MessageType.XSUB -> publication(b, offset, body, false);
      case MessageType.RESULT -> result(b, offset, body);
      case MessageType.MDATA -> atLeast(body, 4);
      case MessageType.NTAG -> ntag(body);
      case MessageType.NSTAT -> nstat(b, offset, body);
      case MessageType.NDATA -> ndata(b, offset, body);
      case MessageType.NDROP -> exactly(body, 27);
      case MessageType.NBLOCK -> exactly(body, 13);
      case MessageType.LINFO -> linfo(b, offset, body);
      case MessageType.XNOTIFY -> xnotify(b, offset, body);
      case MessageType.XREG -> xreg(b, offset, body);
      default -> {
        // Unassigned types carry whatever they like.
      }
    }
    return type;
  }

  /** Like {@link #check}, and the type must be the stated one. */
  static void check(ByteBuffer b, int offset, int length, int type) throws ProtocolException {
    int actual = check(b, offset, length);
    if (actual != type) {
      throw new ProtocolException(0, "not " + MessageType.name(type) + " but type 0x" + Integer.toHexString(actual));
    }
  }

  private static int header(ByteBuffer b, int offset, int length) throws ProtocolException {
    Objects.checkFromIndexSize(offset, length, b.limit());
    if (length < BODY) {
      throw new ProtocolException(length, "the frame ends inside its header");
    }
    int body = Frame.bodyLength(b, offset);
    if (body != length - BODY) {
      throw new ProtocolException(1, "the header announces a body of " + body + " octets, there are " + (length - BODY));
    }
    return Frame.type(b, offset);
  }

  private static void exactly(int body, int wanted) throws ProtocolException {
    if (body != wanted) {
      throw new ProtocolException(BODY + Math.min(body, wanted), "the body must have " + wanted + " octets, not " + body);
    }
  }

  private static void atLeast(int body, int wanted) throws ProtocolException {
    if (body < wanted) {
      throw new ProtocolException(BODY + body, "the body must have at least " + wanted + " octets, not " + body);
    }
  }

  private static void cdata(ByteBuffer b, int offset, int body) throws ProtocolException {
    atLeast(body, 1);
    if (1 + Octets.u8(b, offset + BODY) > body) {
      throw new ProtocolException(BODY, "the hint is longer than the body");
    }
  }

  private static void mread(ByteBuffer b, int offset, int body) throws ProtocolException {
    exactly(body, 6);
    int length = Octets.u16(b, offset + BODY + 4);
    if (length == 0) {
      throw new ProtocolException(BODY + 4, "nothing to read: the length is 0");
    }
    range(b, offset, length);
  }

  private static void mwrite(ByteBuffer b, int offset, int body) throws ProtocolException {
    atLeast(body, 4);
    range(b, offset, body - 4);
  }

  private static void range(ByteBuffer b, int offset, int length) throws ProtocolException {
    if (Octets.u32(b, offset + BODY) + length > MemoryMap.MAX_ADDRESS) {
      throw new ProtocolException(BODY, "the range reaches beyond the end of the memory");
    }
  }

  private static void family(ByteBuffer b, int offset) throws ProtocolException {
    if (!Family.isKnown(Octets.u8(b, offset + BODY + 1))) {
      throw new ProtocolException(BODY + 1, "the family must be 4 or 6");
    }
  }

  private static int proto(ByteBuffer b, int offset) throws ProtocolException {
    int proto = Octets.u8(b, offset + BODY + 2);
    if (!Protocol.isKnown(proto)) {
      throw new ProtocolException(BODY + 2, "the protocol must be 0, 6 or 17");
    }
    return proto;
  }

  private static void nopen(ByteBuffer b, int offset, int body) throws ProtocolException {
    atLeast(body, 7);
    family(b, offset);
    int proto = proto(b, offset);
    int address = Family.addressLength(Octets.u8(b, offset + BODY + 1));
    switch (proto) {
      case Protocol.RAW -> exactly(body, 7 + address);
      case Protocol.UDP -> exactly(body, 9 + address);
      default -> {
        int listen = 9 + address;
        int connect = 11 + 2 * address;
        if (body != listen && body != connect) {
          throw new ProtocolException(
              BODY + (body < connect ? Math.min(body, listen) : connect),
              "the body of a TCP nopen must have " + listen + " or " + connect + " octets, not " + body);
        }
      }
    }
  }

  private static void nsend(ByteBuffer b, int offset, int body) throws ProtocolException {
    atLeast(body, NsendFlyweight.FIXED_LENGTH);
    peer(b, offset, body, NsendFlyweight.FIXED_LENGTH);
  }

  private static void ndata(ByteBuffer b, int offset, int body) throws ProtocolException {
    atLeast(body, NdataFlyweight.FIXED_LENGTH);
    peer(b, offset, body, NdataFlyweight.FIXED_LENGTH);
  }

  private static void peer(ByteBuffer b, int offset, int body, int fixed) throws ProtocolException {
    if (proto(b, offset) == Protocol.UDP) {
      family(b, offset);
      atLeast(body, fixed + Family.addressLength(Octets.u8(b, offset + BODY + 1)) + 2);
    }
  }

  private static void nctl(ByteBuffer b, int offset, int body) throws ProtocolException {
    atLeast(body, 12);
    if (Octets.u8(b, offset + BODY + 2) != Protocol.TCP) {
      throw new ProtocolException(BODY + 2, "only TCP has control commands");
    }
  }

  private static void result(ByteBuffer b, int offset, int body) throws ProtocolException {
    if (body > 6 || (body & 1) != 0) {
      throw new ProtocolException(BODY + Math.min(body, 6), "the body must have 0, 2, 4 or 6 octets, not " + body);
    }
    if (body > 0) {
      atLeast(body, ResultFlyweight.bodyLength(Octets.u16(b, offset + BODY)));
    }
  }

  private static void ntag(int body) throws ProtocolException {
    if (body != 11 && body != 13) {
      throw new ProtocolException(BODY + Math.min(body, body < 13 ? 11 : 13), "the body must have 11 or 13 octets, not " + body);
    }
  }

  private static void nstat(ByteBuffer b, int offset, int body) throws ProtocolException {
    if (body != 12 && body != 17 && body != 29) {
      int near = body < 17 ? 12 : body < 29 ? 17 : 29;
      throw new ProtocolException(BODY + Math.min(body, near), "the body must have 12, 17 or 29 octets, not " + body);
    }
    boolean tcp = Octets.u8(b, offset + BODY + 2) == Protocol.TCP;
    if (body == 12 && tcp && Octets.u8(b, offset + BODY + 11) == StatCode.ESTABLISHED) {
      throw new ProtocolException(BODY + 11, "an established TCP connection is reported with the peer's address");
    }
  }

  private static void linfo(ByteBuffer b, int offset, int body) throws ProtocolException {
    atLeast(body, 12);
    int at = offset + BODY;
    long sum = 12 + Octets.u32(b, at) + Octets.u32(b, at + 4) + Octets.u32(b, at + 8);
    if (sum != body) {
      throw new ProtocolException(BODY, "the three lengths make " + sum + " octets, the body has " + body);
    }
  }

  private static void publication(ByteBuffer b, int offset, int body, boolean patterns) throws ProtocolException {
    atLeast(body, 33);
    int at = offset + BODY;
    int end = at + body;
    while (true) {
      if (at >= end) {
        throw new ProtocolException(BODY + body, "the list of channels has no end");
      }
      int channel = Octets.u8(b, at);
      if (channel == 0) {
        break;
      }
      if (channel > Xpub.MAX_CHANNEL) {
        throw new ProtocolException(at - offset, "a channel has 1 to 32 octets, not " + channel);
      }
      at += 1 + channel;
    }
    int text = at + 1 + Xpub.KEY_LENGTH;
    if (text > end) {
      throw new ProtocolException(BODY + body, "the body ends inside the operator's key");
    }
    text(b, offset, text, end - text, patterns);
    if (!patterns) {
      int repeated = TextSyntax.repeatedName(b, text, end - text);
      if (repeated != TextSyntax.GOOD) {
        throw new ProtocolException(repeated - offset, "an attribute occurs twice");
      }
    }
  }

  private static void text(ByteBuffer b, int offset, int at, int length, boolean patterns) throws ProtocolException {
    int error = TextSyntax.firstError(b, at, length, patterns);
    if (error != TextSyntax.GOOD) {
      throw new ProtocolException(error - offset, "the text is not a sequence of name=value; items");
    }
  }

  private static void xnotify(ByteBuffer b, int offset, int body) throws ProtocolException {
    atLeast(body, 1);
    int channel = Octets.u8(b, offset + BODY);
    if (channel == 0 || channel > Xpub.MAX_CHANNEL) {
      throw new ProtocolException(BODY, "a channel has 1 to 32 octets, not " + channel);
    }
    atLeast(body, 1 + channel);
    int at = offset + BODY + 1 + channel;
    text(b, offset, at, body - 1 - channel, true);
  }

  private static void xreg(ByteBuffer b, int offset, int body) throws ProtocolException {
    if (body < 1 || body > Xreg.MAX_KEY) {
      throw new ProtocolException(BODY + Math.min(body, Xreg.MAX_KEY), "a key has 1 to 63 octets, not " + body);
    }
    for (int i = 0; i < body; i++) {
      if (!Xreg.isKeyCharacter((char) Octets.u8(b, offset + BODY + i))) {
        throw new ProtocolException(BODY + i, "a key consists of 0-9 and a-z");
      }
    }
  }
}
