package org.pktlab.protocol;

/**
 * Addresses of the endpoint's 32-bit virtual memory, all integers in it big-endian (protocol specification, section 6).
 *
 * <p>A name is the first address of its region; {@code _LENGTH} is its size in octets and {@code _ENTRIES} the number of its
 * entries of {@code _STRIDE} octets. {@code OFFSET_} constants are relative to a socket block. Unmapped addresses read as zero and
 * discard writes.
 */
public final class MemoryMap {
  /** No access may reach beyond this: address + length must not exceed it. */
  public static final long MAX_ADDRESS = 0xFFFFFFFFL;

  /** The most octets that one mread can ask for. */
  public static final int MAX_READ = 0xFFFF;

  /** Number of exported IPv4 addresses, u8, read-only; 256 addresses show as 0. */
  public static final int IPV4_COUNT = 0x10000000;

  /** Number of exported IPv6 addresses, u8, read-only; in one region with {@link #IPV4_COUNT}. */
  public static final int IPV6_COUNT = 0x10000001;

  /** Supported protocols, u32, read-only: {@link #PROTOCOL_RAW}, {@link #PROTOCOL_TCP}, {@link #PROTOCOL_UDP}. */
  public static final int PROTOCOLS = 0x10000002;

  /** Octets of {@link #PROTOCOLS}. */
  public static final int PROTOCOLS_LENGTH = 4;

  /** Bit of {@link #PROTOCOLS}: raw. */
  public static final int PROTOCOL_RAW = 1;

  /** Bit of {@link #PROTOCOLS}: TCP. */
  public static final int PROTOCOL_TCP = 1 << 1;

  /** Bit of {@link #PROTOCOLS}: UDP. */
  public static final int PROTOCOL_UDP = 1 << 2;

  /** Global buffer limit in octets, u32, read-only; the same value as {@link #BUFFER_LIMIT}. */
  public static final int BUFFER_LIMIT_COPY = 0x10000006;

  /** Exported IPv4 addresses in order of preference, each followed by its netmask, read-only. */
  public static final int IPV4_LIST = 0x10000100;

  /** Octets of one entry of {@link #IPV4_LIST}: address and netmask. */
  public static final int IPV4_LIST_STRIDE = 8;

  /** Entries of {@link #IPV4_LIST}; unused ones are zero. */
  public static final int IPV4_LIST_ENTRIES = 256;

  /** Exported IPv6 addresses in order of preference, read-only. */
  public static final int IPV6_LIST = 0x10001000;

  /** Octets of one entry of {@link #IPV6_LIST}. */
  public static final int IPV6_LIST_STRIDE = 16;

  /** Entries of {@link #IPV6_LIST}; unused ones are zero. */
  public static final int IPV6_LIST_ENTRIES = 256;

  /** Current time of the endpoint, u64 nanoseconds since 1970-01-01 UTC, read-only. */
  public static final int CLOCK = 0x10010000;

  /** Octets of {@link #CLOCK}. */
  public static final int CLOCK_LENGTH = 8;

  /** Global buffer limit in octets, u32, read-only. */
  public static final int BUFFER_LIMIT = 0x10010010;

  /** Global buffer in use in octets, u32, read-only. */
  public static final int BUFFER_USED = 0x10010014;

  /** Number of IPv4 resolvers, u8, read-only. */
  public static final int IPV4_RESOLVER_COUNT = 0x10020000;

  /** Number of IPv6 resolvers, u8, read-only; in one region with {@link #IPV4_RESOLVER_COUNT}. */
  public static final int IPV6_RESOLVER_COUNT = 0x10020001;

  /** IPv4 resolvers in order of preference, 4 octets each, read-only. */
  public static final int IPV4_RESOLVERS = 0x10020010;

  /** IPv6 resolvers in order of preference, 16 octets each, read-only. */
  public static final int IPV6_RESOLVERS = 0x10020100;

  /** Entries of {@link #IPV4_RESOLVERS} and of {@link #IPV6_RESOLVERS}. */
  public static final int RESOLVER_ENTRIES = 16;

