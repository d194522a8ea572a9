package org.pktlab.program;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A program that a certificate names by digest and a controller delivers: {@code type(1) body} (packetlab-programs.md section 2.1).
 * Equal programs have equal octets. Immutable, for any thread.
 */
@ProviderType
public sealed interface Program permits EbpfProgram, WasmProgram {
  /** Longest program, type octet included: the payload of a frame, whose length has 24 bits, cannot carry more. */
  int MAX_ENCODED_OCTETS = 0xff_ffff;

  /** Length of a digest in octets. */
  int DIGEST_OCTETS = 32;

  /** The type octet of the wire: 0 for eBPF, 1 for WebAssembly. */
  int type();

  /** The body of the wire without the type octet, a new array. */
  byte[] body();

  /** The wire form: type octet, then body; a new array. */
  byte[] encode();

  /** SHA-256 of {@link #encode()}, 32 octets, a new array. */
  default byte[] digest() {
    return digestOf(encode());
  }

  /** The digest as 64 lower case hex digits, as certificates write it. */
  default String digestHex() {
    return HexFormat.of().formatHex(digest());
  }

  /**
   * Reads the wire form. An eBPF body must hold at least one instruction; a WebAssembly body is not looked into and may be empty.
   *
   * @param encoded copied
   * @throws ProgramException when empty, of an unknown type, longer than {@link #MAX_ENCODED_OCTETS}, or eBPF whose body is empty or
   *     not a multiple of 8 octets
   */
  static Program decode(byte[] encoded) throws ProgramException {
    if (encoded.length == 0) {
      throw new ProgramException("empty program");
    }
    if (encoded.length > MAX_ENCODED_OCTETS) {
      throw new ProgramException("program of " + encoded.length + " octets, at most " + MAX_ENCODED_OCTETS + " are allowed");
    }
    int type = encoded[0] & 0xff;
    if (type == EbpfProgram.TYPE) {
      int length = encoded.length - 1;
      if (length == 0) {
        throw new ProgramException("eBPF program without instructions");
      }
      if (length % EbpfInstruction.OCTETS != 0) {
        throw new ProgramException("eBPF body of " + length + " octets is not a multiple of " + EbpfInstruction.OCTETS);
      }
      return new EbpfProgram(encoded.clone());
    }
    if (type == WasmProgram.TYPE) {
      return new WasmProgram(encoded.clone());
    }
    throw new ProgramException("unknown program type " + type);
  }

  /**
   * Reads a program file by the rules of its name (packetlab-manager.md section 2.3): text for {@code .ebpf} or no extension, a module
   * taken verbatim for {@code .wasm}.
   *
   * @param name file name, with or without folders before it
   * @param content what the file holds; copied
   * @throws ProgramException when {@link ProgramFile#of} says the name is no program's, or the content is no such program
   */
  static Program parseFile(String name, byte[] content) throws ProgramException {
    ProgramFile kind = ProgramFile.of(name);
    if (kind == ProgramFile.EBPF_TEXT) {
      EbpfProgram program = EbpfProgram.parseText(content);
      if (program.size() == 0) {
        throw new ProgramException("no instruction in the file");
      }
      return program;
    }
    if (kind == ProgramFile.WASM) {
      return WasmProgram.of(content);
    }
    throw new ProgramException(kind == ProgramFile.HIDDEN ? "a hidden file is no program file" : "unknown program file extension");
  }

  /** SHA-256 of octets that are already in wire form, 32 octets. */
  static byte[] digestOf(byte[] encoded) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(encoded);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Whether the octets, in wire form, have that digest. */
  static boolean hasDigest(byte[] encoded, byte[] digest) {
    return Arrays.equals(digestOf(encoded), digest);
  }
}
