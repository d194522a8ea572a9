package org.pktlab.transport.raw.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;

/**
 * The system calls that raw sockets need. A call that fails returns its error number negated. One object serves one thread: it holds the memory for the error number
 * and for small arguments. Constants and structures are those of Linux on 64-bit machines with the general ABI (x86-64, AArch64, RISC-V).
 */
final class Libc {
  static final int AF_INET = 2;
  static final int AF_INET6 = 10;
  static final int AF_NETLINK = 16;
  static final int AF_PACKET = 17;
  static final int SOCK_DGRAM = 2;
  static final int SOCK_RAW = 3;
  static final int SOCK_NONBLOCK = 0x800;
  static final int SOCK_CLOEXEC = 0x80000;
  static final int IPPROTO_RAW = 255;
  static final int NETLINK_NETFILTER = 12;
  static final int ETH_P_ALL = 3;

  static final int SOL_IP = 0;
  static final int SOL_SOCKET = 1;
  static final int SOL_IPV6 = 41;
  static final int SOL_PACKET = 263;
  static final int IP_HDRINCL = 3;
  static final int IP_RECVERR = 11;
  static final int IPV6_RECVERR = 25;
  static final int SO_SNDBUF = 7;
  static final int SO_RCVBUF = 8;
  static final int SO_ATTACH_FILTER = 26;
  static final int SO_SNDBUFFORCE = 32;
  static final int SO_RCVBUFFORCE = 33;
  static final int SO_TIMESTAMPNS = 35;
  static final int SO_TIMESTAMPING = 37;
  static final int PACKET_STATISTICS = 6;
  static final int PACKET_IGNORE_OUTGOING = 23;

  static final int MSG_DONTWAIT = 0x40;
  static final int MSG_NOSIGNAL = 0x4000;
  static final int MSG_ERRQUEUE = 0x2000;

  static final int POLLIN = 1;
  static final int POLLOUT = 4;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final long ERRNO = STATE.byteOffset(PathElement.groupElement("errno"));