  /** What the system does to the fields of an IPv4 header sent raw, one {@code TREATMENT_} octet per field, read-only. */
  public static final int IPV4_TREATMENT = 0x10020200;

  /** Octets of {@link #IPV4_TREATMENT}. */
  public static final int IPV4_TREATMENT_LENGTH = 12;

  /** What the system does to the fields of an IPv6 header sent raw, one {@code TREATMENT_} octet per field, read-only. */
  public static final int IPV6_TREATMENT = 0x10020210;

  /** Octets of {@link #IPV6_TREATMENT}. */
  public static final int IPV6_TREATMENT_LENGTH = 8;

  /** The field is left alone. */
  public static final int TREATMENT_KEPT = 0;

  /** The field is always overwritten. */
  public static final int TREATMENT_OVERWRITTEN = 1;

  /** The field is filled in if it is zero. */
  public static final int TREATMENT_FILLED = 2;

  /** Host identifier, text padded with zeros, read-only; empty when not configured. */
  public static final int HOST_ID = 0x10030000;

  /** Octets of {@link #HOST_ID}, of which the last is always zero. */
  public static final int HOST_ID_LENGTH = 0x100;

  /** Latitude and longitude as text: reserved, unmapped. */
  public static final int POSITION = 0x10030100;

  /** Octets of {@link #POSITION}. */
  public static final int POSITION_LENGTH = 0x40;

  /** Operating system as text: reserved, unmapped. */
  public static final int OPERATING_SYSTEM = 0x10030200;

  /** Octets of {@link #OPERATING_SYSTEM}. */
  public static final int OPERATING_SYSTEM_LENGTH = 0x200;

  /**
   * Our extension negotiation word, u32, read-write. It is not part of the reference's map: a C endpoint reads it as 0 and discards
   * what is written, so that 0 means "no extensions" on either side. A
   * controller writes the bits it wants and reads back those that are granted (docs/reference/extensions.md).
   */
  public static final int EXTENSION_WORD = 0x10040000;

  /** Octets of {@link #EXTENSION_WORD}. */
  public static final int EXTENSION_WORD_LENGTH = 4;

  /**
   * Bit of the extension word: ncap programs have three answers, 0 to ignore a packet, a positive number to consume it (the host does not see it) and a negative
   * number to mirror it; the magnitude is how many octets to keep.
   */
  public static final int EXTENSION_CONSUME = 1;

  /**
   * The address that a controller saw the endpoint under, written by controllers of ours: u8 family (4, 6, or 0 for none), then 4 or 16 octets. Ours; a C endpoint
   * discards it.
   */
  public static final int EXTERNAL_ADDRESS = 0x10040010;

  /** Octets of {@link #EXTERNAL_ADDRESS}. */
  public static final int EXTERNAL_ADDRESS_LENGTH = 17;

  /** What the vantage point tells about itself: u16 length, then so many octets of lines {@code item=value} in UTF-8, read-only. Ours; zero at a C endpoint. */
  public static final int FACTS = 0x10041000;

  /** Octets of {@link #FACTS}. */
  public static final int FACTS_LENGTH = 4096;

  /** First socket block. */
  public static final int SOCKET_BASE = 0x20000000;

  /** Octets from one socket block to the next. */
  public static final int SOCKET_STRIDE = 0x400;

  /** Number of socket blocks: sktid 0 to 255. */
  public static final int SOCKET_COUNT = 256;

  /** First address behind the socket blocks. */
  public static final int SOCKET_END = SOCKET_BASE + SOCKET_COUNT * SOCKET_STRIDE;

  /** {@link Family}, u8, read-only; 0 when free. */
  public static final int OFFSET_FAMILY = 0x000;

  /** {@link Protocol}, u8, read-only; 0 when free. */
  public static final int OFFSET_PROTO = 0x001;

  /** {@link SocketState}, i8, read-only. */
  public static final int OFFSET_STATE = 0x002;

  /** Local address, {@link #ADDRESS_FIELD_LENGTH} octets, read-only. */
  public static final int OFFSET_LADDR = 0x010;

