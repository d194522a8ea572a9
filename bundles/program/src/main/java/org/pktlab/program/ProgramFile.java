package org.pktlab.program;

/** What the name of a file in a program directory says about it (packetlab-manager.md section 2.3). */
public enum ProgramFile {
  /** The name begins with a dot: passed over silently. */
  HIDDEN,
  /** {@code .ebpf} or no extension: eBPF in text form. */
  EBPF_TEXT,
  /** {@code .wasm}: a WebAssembly module, verbatim. */
  WASM,
  /** Any other extension: passed over with a warning. */
  UNKNOWN;

  /**
   * @param name file name, with or without folders before it; extensions are case-sensitive
   */
  public static ProgramFile of(String name) {
    String file = name.substring(name.lastIndexOf('/') + 1);
    if (file.startsWith(".")) {
      return HIDDEN;
    }
    int dot = file.lastIndexOf('.');
    if (dot < 0 || file.endsWith(".ebpf")) {
      return EBPF_TEXT;
    }
    return file.endsWith(".wasm") ? WASM : UNKNOWN;
  }
}
