package org.pktlab.launcher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.pktlab.protocol.Cdata;
import org.pktlab.protocol.Cont;
import org.pktlab.protocol.End;
import org.pktlab.protocol.Linfo;
import org.pktlab.protocol.Mdata;
import org.pktlab.protocol.Message;
import org.pktlab.protocol.MessageType;
import org.pktlab.protocol.Mread;
import org.pktlab.protocol.Mwrite;
import org.pktlab.protocol.Nblock;
import org.pktlab.protocol.Ncap;
import org.pktlab.protocol.Nclose;
import org.pktlab.protocol.Nctl;
import org.pktlab.protocol.Ndata;
import org.pktlab.protocol.Ndrop;
import org.pktlab.protocol.Nopen;
import org.pktlab.protocol.Nsend;
import org.pktlab.protocol.Nstat;
import org.pktlab.protocol.Ntag;
import org.pktlab.protocol.Protocol;
import org.pktlab.protocol.Result;
import org.pktlab.protocol.Resumd;
import org.pktlab.protocol.Start;
import org.pktlab.protocol.StatusCode;
import org.pktlab.protocol.Suspd;
import org.pktlab.protocol.Unknown;
import org.pktlab.protocol.Xcert;
import org.pktlab.protocol.Xnotify;
import org.pktlab.protocol.Xpub;
import org.pktlab.protocol.Xreg;
import org.pktlab.protocol.Xsub;
import org.pktlab.protocol.Yield;

/** Makes a message of the fields that {@link MessageFields} writes. Every field is needed, and no other is taken, so that a slip of the pen shows. */
final class FieldsReader {
  private static final BigInteger U64 = BigInteger.ONE.shiftLeft(64);

  private final ObjectNode fields;
  private final Set<String> read = new HashSet<>(Set.of("type", "typeCode", "canonicalHex"));

  private FieldsReader(ObjectNode fields) {
    this.fields = fields;
  }

  /**
   * Makes the message.
   *
   * @throws CaseException if a field is missing, superfluous or out of bounds
   */
  static Message message(ObjectNode fields) throws CaseException {
    FieldsReader reader = new FieldsReader(fields);
    try {
      Message message = reader.message(reader.type());
      for (Iterator<String> names = fields.fieldNames(); names.hasNext(); ) {
        String name = names.next();
        if (!reader.read.contains(name)) {
          throw CaseException.malformed("a message " + MessageType.name(message.type()) + " of this form has no field " + name);
        }
      }
      return message;
    } catch (IllegalArgumentException e) {
      throw CaseException.malformed(e.getMessage());
    }
  }

  private int type() throws CaseException {
    JsonNode name = fields.get("type");
    if (name == null) {
      return u8("typeCode");
    }
    if (name.isTextual() && name.asText().equals("unknown")) {
      int type = u8("typeCode");
      if (MessageType.isAssigned(type)) {
        throw CaseException.malformed("typeCode " + type + " is " + MessageType.name(type) + ", not unknown");
      }
      return type;
    }
    for (int type = 0; type <= 0xff; type++) {
      if (MessageType.isAssigned(type) && MessageType.name(type).equals(name.asText()) && name.isTextual()) {
        if (fields.has("typeCode") && u8("typeCode") != type) {
          throw CaseException.malformed("type " + name.asText() + " has typeCode " + type + ", not " + fields.get("typeCode"));
        }
        return type;
      }
    }
    throw CaseException.malformed("type must be the name of a message");
  }

  private Message message(int type) throws CaseException {
    return switch (type) {
      case MessageType.CDATA -> new Cdata(text("hint"), octets("data"));
      case MessageType.START -> new Start();
      case MessageType.END -> new End();
      case MessageType.YIELD -> new Yield(u64("resumeHint"));
      case MessageType.CONT -> new Cont();
      case MessageType.MREAD -> new Mread(u32("addr"), u16("length"));
      case MessageType.MWRITE -> new Mwrite(u32("addr"), octets("data"));
      case MessageType.NOPEN -> nopen();
      case MessageType.NCLOSE -> new Nclose(u8("sktid"));
      case MessageType.NSEND -> nsend();
      case MessageType.NCAP -> new Ncap(u8("sktid"), u8("family"), u8("proto"), u64("endtime"), octets("program"));
      case MessageType.NCTL -> new Nctl(u8("sktid"), u8("family"), u8("proto"), u64("time"), u8("command"));
      case MessageType.XCERT -> new Xcert(octets("der"));
      case MessageType.XPUB -> new Xpub(channels(), octets("eopKey"), text("xdescr"));
      case MessageType.XSUB -> new Xsub(channels(), octets("eopKey"), text("dattr"));
      case MessageType.XNOTIFY -> new Xnotify(octets("channel"), text("xdescr"));
      case MessageType.XREG -> new Xreg(text("snikey"));
      case MessageType.RESULT -> result();
      case MessageType.MDATA -> new Mdata(u32("addr"), octets("data"));
      case MessageType.NTAG -> new Ntag(u8("sktid"), u16("tag"), u64("time"), u16("status"));
      case MessageType.NSTAT -> nstat();
      case MessageType.NDATA -> ndata();
      case MessageType.NDROP ->
          new Ndrop(u8("sktid"), u8("family"), u8("proto"), u64("firstTime"), u64("lastTime"), u32("unitCount"), u32("byteCount"));
      case MessageType.NBLOCK -> new Nblock(u8("sktid"), u8("family"), u8("proto"), u16("monitorErrid"), u64("time"));
      case MessageType.LINFO -> new Linfo(text("name"), octets("aux"), octets("info"));
      case MessageType.SUSPD -> new Suspd();
      case MessageType.RESUMD -> new Resumd();
      default -> new Unknown(type, octets("body"));
    };
  }