  /** Remote address of a TCP connection, {@link #ADDRESS_FIELD_LENGTH} octets, read-only; else zero. */
  public static final int OFFSET_RADDR = 0x020;

  /** Octets of an address field; an IPv4 address fills the first four, the rest is zero. */
  public static final int ADDRESS_FIELD_LENGTH = 16;

  /** Local port, u16, read-only; 0 for raw. */
  public static final int OFFSET_LPORT = 0x030;

  /** Remote port of a TCP connection, u16, read-only; else 0. */
  public static final int OFFSET_RPORT = 0x032;

  /** Receive allowance in octets of payload, u32, read-write. */
  public static final int OFFSET_RBUFSZ = 0x040;

  /** Payload octets received and not yet handed to the control connection, u32, read-only. */
  public static final int OFFSET_RBUFUSED = 0x044;

  /** Octets dropped, u32, saturating, read-only. */
  public static final int OFFSET_DROPPED_OCTETS = 0x050;

  /** Units dropped, u32, saturating, read-only. */
  public static final int OFFSET_DROPPED_UNITS = 0x054;

  /** {@link SendError}, i8, sticky, read-write. */
  public static final int OFFSET_SEND_ERROR = 0x060;

  /** Tag of the last send error, u16 at an odd offset, read-write. */
  public static final int OFFSET_SEND_ERROR_TAG = 0x061;

  /** {@link NotificationMask}, u16, read-write. */
  public static final int OFFSET_NOTIFICATION_MASK = 0x070;

  /** Control flags, {@link #CONTROL_FLAGS_LENGTH} octets, stored and returned, read-write. */
  public static final int OFFSET_CONTROL_FLAGS = 0x100;

  /** Octets of the control flags. */
  public static final int CONTROL_FLAGS_LENGTH = 128;

  /**
   * How the times at which packets of the socket left were taken, the worst so far: u8, read-only, 0 unknown, 1 user space, 2 kernel, 3 hardware. Ours; zero at a
   * C endpoint.
   */
  public static final int OFFSET_SEND_TIME_SOURCE = 0x180;

  /** How times of reception are taken, u8 like {@link #OFFSET_SEND_TIME_SOURCE}. Ours; zero at a C endpoint. */
  public static final int OFFSET_RECEIVE_TIME_SOURCE = 0x181;

  /**
   * Tagged packets of the socket whose time was taken in user space although the kernel usually gives it, u32, saturating, read-only. Ours; zero at a C endpoint.
   */
  public static final int OFFSET_SEND_TIMES_MISSED = 0x184;

  /** Send times by index, u64 each, read-only; always zero at a C endpoint. */
  public static final int SEND_TIMES = 0x30000000;

  /** Octets of one entry of {@link #SEND_TIMES}. */
  public static final int SEND_TIMES_STRIDE = 8;

  /** Entries of {@link #SEND_TIMES}. */
  public static final int SEND_TIMES_ENTRIES = 65536;

  /** Monitors' scratch memory: reserved, unmapped for controllers. */
  public static final int MONITOR_SCRATCH = 0x40000000;

  /** Monitors' persistent memory: reserved, unmapped for controllers. */
  public static final int MONITOR_PERSISTENT = 0x50000000;

  /** Octets of each of the two monitor memories. */
  public static final int MONITOR_MEMORY_LENGTH = 0x10000000;

  private MemoryMap() {}

  /**
   * The first address of a socket's block.
   *
   * @throws IllegalArgumentException if the socket id is not 0 to 255
   */
  public static int socketBlock(int sktid) {
    Check.u8("sktid", sktid);
    return SOCKET_BASE + sktid * SOCKET_STRIDE;
  }

  /**
   * The address of a field of a socket's block.
   *
   * @throws IllegalArgumentException if the socket id is not 0 to 255 or the field lies outside the block
   */
  public static int socketField(int sktid, int fieldOffset) {
    Check.that(fieldOffset >= 0 && fieldOffset < SOCKET_STRIDE, "a field lies inside its block");
    return socketBlock(sktid) + fieldOffset;
  }
}
