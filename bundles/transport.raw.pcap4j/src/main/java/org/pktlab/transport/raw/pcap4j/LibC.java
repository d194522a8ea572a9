package org.pktlab.transport.raw.pcap4j;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;

/**
 * The system calls of raw sockets. Addresses of memory are plain numbers, so that no object is made for each packet. A call that fails throws with the error number.
 * Constants and structures are those of Linux on 64-bit machines with the general ABI.
 */
final class LibC {
  static final int AF_INET = 2;
  static final int AF_INET6 = 10;
  static final int SOCK_DGRAM = 2;
  static final int SOCK_RAW = 3;
  static final int SOCK_NONBLOCK = 0x800;
  static final int SOCK_CLOEXEC = 0x80000;
  static final int IPPROTO_RAW = 255;
  static final int SOL_IP = 0;
  static final int IP_HDRINCL = 3;
  static final int SOL_SOCKET = 1;
  static final int SO_SNDBUF = 7;
  static final int SO_TIMESTAMPING = 37;
  static final int SOL_PACKET = 263;
  static final int PACKET_IGNORE_OUTGOING = 23;
  static final int POLLIN = 1;
  static final int SIOCGIFFLAGS = 0x8913;
  static final int IFF_UP = 1;
  static final int MSG_DONTWAIT = 0x40;
  static final int MSG_ERRQUEUE = 0x2000;
  static final int MSG_NOSIGNAL = 0x4000;

  static {
    Native.register(LibC.class, "c");
  }

  private LibC() {}

  static native int socket(int family, int type, int protocol) throws LastErrorException;

  static native int bind(int fd, byte[] address, int length) throws LastErrorException;

  static native int setsockopt(int fd, int level, int name, int[] value, int length) throws LastErrorException;

  static native int sendmmsg(int fd, long messages, int count, int flags) throws LastErrorException;

  static native int recvmmsg(int fd, long messages, int count, int flags, long timeout) throws LastErrorException;

  static native int poll(long descriptors, long count, int timeoutMillis) throws LastErrorException;

  static native int ioctl(int fd, long request, long argument) throws LastErrorException;

  static native int eventfd(int value, int flags) throws LastErrorException;

  static native long write(int fd, long data, long length) throws LastErrorException;

  static native long memcpy(long to, long from, long length);

  /** 0 when there is none of that name; sets the error number at will. */
  static native int if_nametoindex(String name);

  static native int close(int fd) throws LastErrorException;
}
