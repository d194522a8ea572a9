package org.pktlab.cert;

/** Which chain is verified, hence by which rules (packetlab-trust section 7). */
public enum ChainMode {
  /** A representation chain: {@code subcmd}, then any number of {@code delpriv} with representation privilege. */
  CONTROLLER_JUDGES_ENDPOINT(0),
  /** An experiment chain: {@code pubcmd}, then any number of {@code delpriv} with experiment privilege, then {@code exppriv}. */
  ENDPOINT_JUDGES_CONTROLLER(1),
  /** A single {@code agent} certificate. */
  AGENT(2);

  private final int code;

  ChainMode(int code) {
    this.code = code;
  }

  /** Returns the number of the mode. */
  public int code() {
    return code;
  }
}
