package org.pktlab.transport.raw.linux;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.ThreadLocalRandom;
import org.pktlab.program.EbpfProgram;
import org.pktlab.transport.HidingFailedException;
import org.pktlab.transport.parts.Errno;

/**
 * A capture program that also runs in the kernel as the match of a rule of nftables, which drops the IP packets for which its result is positive (Linux 5.12 or
 * later). Two tables, for IPv4 and for IPv6, hold the rule at prerouting, before anything of the host's own has seen the packet but the check of its header;
 * packet sockets have got their copies earlier. The tables belong to a netlink socket. The kernel removes them with that, and so with the process, however that
 * ends; nobody else can change them meanwhile. Closing waits until no processor uses them any more, which may take some milliseconds.
 */
final class NetfilterHiding implements Hiding {
  /** What it takes, when there is no TCX. */
  private static final String NEEDS =
      "hiding packets takes Linux 6.6 or later with CONFIG_NET_XGRESS, or Linux 5.12 or later with CONFIG_NF_TABLES_IPV4, CONFIG_NF_TABLES_IPV6,"
          + " CONFIG_NFT_COMPAT and CONFIG_NETFILTER_XT_MATCH_BPF; this is Linux "
          + System.getProperty("os.version");

  // Of linux/netfilter.h and linux/netfilter/nf_tables.h; attributes are named after what they belong to.
  private static final int[] FAMILIES = {2, 10}; // IPv4 and IPv6; nft_compat of some kernels refuses tables of both
  private static final int PREROUTING = 0;
  private static final int ACCEPT = 1;
  private static final int DROP = 0;
  private static final int NEW_TABLE = 0;
  private static final int NEW_CHAIN = 3;
  private static final int NEW_RULE = 6;
  private static final int TABLE_NAME = 1;
  private static final int TABLE_FLAGS = 2;
  private static final int OWNED = 2;
  private static final int CHAIN_TABLE = 1;
  private static final int CHAIN_NAME = 3;
  private static final int CHAIN_HOOK = 4;
  private static final int CHAIN_POLICY = 5;
  private static final int CHAIN_TYPE = 7;
  private static final int HOOK_NUMBER = 1;
  private static final int HOOK_PRIORITY = 2;
  private static final int RULE_TABLE = 1;
  private static final int RULE_CHAIN = 2;
  private static final int RULE_EXPRESSIONS = 4;
  private static final int ELEMENT = 1;
  private static final int EXPRESSION_NAME = 1;
  private static final int EXPRESSION_DATA = 2;
  private static final int META_REGISTER = 1;
  private static final int META_KEY = 2;
  private static final int ARRIVING_INTERFACE = 4;
  private static final int COMPARE_REGISTER = 1;
  private static final int COMPARE_OPERATION = 2;
  private static final int COMPARE_DATA = 3;
  private static final int EQUAL = 0;
  private static final int MATCH_NAME = 1;
  private static final int MATCH_REVISION = 2;
  private static final int MATCH_INFORMATION = 3;
  private static final int SET_REGISTER = 1;
  private static final int SET_DATA = 2;
  private static final int DATA_VALUE = 1;
  private static final int DATA_VERDICT = 2;
  private static final int VERDICT_CODE = 1;
  private static final int VERDICT_REGISTER = 0;
  private static final int FIRST_REGISTER = 8;

  /** Before fragments are put together, which no packet socket has seen, and before connections are tracked. */
  private static final int PRIORITY = -500;

  private static final String CHAIN = "hide";

  // struct xt_bpf_info_v1 of linux/netfilter/xt_bpf.h
  private static final int BPF_INFORMATION = 528;
  private static final int BPF_REVISION = 1;
  private static final int BY_DESCRIPTOR = 2;

  private static final int ENOENT = 2;
  private static final int EPROTONOSUPPORT = 93;
  private static final int ENOTSUP = 95;
  private static final int EAFNOSUPPORT = 97;

  private final int socket;

  private NetfilterHiding(int socket) {
    this.socket = socket;
  }

  /** Begins to hide. A {@link Hiding.Way}. */
  static NetfilterHiding start(Interface where, EbpfProgram program) throws HidingFailedException {
    if (where.isBridge()) { // with br_netfilter, rules see packets before the bridge has them, and then its packet sockets would not
      throw new HidingFailedException(where.name() + " is a bridge, for which it takes Linux 6.6 or later; this is Linux " + System.getProperty("os.version"));
    }
    try (Arena arena = Arena.ofConfined()) {
      Libc libc = new Libc(arena);
      if (libc.interfaceIndex(arena.allocateFrom(where.name())) != where.index()) { // rules of netfilter may be about any number
        throw new HidingFailedException("the kernel makes no rule for " + where.name() + ": the interface is gone");
      }
      HidingPlace place = HidingPlace.match();
      int loaded = Bpf.load(arena, place.programType(), HidingProgram.of(program, place));
      try {
        return hide(libc, arena, where, loaded);
      } finally {
        libc.close(loaded); // the rule holds the program
      }
    }
  }

