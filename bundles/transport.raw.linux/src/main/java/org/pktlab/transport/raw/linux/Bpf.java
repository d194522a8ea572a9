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
import org.pktlab.transport.HidingFailedException;
import org.pktlab.transport.parts.Errno;

/** The system call that loads programs into the kernel and has them run there. Any thread. */
final class Bpf {
  /** Octets of the attributes of a call; kernels that know fewer take more as long as those are 0. */
  static final int ATTRIBUTES = 144;

  static final int LINK_CREATE = 28;

  // Of linux/bpf.h, and the number of the system call.
  private static final long SYS_BPF = "amd64".equals(System.getProperty("os.arch")) ? 321 : 280;
  private static final int PROG_LOAD = 5;
  private static final int LOG = 1 << 16;
  private static final int E2BIG = 7;
  private static final int ENOMEM = 12;
  private static final int ENODEV = 19;
  private static final int ENOSYS = 38;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final long ERRNO = STATE.byteOffset(PathElement.groupElement("errno"));
  private static final MethodHandle SYSCALL =
      LINKER.downcallHandle(
          LINKER.defaultLookup().find("syscall").orElseThrow(),
          FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG),
          Linker.Option.captureCallState("errno"),
          Linker.Option.firstVariadicArg(1));

  private Bpf() {}

  /**
   * Loads a program; gives back its descriptor, which the caller closes.
   *
   * @param type the kernel's number of the type of program
   */
  static int load(Arena arena, int type, List<EbpfInstruction> code) throws HidingFailedException {
    MemorySegment load = arena.allocate(ATTRIBUTES, 8);
    load.set(JAVA_INT, 0, type);
    load.set(JAVA_INT, 4, code.size());
    load.set(JAVA_LONG, 8, linuxForm(arena, code).address());
    load.set(JAVA_LONG, 16, arena.allocateFrom("Apache-2.0").address());
    int loaded = call(arena, PROG_LOAD, load);
    if (loaded >= 0) {
      return loaded;
    }
    String log = "";
    if (loaded == -Errno.EINVAL || loaded == -Errno.EACCES) { // asked once more for the reason
      MemorySegment text = arena.allocate(LOG);
      load.set(JAVA_INT, 24, 1);
      load.set(JAVA_INT, 28, LOG);
      load.set(JAVA_LONG, 32, text.address());
      int again = call(arena, PROG_LOAD, load);
      if (again >= 0) {
        return again;
      }
      log = verdict(text.getString(0));
    }
    throw new HidingFailedException("the kernel does not load the program: " + (log.isEmpty() ? reason(-loaded) : log));
  }

  /** Makes the system call; gives back its result, or the error number negated. */
  static int call(Arena arena, int command, MemorySegment attributes) {
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

  /** What an error number of the kernel means to one who hides packets, and what would help. */
  static String reason(int error) {
    return switch (error) {
      case Errno.EPERM, Errno.EACCES ->
          "not permitted; the process needs the capabilities CAP_NET_ADMIN and CAP_BPF (systemd: AmbientCapabilities=CAP_NET_RAW CAP_NET_ADMIN CAP_BPF)";
      case ENOSYS -> "it takes a kernel with CONFIG_BPF_SYSCALL; this is Linux " + System.getProperty("os.version");
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
}
