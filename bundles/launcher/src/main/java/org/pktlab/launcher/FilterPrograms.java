package org.pktlab.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.pktlab.program.EbpfInstruction;
import org.pktlab.program.EbpfProgram;
import org.pktlab.program.Program;
import org.pktlab.program.ProgramException;
import org.pktlab.program.WasmProgram;

/** Files that hold an eBPF program: the text form, or the encoded form as octets or as hexadecimal digits (packetlab-programs sections 2.1 and 2.3). */
final class FilterPrograms {
  /** Octets of the longest file that is read; enough for a commented program of 65,535 instructions. */
  static final int LONGEST_FILE = 1 << 24;

  private FilterPrograms() {}

  /** Reads a file, {@code -} for standard input. */
  static EbpfProgram read(Path file) throws CommandFailure {
    byte[] octets;
    try (InputStream in = file.toString().equals("-") ? System.in : Files.newInputStream(file)) {
      octets = in.readNBytes(LONGEST_FILE + 1);
    } catch (IOException e) {
      throw new CommandFailure(file + " cannot be read: " + reason(e));
    }
    if (octets.length > LONGEST_FILE) {
      throw new CommandFailure(file + " is longer than " + LONGEST_FILE + " octets: that is no filter");
    }
    try {
      return parse(octets);
    } catch (CaseException e) {
      throw new CommandFailure(file + ": " + e.getMessage());
    }
  }

  /** What went wrong with a file, in words. */
  static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "there is no such file";
    }
    return e instanceof AccessDeniedException ? "access is denied" : String.valueOf(e.getMessage());
  }

  private static EbpfProgram parse(byte[] octets) throws CaseException {
    // A text begins with neither of these octets, and no line of it is one long number.
    if (octets.length > 0 && (octets[0] == EbpfProgram.TYPE || octets[0] == WasmProgram.TYPE)) {
      return encoded(octets);
    }
    String digits = new String(octets, StandardCharsets.ISO_8859_1).strip();
    if (digits.length() > 2 * EbpfInstruction.OCTETS && digits.startsWith("0") && digits.length() % 2 == 0 && digits.matches("[0-9a-fA-F]+")) {
      return encoded(HexFormat.of().parseHex(digits));
    }
    try {
      return EbpfProgram.parseText(octets);
    } catch (ProgramException e) {
      throw CaseException.malformed(e.getMessage());
    }
  }

  /**
   * The program of an encoded form. One without instructions is a program too, which every check refuses.
   *
   * @throws CaseException when it is none, or not eBPF
   */
  static EbpfProgram encoded(byte[] octets) throws CaseException {
    try {
      if (octets.length == 1 && octets[0] == EbpfProgram.TYPE) {
        return EbpfProgram.of(List.of());
      }
      boolean module = octets.length > 3 && octets[0] == 0 && octets[1] == 'a' && octets[2] == 's' && octets[3] == 'm';
      if (!module && Program.decode(octets) instanceof EbpfProgram program) {
        return program;
      }
    } catch (ProgramException e) {
      throw CaseException.malformed(e.getMessage());
    }
    throw CaseException.malformed("a WebAssembly module, and no eBPF program");
  }
}
