package org.pktlab.launcher;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** The packets of a file in the classic pcap format, in either byte order, one after the other. What is kept in memory is one packet. */
final class PcapPackets implements Closeable {
  /** Octets of the longest packet that is read: more than any capture program keeps. */
  static final int LONGEST_PACKET = 262_144;

  private static final int MICROSECONDS = 0xa1b2c3d4;
  private static final int NANOSECONDS = 0xa1b23c4d;
  private static final int PCAPNG = 0x0a0d0d0a;
  private static final int FILE_HEADER = 24;
  private static final int LINK_TYPE_AT = 20;
  private static final int RECORD_HEADER = 16;
  private static final int CAPTURED_AT = 8;

  private static final int ETHERNET = 1;
  private static final int ETHERNET_HEADER = 14;
  private static final int VLAN_TAG = 4;

  private final Path file;
  private final InputStream in;
  private final ByteOrder order;
  private final int linkType;
  private long number;

  private PcapPackets(Path file, InputStream in) throws CommandFailure {
    this.file = file;
    this.in = in;
    ByteBuffer header = read(FILE_HEADER, "its header");
    if (header == null) {
      throw new CommandFailure(file + " is empty");
    }
    int magic = header.getInt(0);
    if (magic == PCAPNG) {
      throw new CommandFailure(file + " is a pcapng file; make a pcap file of it: editcap -F pcap " + file + " OUT.pcap");
    }
    if (magic == MICROSECONDS || magic == NANOSECONDS) {
      order = ByteOrder.BIG_ENDIAN;
    } else if (Integer.reverseBytes(magic) == MICROSECONDS || Integer.reverseBytes(magic) == NANOSECONDS) {
      order = ByteOrder.LITTLE_ENDIAN;
    } else {
      throw new CommandFailure(file + " is no pcap file");
    }
    // The upper half says how long frame check sequences are.
    linkType = header.order(order).getInt(LINK_TYPE_AT) & 0xffff;
    if (linkType != ETHERNET && linkHeader() < 0) {
      throw new CommandFailure(file + " has packets of link type " + linkType + "; raw IP, Ethernet, loopback and Linux cooked ones are read");
    }
  }

  /** Opens a file and reads its header. */
  static PcapPackets open(Path file) throws CommandFailure {
    InputStream in = null;
    try {
      in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
      return new PcapPackets(file, in);
    } catch (IOException e) {
      throw new CommandFailure(file + " cannot be read: " + FilterPrograms.reason(e));
    } catch (CommandFailure e) {
      closeQuietly(in);
      throw e;
    }
  }

  /** The next packet from its IP header on, empty when it carries no IP; null at the end of the file. */
  ByteBuffer next() throws CommandFailure {
    number++;
    ByteBuffer record = read(RECORD_HEADER, "packet " + number);
    if (record == null) {
      return null;
    }
    int length = record.order(order).getInt(CAPTURED_AT);
    if (length < 0 || length > LONGEST_PACKET) {
      throw new CommandFailure(file + ": packet " + number + " says that it has " + Integer.toUnsignedString(length) + " octets, at most " + LONGEST_PACKET + " are read");
    }
    ByteBuffer packet = read(length, "packet " + number);
    if (packet == null) {
      throw truncated("packet " + number);
    }
    int start = linkType == ETHERNET ? behindEthernet(packet) : linkHeader();
    boolean carriesIp = start < packet.limit() && isIp(packet.get(start));
    return carriesIp ? packet.position(start).slice() : ByteBuffer.allocate(0);
  }

  private static boolean isIp(byte first) {
    int version = first >> 4 & 0x0f;
    return version == 4 || version == 6;
  }

  /** Octets before the IP header on links other than Ethernet; -1 if the link is not known. */
  private int linkHeader() {
    switch (linkType) {
      case 12: // raw IP, as some systems number it
      case 14:
      case 101: // raw IP
      case 228: // IPv4
      case 229: // IPv6
        return 0;
      case 0: // loopback of BSD
      case 108:
        return 4;
      case 113: // Linux cooked
        return 16;
      case 276: // Linux cooked, second version
        return 20;
      default:
        return -1;
    }
  }

  /** Where IP begins in an Ethernet frame, behind VLAN tags; the frame's end if it carries something else. */
  private static int behindEthernet(ByteBuffer frame) {
    int at = ETHERNET_HEADER;
    while (at <= frame.limit()) {
      int type = frame.getShort(at - 2) & 0xffff;
      if (type == 0x0800 || type == 0x86dd) {
        return at;
      }
      if (type != 0x8100 && type != 0x88a8) {
        break;
      }
      at += VLAN_TAG;
    }
    return frame.limit();
  }

  /** So many octets; null when the file ended before the first. */
  private ByteBuffer read(int octets, String what) throws CommandFailure {
    try {
      byte[] read = in.readNBytes(octets);
      if (read.length == octets) {
        return ByteBuffer.wrap(read);
      }
      if (read.length == 0) {
        return null;
      }
      throw truncated(what);
    } catch (IOException e) {
      throw new CommandFailure(file + " cannot be read: " + FilterPrograms.reason(e));
    }
  }

  private CommandFailure truncated(String what) {
    return new CommandFailure(file + " ends in the middle of " + what);
  }

  private static void closeQuietly(InputStream in) {
    try {
      if (in != null) {
        in.close();
      }
    } catch (IOException e) {
      // It was only read.
    }
  }

  @Override
  public void close() {
    closeQuietly(in);
  }
}