  private Nopen nopen() throws CaseException {
    int proto = u8("proto");
    int lport = proto == Protocol.RAW ? 0 : u16("lport");
    boolean connect = fields.has("raddr");
    return new Nopen(
        u8("sktid"), u8("family"), proto, u32("rbufsz"), octets("laddr"), lport, connect ? octets("raddr") : null, connect ? u16("rport") : 0);
  }

  private Nsend nsend() throws CaseException {
    boolean peer = fields.has("raddr");
    return new Nsend(
        u8("sktid"),
        u8("family"),
        u8("proto"),
        u64("time"),
        u16("tag"),
        peer ? octets("raddr") : null,
        peer ? u16("rport") : 0,
        octets("data"));
  }

  private Ndata ndata() throws CaseException {
    boolean peer = fields.has("raddr");
    return new Ndata(
        u8("sktid"), u8("family"), u8("proto"), u64("time"), peer ? octets("raddr") : null, peer ? u16("rport") : 0, octets("data"));
  }

  private Nstat nstat() throws CaseException {
    boolean peer = fields.has("raddr");
    return new Nstat(
        u8("sktid"), u8("family"), u8("proto"), u64("time"), u8("code"), peer ? octets("raddr") : null, peer ? u16("rport") : 0);
  }

  private Result result() throws CaseException {
    int status = u16("status");
    boolean rejected = status == StatusCode.ECTLMONREJ;
    boolean monitor = rejected || status == StatusCode.ECTLMONUKN;
    return new Result(status, monitor ? u16("monitorIndex") : 0, rejected ? u16("monitorErrid") : 0);
  }

  private int u8(String name) throws CaseException {
    return (int) number(name, 8);
  }

  private int u16(String name) throws CaseException {
    return (int) number(name, 16);
  }

  private long u32(String name) throws CaseException {
    return number(name, 32);
  }

  private long u64(String name) throws CaseException {
    return number(name, 64);
  }

  private long number(String name, int bits) throws CaseException {
    JsonNode node = field(name);
    BigInteger value = node.isIntegralNumber() ? node.bigIntegerValue() : BigInteger.valueOf(-1);
    if (value.signum() < 0 || value.bitLength() > bits) {
      throw CaseException.malformed(name + " must be an integer from 0 to " + U64.shiftRight(64 - bits).subtract(BigInteger.ONE));
    }
    return value.longValue();
  }

  private String text(String name) throws CaseException {
    JsonNode node = field(name);
    if (!node.isTextual()) {
      throw CaseException.malformed(name + " must be text");
    }
    return node.asText();
  }

  private byte[] octets(String name) throws CaseException {
    return hex(text(name), name);
  }

  private List<byte[]> channels() throws CaseException {
    JsonNode node = field("channels");
    List<byte[]> channels = new ArrayList<>();
    for (JsonNode item : node) {
      if (!item.isTextual()) {
        throw CaseException.malformed("channels must be a list of hexadecimal texts");
      }
      channels.add(hex(item.asText(), "channels"));
    }
    if (!node.isArray()) {
      throw CaseException.malformed("channels must be a list of hexadecimal texts");
    }
    return channels;
  }

  private JsonNode field(String name) throws CaseException {
    JsonNode node = fields.get(name);
    if (node == null) {
      throw CaseException.malformed("the field " + name + " is missing");
    }
    read.add(name);
    return node;
  }

  private static byte[] hex(String text, String name) throws CaseException {
    try {
      return HexFormat.of().parseHex(text);
    } catch (IllegalArgumentException e) {
      throw CaseException.malformed(name + " must be pairs of hexadecimal digits");
    }
  }
}
