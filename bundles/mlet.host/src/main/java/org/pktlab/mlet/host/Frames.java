package org.pktlab.mlet.host;

import java.nio.ByteBuffer;
import org.pktlab.protocol.Family;
import org.pktlab.protocol.MemoryMap;
import org.pktlab.protocol.Mread;
import org.pktlab.protocol.MessageCodec;
import org.pktlab.protocol.Mwrite;
import org.pktlab.protocol.Ncap;
import org.pktlab.protocol.Nclose;
import org.pktlab.protocol.Nctl;
import org.pktlab.protocol.Nopen;
import org.pktlab.protocol.NsendFlyweight;
import org.pktlab.protocol.Protocol;

/** Encodes the requests that a vantage point makes, as whole frames. */
final class Frames {
  private Frames() {}

  static byte[] mread(int address, int length) {
    return MessageCodec.encode(new Mread(Integer.toUnsignedLong(address), length)).array();
  }

  static byte[] mwrite(int address, byte[] data) {
    return MessageCodec.encode(new Mwrite(Integer.toUnsignedLong(address), data)).array();
  }

  /** Sets how much the endpoint may receive for us on a socket. */
  static byte[] receiveAllowance(int sktid, int octets) {
    return mwrite(MemoryMap.socketField(sktid, MemoryMap.OFFSET_RBUFSZ), ByteBuffer.allocate(4).putInt(octets).array());
  }

  static byte[] openUdp(int sktid, int receiveBuffer, byte[] local, int localPort) {
    return MessageCodec.encode(Nopen.udp(sktid, receiveBuffer, local, localPort)).array();
  }

  static byte[] openRaw(int sktid, int receiveBuffer, byte[] local) {
    return MessageCodec.encode(Nopen.raw(sktid, receiveBuffer, local)).array();
  }

  static byte[] capture(int sktid, int family, long untilNs, byte[] program) {
    return MessageCodec.encode(new Ncap(sktid, family, Protocol.RAW, untilNs, program)).array();
  }

  static byte[] openTcp(int sktid, int receiveBuffer, byte[] local, int localPort, byte[] remote, int remotePort) {
    return MessageCodec.encode(Nopen.tcpConnect(sktid, receiveBuffer, local, localPort, remote, remotePort)).array();
  }

  static byte[] close(int sktid) {
    return MessageCodec.encode(new Nclose(sktid)).array();
  }

  static byte[] finish(int sktid, int family, long timeNs) {
    return MessageCodec.encode(new Nctl(sktid, family, Protocol.TCP, timeNs, Nctl.FIN)).array();
  }

  /** Takes the data from the buffer. */
  static byte[] send(int sktid, int family, int proto, long timeNs, int tag, byte[] to, int port, ByteBuffer data, int length) {
    int header = NsendFlyweight.headerLength(family, proto);
    byte[] frame = new byte[header + length];
    NsendFlyweight.encodeHeader(ByteBuffer.wrap(frame), 0, sktid, family, proto, timeNs, tag, to, port, length);
    data.get(frame, header, length);
    return frame;
  }

  /** 4 or 6. */
  static int family(byte[] address) {
    return address.length == Family.IPV4_LENGTH ? Family.IPV4 : Family.IPV6;
  }
}