  private static final MethodHandle SOCKET = call("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle BIND = call("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle SETSOCKOPT = call("setsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle GETSOCKOPT = call("getsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
  private static final MethodHandle SENDMMSG = call("sendmmsg", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
  private static final MethodHandle RECVMMSG = call("recvmmsg", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));
  private static final MethodHandle POLL = call("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle EVENTFD = call("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle READ = call("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle WRITE = call("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle GETIFADDRS = call("getifaddrs", FunctionDescriptor.of(JAVA_INT, ADDRESS));
  private static final MethodHandle FREEIFADDRS = call("freeifaddrs", FunctionDescriptor.ofVoid(ADDRESS));
  private static final MethodHandle IF_NAMETOINDEX = call("if_nametoindex", FunctionDescriptor.of(JAVA_INT, ADDRESS));
  private static final MethodHandle CLOSE = call("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  private final MemorySegment state;
  private final MemorySegment scratch;

  Libc(Arena arena) {
    state = arena.allocate(STATE);
    scratch = arena.allocate(64, 8);
  }

  private static MethodHandle call(String name, FunctionDescriptor type) {
    MemorySegment symbol = LINKER.defaultLookup().find(name).orElseThrow(() -> new UnsatisfiedLinkError("no " + name));
    return LINKER.downcallHandle(symbol, type, Linker.Option.captureCallState("errno"));
  }

  private int result(int returned) {
    return returned >= 0 ? returned : -state.get(JAVA_INT, ERRNO);
  }

  private static AssertionError impossible(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    return new AssertionError(thrown); // a call declares nothing that it could throw
  }

  int socket(int family, int type, int protocol) {
    try {
      return result((int) SOCKET.invokeExact(state, family, type, protocol));
    } catch (Throwable t) {
      throw impossible(t);
    }
  }

  int bind(int fd, MemorySegment address) {
    try {
      return result((int) BIND.invokeExact(state, fd, address, (int) address.byteSize()));
    } catch (Throwable t) {
      throw impossible(t);
    }
  }

  int setOption(int fd, int level, int name, MemorySegment value) {
    try {
      return result((int) SETSOCKOPT.invokeExact(state, fd, level, name, value, (int) value.byteSize()));
    } catch (Throwable t) {
      throw impossible(t);
    }
  }

  int setOption(int fd, int level, int name, int value) {
    scratch.set(JAVA_INT, 0, value);
    return setOption(fd, level, name, scratch.asSlice(0, 4));
  }

  /** Asks for a buffer, beyond the system's limit where that is allowed. */
  void setBuffer(int fd, int forced, int plain, int octets) {
    if (setOption(fd, SOL_SOCKET, forced, octets) < 0) {
      setOption(fd, SOL_SOCKET, plain, octets);
    }
  }

  /** Packets that the system dropped since the last call, because a packet socket's buffer was full. */
  long takeDrops(int fd) {
    scratch.set(JAVA_INT, 16, 8);
    try {
      int returned = (int) GETSOCKOPT.invokeExact(state, fd, SOL_PACKET, PACKET_STATISTICS, scratch, scratch.asSlice(16, 4));
      return returned < 0 ? 0 : Integer.toUnsignedLong(scratch.get(JAVA_INT, 4));
    } catch (Throwable t) {
      throw impossible(t);
    }
  }

  int sendmmsg(int fd, MemorySegment messages, int count, int flags) {
    try {
      return result((int) SENDMMSG.invokeExact(state, fd, messages, count, flags));
    } catch (Throwable t) {
      throw impossible(t);
    }
  }

  int recvmmsg(int fd, MemorySegment messages, int count, int flags) {
    try {
      return result((int) RECVMMSG.invokeExact(state, fd, messages, count, flags, MemorySegment.NULL));
    } catch (Throwable t) {
      throw impossible(t);
    }
  }

  /** Writes all octets, or none. */
  int write(int fd, MemorySegment data) {
    try {
      return result((int) (long) WRITE.invokeExact(state, fd, data, data.byteSize()));
    } catch (Throwable t) {
      throw impossible(t);
    }
  }

  int read(int fd, MemorySegment data) {
    try {
      return result((int) (long) READ.invokeExact(state, fd, data, data.byteSize()));
    } catch (Throwable t) {
      throw impossible(t);
    }
  }

  /** Waits for one of the descriptors. */
  int poll(MemorySegment descriptors, int count, int timeoutMillis) {
    try {
      return result((int) POLL.invokeExact(state, descriptors, (long) count, timeoutMillis));
    } catch (Throwable t) {
      throw impossible(t);
    }
  }

  int eventfd() {
    try {
      return result((int) EVENTFD.invokeExact(state, 0, SOCK_NONBLOCK | SOCK_CLOEXEC));
    } catch (Throwable t) {
      throw impossible(t);
    }
  }

  /** Wakes whoever polls an event descriptor. Any thread. */
  static void signal(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      long ignored = (long) WRITE.invokeExact(arena.allocate(STATE), fd, arena.allocateFrom(JAVA_LONG, 1), 8L);
    } catch (Throwable t) {
      throw impossible(t);
    }
  }

  /** Takes the signals of an event descriptor. */
  void clearSignal(int fd) {
    try {
      long ignored = (long) READ.invokeExact(state, fd, scratch, 8L);
    } catch (Throwable t) {
      throw impossible(t);
    }
  }

  int getifaddrs(MemorySegment list) {
    try {
      return result((int) GETIFADDRS.invokeExact(state, list));
    } catch (Throwable t) {
      throw impossible(t);
    }
  }

  static void freeifaddrs(MemorySegment first) {
    try (Arena arena = Arena.ofConfined()) {
      FREEIFADDRS.invokeExact(arena.allocate(STATE), first);
    } catch (Throwable t) {
      throw impossible(t);
    }
  }

  /** The index of an interface, 0 when there is none of that name. */
  int interfaceIndex(MemorySegment name) {
    try {
      return (int) IF_NAMETOINDEX.invokeExact(state, name);
    } catch (Throwable t) {
      throw impossible(t);
    }
  }

  /** Closes a descriptor; nothing happens for one below 0. */
  void close(int fd) {
    if (fd >= 0) {
      try {
        int ignored = (int) CLOSE.invokeExact(state, fd);
      } catch (Throwable t) {
        throw impossible(t);
      }
    }
  }
}
