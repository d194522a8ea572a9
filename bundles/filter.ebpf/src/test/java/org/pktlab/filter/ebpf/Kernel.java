package org.pktlab.filter.ebpf;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Assumptions;
import org.pktlab.program.EbpfInstruction;
import org.pktlab.program.EbpfProgram;

/** The eBPF machine of the kernel that runs this process: loads programs as socket filters and runs them on packets. One thread. */
final class Kernel {
  private static final int PROG_LOAD = 5;
  private static final int PROG_TEST_RUN = 10;
  private static final int SOCKET_FILTER = 1;
  private static final int ATTRIBUTES = 128;
  private static final int ETHERNET_HEADER = 14;
  private static final int EXPERIMENTAL = 0x88b5;
  private static final int MOST_OCTETS = 1 << 16;

  /** The functions of the C library that are called. */
  interface LibC extends Library {
    int syscall(NativeLong number, int command, Pointer attributes, int size) throws LastErrorException;

    int close(int descriptor);
  }

  private final LibC c = Native.load("c", LibC.class);
  private final NativeLong bpf;
  private final Memory attributes = new Memory(ATTRIBUTES);
  private final Memory license = new Memory(16);
  private final Memory in = new Memory(MOST_OCTETS);

  private Kernel(long bpf) {
    this.bpf = new NativeLong(bpf);
    license.setString(0, "Apache-2.0");
  }

  /** The kernel; a test that asks for it is skipped where there is none that lets this process load programs. */
  static Kernel get() {
    Assumptions.assumeTrue(Platform.isLinux() && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN, "optional: asks a Linux kernel");
    Assumptions.assumeTrue(Platform.isIntel() || Platform.isARM(), "optional: knows the system call on x86-64 and arm64 only");
    Assumptions.assumeTrue(Platform.is64Bit(), "optional: a 64-bit system");
    Kernel kernel = new Kernel(Platform.isARM() ? 280 : 321);
    EbpfInstruction zero = new EbpfInstruction(0xb7, 0, 0, (short) 0, 0);
    int descriptor = kernel.load(EbpfProgram.of(java.util.List.of(zero, new EbpfInstruction(0x95, 0, 0, (short) 0, 0))));
    Assumptions.assumeTrue(descriptor >= 0, "optional: the kernel does not let this process load programs (error " + -descriptor + "): needs root, or CAP_BPF and CAP_PERFMON");
    kernel.close(descriptor);
    return kernel;
  }

  /** Loads a program. Returns its descriptor, or the negative error number. */
  int load(EbpfProgram program) {
    try (Memory instructions = new Memory(Math.max(1, program.size()) * 8L)) {
      for (int i = 0; i < program.size(); i++) {
        EbpfInstruction one = program.instruction(i);
        instructions.setByte(8L * i, (byte) one.opcode());
        instructions.setByte(8L * i + 1, (byte) (one.src() << 4 | one.dst()));
        instructions.setShort(8L * i + 2, one.offset());
        instructions.setInt(8L * i + 4, one.imm());
      }
      attributes.clear();
      attributes.setInt(0, SOCKET_FILTER);
      attributes.setInt(4, program.size());
      attributes.setPointer(8, instructions);
      attributes.setPointer(16, license);
      return call(PROG_LOAD);
    }
  }

  /**
   * Runs a program that was loaded.
   *
   * @param packet at least one octet
   * @return the result, 32 bits unsigned
   */
  long run(int descriptor, byte[] packet) {
    in.clear(ETHERNET_HEADER);
    // Kernels refuse to call something IP that is too short for its header.
    boolean ipv6 = (packet[0] >> 4 & 0x0f) == 6;
    int type = packet.length < (ipv6 ? 40 : 20) ? EXPERIMENTAL : ipv6 ? 0x86dd : 0x0800;
    in.setShort(12, Short.reverseBytes((short) type));
    in.write(ETHERNET_HEADER, packet, 0, packet.length);
    attributes.clear();
    attributes.setInt(0, descriptor);
    attributes.setInt(8, ETHERNET_HEADER + packet.length);
    attributes.setPointer(16, in);
    int status = call(PROG_TEST_RUN);
    if (status < 0) {
      throw new IllegalStateException("the kernel does not run the program: error " + -status);
    }
    return attributes.getInt(4) & 0xffff_ffffL;
  }

  void close(int descriptor) {
    c.close(descriptor);
  }

  private int call(int command) {
    try {
      return c.syscall(bpf, command, attributes, ATTRIBUTES);
    } catch (LastErrorException e) {
      return -e.getErrorCode();
    }
  }
}
