package org.pktlab.transport.rig;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/** Packets, octet by octet. */
public final class IpPackets {
  public static final int UDP = 17;
  public static final int PORT = 9;

  private IpPackets() {}

  /** A UDP datagram to the discard port that carries a number; of {@code length} octets at all. */
  public static ByteBuffer udp(InetAddress from, InetAddress to, int number, int length) {
    int head = headLength(to);
    ByteBuffer packet = header(from, to, UDP, length);
    packet.putShort(head, (short) 40_000).putShort(head + 2, (short) PORT).putShort(head + 4, (short) (length - head)).putInt(head + 8, number);
    if (head == 40) { // IPv4 does without
      packet.putShort(head + 6, (short) checksum(packet, from, to, UDP, head));
    }
    return packet;
  }

  /** An echo request. */
  public static ByteBuffer echo(InetAddress from, InetAddress to, int sequence, int length) {
    int head = headLength(to);
    int protocol = head == 20 ? 1 : 58;
    ByteBuffer packet = header(from, to, protocol, length);
    packet.put(head, (byte) (head == 20 ? 8 : 128)).putShort(head + 4, (short) 0x1234).putShort(head + 6, (short) sequence);
    packet.putShort(head + 2, (short) checksum(packet, from, to, head == 20 ? -1 : protocol, head));
    return packet;
  }

  public static int headLength(InetAddress to) {
    return to.getAddress().length == 4 ? 20 : 40;
  }

  public static int number(byte[] udp) {
    return ByteBuffer.wrap(udp).getInt(((udp[0] >> 4) == 4 ? 20 : 40) + 8);
  }

  public static int protocol(ByteBuffer packet, int offset) {
    return packet.get(offset) >> 4 == 4 ? packet.get(offset + 9) : packet.get(offset + 6);
  }

  private static ByteBuffer header(InetAddress from, InetAddress to, int protocol, int length) {
    ByteBuffer packet = ByteBuffer.allocate(length);
    if (headLength(to) == 20) {
      packet.put(0, (byte) 0x45).putShort(2, (short) length).put(8, (byte) 64).put(9, (byte) protocol);
      return packet.put(12, from.getAddress()).put(16, to.getAddress());
    }
    packet.put(0, (byte) 0x60).putShort(4, (short) (length - 40)).put(6, (byte) protocol).put(7, (byte) 64);
    return packet.put(8, from.getAddress()).put(24, to.getAddress());
  }

  /** The Internet checksum from {@code start} on, with the pseudo header when the protocol is not negative. */
  private static int checksum(ByteBuffer packet, InetAddress from, InetAddress to, int protocol, int start) {
    int length = packet.capacity() - start;
    long sum = protocol < 0 ? 0 : protocol + length + sum(ByteBuffer.wrap(from.getAddress()), 0) + sum(ByteBuffer.wrap(to.getAddress()), 0);
    sum += sum(packet, start);
    while (sum > 0xFFFF) {
      sum = (sum >> 16) + (sum & 0xFFFF);
    }
    return (int) ~sum & 0xFFFF;
  }

  private static long sum(ByteBuffer data, int start) {
    long sum = 0;
    for (int i = start; i < data.capacity(); i += 2) {
      sum += (data.get(i) & 0xFF) << 8 | (i + 1 < data.capacity() ? data.get(i + 1) & 0xFF : 0);
    }
    return sum;
  }
}
