package org.pktlab.program;

import java.util.Arrays;

/** A WebAssembly module, type 1, verbatim and not looked into. */
public final class WasmProgram implements Program {
  /** The type octet. */
  public static final int TYPE = 1;

  private final byte[] encoded;

  /** Takes over octets that begin with type 1. */
  WasmProgram(byte[] encoded) {
    this.encoded = encoded;
  }

  /**
   * @param module the module with its own header; copied
   * @throws ProgramException when it is too long for the wire
   */
  public static WasmProgram of(byte[] module) throws ProgramException {
    if (module.length > MAX_ENCODED_OCTETS - 1) {
      throw new ProgramException("module of " + module.length + " octets, at most " + (MAX_ENCODED_OCTETS - 1) + " are allowed");
    }
    byte[] encoded = new byte[module.length + 1];
    encoded[0] = TYPE;
    System.arraycopy(module, 0, encoded, 1, module.length);
    return new WasmProgram(encoded);
  }

  @Override
  public int type() {
    return TYPE;
  }

  @Override
  public byte[] body() {
    return Arrays.copyOfRange(encoded, 1, encoded.length);
  }

  @Override
  public byte[] encode() {
    return encoded.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof WasmProgram that && Arrays.equals(that.encoded, encoded);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(encoded);
  }

  @Override
  public String toString() {
    return "WebAssembly module of " + (encoded.length - 1) + " octets, digest " + digestHex();
  }
}
