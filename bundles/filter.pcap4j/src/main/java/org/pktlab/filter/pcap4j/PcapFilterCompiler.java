package org.pktlab.filter.pcap4j;

import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import java.lang.reflect.Field;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.pcap4j.core.BpfProgram;
import org.pcap4j.core.BpfProgram.BpfCompileMode;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapNativeException;
import org.pcap4j.core.Pcaps;
import org.pcap4j.packet.namednumber.DataLinkType;
import org.pktlab.filter.FilterCompiler;
import org.pktlab.filter.FilterSyntaxException;
import org.pktlab.program.EbpfProgram;

/**
 * Compiles pcap-filter expressions: libpcap makes classic BPF of them, for packets that begin with their IP header, and that is translated. libpcap is loaded with the
 * first expression; no interface is opened. Names of hosts are looked up by libpcap with the host's resolver.
 */
@Component
public final class PcapFilterCompiler implements FilterCompiler {
  /** What a matching packet yields: more octets than any packet has. */
  private static final int SNAPSHOT = 262_144;

  /** Octets of an instruction in libpcap's memory: code, two jumps, operand. */
  private static final int INSTRUCTION = 8;

  private static final int MOST_INSTRUCTIONS = 4_096;

  @Override
  public EbpfProgram compile(String expression) throws FilterSyntaxException {
    if (expression.length() > MAX_EXPRESSION || expression.indexOf('\0') >= 0) {
      throw new FilterSyntaxException("the expression is longer than " + MAX_EXPRESSION + " characters or holds one that no expression has");
    }
    return ClassicTranslation.translate(classic(expression));
  }

  /** What libpcap makes of an expression. */
  static List<ClassicInstruction> classic(String expression) throws FilterSyntaxException {
    try (PcapHandle handle = Pcaps.openDead(DataLinkType.RAW, SNAPSHOT)) {
      BpfProgram program = handle.compileFilter(expression, BpfCompileMode.OPTIMIZE, netmaskUnknown());
      try {
        return instructions(program);
      } finally {
        program.free();
      }
    } catch (PcapNativeException e) {
      throw new FilterSyntaxException("no filter expression: " + oneLine(e.getMessage()), e);
    } catch (NotOpenException e) {
      throw new IllegalStateException("the handle is open until the end", e);
    } catch (LinkageError e) {
      // pcap4j loads the library when it is first used; a second try fails with another kind of the same.
      throw new FilterSyntaxException("filter expressions need libpcap, which cannot be loaded: install it (Debian and Ubuntu: apt install libpcap0.8)", e);
    }
  }

  /** pcap4j keeps the program to itself; JNA can read the structure all the same. */
  private static List<ClassicInstruction> instructions(BpfProgram program) throws FilterSyntaxException {
    Structure structure;
    try {
      Field field = BpfProgram.class.getDeclaredField("program");
      field.setAccessible(true);
      structure = (Structure) field.get(program);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("not the pcap4j that this was built with", e);
    }
    int count = (int) structure.readField("bf_len");
    Structure first = (Structure) structure.readField("bf_insns");
    if (first == null || count < 1 || count > MOST_INSTRUCTIONS) {
      throw new FilterSyntaxException("the expression makes " + count + " instructions, at most " + MOST_INSTRUCTIONS + " are translated");
    }
    Pointer memory = first.getPointer();
    List<ClassicInstruction> instructions = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      long at = (long) i * INSTRUCTION;
      int code = memory.getShort(at) & 0xffff;
      instructions.add(new ClassicInstruction(code, memory.getByte(at + 2) & 0xff, memory.getByte(at + 3) & 0xff, memory.getInt(at + 4)));
    }
    return instructions;
  }

  private static Inet4Address netmaskUnknown() {
    try {
      return (Inet4Address) InetAddress.getByAddress(new byte[] {-1, -1, -1, -1});
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four octets are an address", e);
    }
  }

  private static String oneLine(String text) {
    return String.valueOf(text).replaceAll("\\p{Cntrl}+", " ").trim();
  }
}
