package org.pktlab.launcher;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.List;
import org.pktlab.protocol.Cdata;
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
import org.pktlab.protocol.StatusCode;
import org.pktlab.protocol.Unknown;
import org.pktlab.protocol.Xcert;
import org.pktlab.protocol.Xnotify;
import org.pktlab.protocol.Xpub;
import org.pktlab.protocol.Xreg;
import org.pktlab.protocol.Xsub;
import org.pktlab.protocol.Yield;

/** The fields of a message as JSON: octets in hexadecimal, integers unsigned, text as text. */
final class MessageFields {
  private final ObjectNode fields = JsonLines.MAPPER.createObjectNode();

  private MessageFields() {}

  /** Returns {@code type}, {@code typeCode} and the fields that this message has. */
  static ObjectNode of(Message message) {
    MessageFields out = new MessageFields();
    out.fields.put("type", MessageType.name(message.type())).put("typeCode", message.type());
    out.add(message);
    return out.fields;
  }

  private void add(Message message) {
    if (message instanceof Cdata m) {
      text("hint", m.hint()).octets("data", m.data());
    } else if (message instanceof Yield m) {
      u64("resumeHint", m.resumeHintNs());
    } else if (message instanceof Mread m) {
      number("addr", m.addr()).number("length", m.length());
    } else if (message instanceof Mwrite m) {
      number("addr", m.addr()).octets("data", m.data());
    } else if (message instanceof Mdata m) {
      number("addr", m.addr()).octets("data", m.data());
    } else if (message instanceof Nopen m) {
      add(m);
    } else if (message instanceof Nclose m) {
      number("sktid", m.sktid());
    } else if (message instanceof Nsend m) {
      socket(m.sktid(), m.family(), m.proto()).u64("time", m.timeNs()).number("tag", m.tag());
      peer(m.raddr(), m.rport()).octets("data", m.data());
    } else if (message instanceof Ncap m) {
      socket(m.sktid(), m.family(), m.proto()).u64("endtime", m.endTimeNs()).octets("program", m.program());
    } else if (message instanceof Nctl m) {
      socket(m.sktid(), m.family(), m.proto()).u64("time", m.timeNs()).number("command", m.command());
    } else if (message instanceof Result m) {
      add(m);
    } else if (message instanceof Ntag m) {
      number("sktid", m.sktid()).number("tag", m.tag()).u64("time", m.timeNs()).number("status", m.status());
    } else if (message instanceof Nstat m) {
      socket(m.sktid(), m.family(), m.proto()).u64("time", m.timeNs()).number("code", m.code()).peer(m.raddr(), m.rport());
    } else if (message instanceof Ndata m) {
      socket(m.sktid(), m.family(), m.proto()).u64("time", m.timeNs()).peer(m.raddr(), m.rport()).octets("data", m.data());
    } else if (message instanceof Ndrop m) {
      socket(m.sktid(), m.family(), m.proto()).u64("firstTime", m.firstTimeNs()).u64("lastTime", m.lastTimeNs());
      number("unitCount", m.unitCount()).number("byteCount", m.byteCount());
    } else if (message instanceof Nblock m) {
      socket(m.sktid(), m.family(), m.proto()).number("monitorErrid", m.monitorErrid()).u64("time", m.timeNs());
    } else if (message instanceof Linfo m) {
      text("name", m.name()).octets("aux", m.aux()).octets("info", m.info());
    } else {
      addRendezvous(message);
    }
  }

  private void addRendezvous(Message message) {
    if (message instanceof Xcert m) {
      octets("der", m.der());
    } else if (message instanceof Xpub m) {
      channels(m.channels()).octets("eopKey", m.eopKey()).text("xdescr", m.text());
    } else if (message instanceof Xsub m) {
      channels(m.channels()).octets("eopKey", m.eopKey()).text("dattr", m.text());
    } else if (message instanceof Xnotify m) {
      octets("channel", m.channel()).text("xdescr", m.text());
    } else if (message instanceof Xreg m) {
      text("snikey", m.key());
    } else if (message instanceof Unknown m) {
      octets("body", m.body());
    }
  }

  private void add(Nopen m) {
    socket(m.sktid(), m.family(), m.proto()).number("rbufsz", m.rbufsz()).octets("laddr", m.laddr());
    if (m.proto() != Protocol.RAW) {
      number("lport", m.lport());
    }
    peer(m.raddr(), m.rport());
  }

  private void add(Result m) {
    number("status", m.status());
    if (m.status() == StatusCode.ECTLMONREJ || m.status() == StatusCode.ECTLMONUKN) {
      number("monitorIndex", m.monitorIndex());
    }
    if (m.status() == StatusCode.ECTLMONREJ) {
      number("monitorErrid", m.monitorErrid());
    }
  }

  private MessageFields socket(int sktid, int family, int proto) {
    return number("sktid", sktid).number("family", family).number("proto", proto);
  }

  /** The remote end, where the message has one. */
  private MessageFields peer(byte[] raddr, int rport) {
    return raddr == null ? this : octets("raddr", raddr).number("rport", rport);
  }

  private MessageFields number(String name, long value) {
    fields.put(name, value);
    return this;
  }

  private MessageFields u64(String name, long value) {
    if (value >= 0) {
      fields.put(name, value);
    } else {
      fields.put(name, new BigInteger(Long.toUnsignedString(value)));
    }
    return this;
  }

  private MessageFields octets(String name, byte[] value) {
    fields.put(name, HexFormat.of().formatHex(value));
    return this;
  }

  private MessageFields text(String name, String value) {
    fields.put(name, value);
    return this;
  }

  private MessageFields channels(List<byte[]> value) {
    ArrayNode array = fields.putArray("channels");
    value.forEach(channel -> array.add(HexFormat.of().formatHex(channel)));
    return this;
  }
}
