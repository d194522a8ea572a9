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
import java.nio.ByteOrder;
import java.util.List;
import org.pktlab.program.EbpfInstruction;
import org.pktlab.program.EbpfProgram;
import org.pktlab.transport.HidingFailedException;
import org.pktlab.transport.parts.Errno;

/**
 * A capture program that also runs in the kernel, where an interface hands arriving packets to the host's stack (TCX, Linux 6.6 or later): those for which its
 * result is positive are dropped there, all others pass to whatever comes next. Packet sockets have got their copies before. The kernel ends it with the
 * descriptor of the link, and so with the process, however that ends.
 */
final class TcxHiding implements AutoCloseable {
  // Of linux/bpf.h, and the number of the system call.
  private static final long SYS_BPF = "amd64".equals(System.getProperty("os.arch")) ? 321 : 280;
  private static final int PROG_LOAD = 5;
  private static final int LINK_CREATE = 28;
  private static final int PROG_TYPE_SCHED_CLS = 3;
  private static final int TCX_INGRESS = 46;
  private static final int ATTRIBUTES = 144;
  private static final int LOG = 1 << 16;
  private static final int E2BIG = 7;
  private static final int ENOMEM = 12;
  private static final int ENODEV = 19;
  private static final int ENOSYS = 38;
  private static final int ENOTSUP = 95;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final long ERRNO = STATE.byteOffset(PathElement.groupElement("errno"));
  private static final MethodHandle SYSCALL =
      LINKER.downcallHandle(
          LINKER.defaultLookup().find("syscall").orElseThrow(),
          FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG),
          Linker.Option.captureCallState("errno"),
          Linker.Option.firstVariadicArg(1));

  private final int link;

  private TcxHiding(int link) {
    this.link = link;
  }

  /**
   * Begins to hide.
   *
   * @throws HidingFailedException with the kernel's reason
   */
  static TcxHiding start(Interface where, EbpfProgram program) throws HidingFailedException {
    int header = where.linkHeader();
    if (header < 0) {
      throw new HidingFailedException("packets of " + where.name() + " have link-layer headers of the unknown kind " + where.linkType());
    }
    try (Arena arena = Arena.ofConfined()) {
      int loaded = load(arena, HidingProgram.of(program, header));
      try {
        MemorySegment attach = arena.allocate(ATTRIBUTES, 8);
        attach.set(JAVA_INT, 0, loaded);
        attach.set(JAVA_INT, 4, where.index());
        attach.set(JAVA_INT, 8, TCX_INGRESS);
        int link = bpf(arena, LINK_CREATE, attach);
        if (link < 0) {
          throw new HidingFailedException("the kernel does not attach the program to " + where.name() + ": " + reason(-link));
        }
        return new TcxHiding(link);
      } finally {
        new Libc(arena).close(loaded);
      }
    }
  }

  /** Loads a program; gives back its descriptor. */
  static int load(Arena arena, List<EbpfInstruction> code) throws HidingFailedException {
    MemorySegment load = arena.allocate(ATTRIBUTES, 8);
    load.set(JAVA_INT, 0, PROG_TYPE_SCHED_CLS);
    load.set(JAVA_INT, 4, code.size());
    load.set(JAVA_LONG, 8, linuxForm(arena, code).address());
    load.set(JAVA_LONG, 16, arena.allocateFrom("Apache-2.0").address());
    int loaded = bpf(arena, PROG_LOAD, load);
    if (loaded >= 0) {
      return loaded;
    }
    String log = "";
    if (loaded == -Errno.EINVAL || loaded == -Errno.EACCES) { // asked once more for the reason
      MemorySegment text = arena.allocate(LOG);
      load.set(JAVA_INT, 24, 1);
      load.set(JAVA_INT, 28, LOG);
      load.set(JAVA_LONG, 32, text.address());
      int again = bpf(arena, PROG_LOAD, load);
      if (again >= 0) {
        return again;
      }
      log = verdict(text.getString(0));
    }
    throw new HidingFailedException("the kernel does not load the program: " + (log.isEmpty() ? reason(-loaded) : log));
  }

  static int bpf(Arena arena, int command, MemorySegment attributes) {
    MemorySegment state = arena.allocate(STATE);
    try {
      long result = (long) SYSCALL.invokeExact(state, SYS_BPF, (long) command, attributes, attributes.byteSize());
      return result >= 0 ? (int) result : -state.get(JAVA_INT, ERRNO);
    } catch (Throwable thrown) {
      if (thrown instanceof Error error) {
        throw error;
      }
      throw new AssertionError(thrown); // a call declares nothing that it could throw
    }
  }

  /** What an error number of the kernel means here, and what would help. */
  static String reason(int error) {
    return switch (error) {
      case Errno.EPERM, Errno.EACCES ->
          "not permitted; the process needs the capabilities CAP_NET_ADMIN and CAP_BPF (systemd: AmbientCapabilities=CAP_NET_RAW CAP_NET_ADMIN CAP_BPF)";
      case Errno.EINVAL, ENOTSUP, ENOSYS ->
          "it takes Linux 6.6 or later, with CONFIG_BPF_SYSCALL and CONFIG_NET_XGRESS; this is Linux " + System.getProperty("os.version");
      case E2BIG -> "too many instructions";
      case ENODEV -> "the interface is gone";
      case ENOMEM -> "no memory for it";
      default -> "error " + error;
    };
  }

  /** What the kernel's check says at the end of its log, without statistics. */
  private static String verdict(String log) {
    String[] lines = log.strip().split("\n");
    for (int i = lines.length - 1; i >= 0; i--) {
      if (!lines[i].isBlank() && !lines[i].startsWith("processed ")) {
        return lines[i].replaceAll("\\p{Cntrl}", "?");
      }
    }
    return "";
  }

  /** The instructions as Linux wants them in memory: destination in the low nibble, the machine's byte order. */
  private static MemorySegment linuxForm(Arena arena, List<EbpfInstruction> code) {
    MemorySegment memory = arena.allocate(8L * code.size(), 8);
    var buffer = memory.asByteBuffer().order(ByteOrder.nativeOrder());
    boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    for (EbpfInstruction each : code) {
      buffer.put((byte) each.opcode());
      buffer.put((byte) (little ? each.src() << 4 | each.dst() : each.dst() << 4 | each.src()));
      buffer.putShort(each.offset());
      buffer.putInt(each.imm());
    }
    return memory;
  }

  /** The host sees its packets again. To be called once; any thread. */
  @Override
  public void close() {
    try (Arena arena = Arena.ofConfined()) {
      new Libc(arena).close(link);
    }
  }
}