  /** Begins to hide what the program with a descriptor matches. */
  static NetfilterHiding hide(Libc libc, Arena arena, Interface where, int program) throws HidingFailedException {
    int socket = libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC, Libc.NETLINK_NETFILTER);
    if (socket < 0) {
      throw new HidingFailedException("no netlink socket for netfilter: " + reason(-socket));
    }
    boolean done = false;
    try {
      NetfilterBatch batch = new NetfilterBatch(arena);
      String table = name();
      for (int family : FAMILIES) {
        table(batch, family, table);
        chain(batch, family, table);
        rule(batch, family, table, where.index(), program);
      }
      int error = batch.send(libc, socket);
      if (error < 0) {
        throw new HidingFailedException("the kernel makes no rule for " + where.name() + ": " + reason(-error));
      }
      done = true;
      return new NetfilterHiding(socket);
    } finally {
      if (!done) {
        libc.close(socket);
      }
    }
  }

  /** Processes of one network namespace may have the same number, in containers of their own. */
  private static String name() {
    return "pktlab-" + ProcessHandle.current().pid() + "-" + Long.toHexString(ThreadLocalRandom.current().nextLong());
  }

  private static void table(NetfilterBatch batch, int family, String table) {
    batch.create(NEW_TABLE, family);
    batch.text(TABLE_NAME, table);
    batch.number(TABLE_FLAGS, OWNED);
    batch.end();
  }

  private static void chain(NetfilterBatch batch, int family, String table) {
    batch.create(NEW_CHAIN, family);
    batch.text(CHAIN_TABLE, table);
    batch.text(CHAIN_NAME, CHAIN);
    batch.text(CHAIN_TYPE, "filter");
    int hook = batch.openNest();
    batch.number(HOOK_NUMBER, PREROUTING);
    batch.number(HOOK_PRIORITY, PRIORITY);
    batch.closeNest(hook, CHAIN_HOOK);
    batch.number(CHAIN_POLICY, ACCEPT);
    batch.end();
  }

  private static void rule(NetfilterBatch batch, int family, String table, int interfaceIndex, int program) {
    batch.create(NEW_RULE, family);
    batch.text(RULE_TABLE, table);
    batch.text(RULE_CHAIN, CHAIN);
    int expressions = batch.openNest();
    expression(
        batch,
        "meta",
        () -> {
          batch.number(META_REGISTER, FIRST_REGISTER);
          batch.number(META_KEY, ARRIVING_INTERFACE);
        });
    expression(
        batch,
        "cmp",
        () -> {
          batch.number(COMPARE_REGISTER, FIRST_REGISTER);
          batch.number(COMPARE_OPERATION, EQUAL);
          int data = batch.openNest();
          batch.octets(DATA_VALUE, ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(interfaceIndex).array());
          batch.closeNest(data, COMPARE_DATA);
        });
    expression(
        batch,
        "match",
        () -> {
          batch.text(MATCH_NAME, "bpf");
          batch.number(MATCH_REVISION, BPF_REVISION);
          batch.octets(MATCH_INFORMATION, bpfInformation(program));
        });
    expression(
        batch,
        "immediate",
        () -> {
          batch.number(SET_REGISTER, VERDICT_REGISTER);
          int data = batch.openNest();
          int verdict = batch.openNest();
          batch.number(VERDICT_CODE, DROP);
          batch.closeNest(verdict, DATA_VERDICT);
          batch.closeNest(data, SET_DATA);
        });
    batch.closeNest(expressions, RULE_EXPRESSIONS);
    batch.end();
  }

  private static void expression(NetfilterBatch batch, String name, Runnable content) {
    int element = batch.openNest();
    batch.text(EXPRESSION_NAME, name);
    int data = batch.openNest();
    content.run();
    batch.closeNest(data, EXPRESSION_DATA);
    batch.closeNest(element, ELEMENT);
  }

  private static byte[] bpfInformation(int program) {
    return ByteBuffer.allocate(BPF_INFORMATION).order(ByteOrder.nativeOrder()).putShort(0, (short) BY_DESCRIPTOR).putInt(4, program).array();
  }

  /** What an error number of netfilter means here, and what would help. */
  static String reason(int error) {
    return switch (error) {
      case ENOENT, Errno.EINVAL, EPROTONOSUPPORT, ENOTSUP, EAFNOSUPPORT -> "error " + error + "; " + NEEDS;
      default -> Bpf.reason(error);
    };
  }

  @Override
  public void close() {
    try (Arena arena = Arena.ofConfined()) {
      new Libc(arena).close(socket);
    }
  }
}
