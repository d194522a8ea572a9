package org.pktlab.cert;

/** Why a broker refuses the chain of a publication or subscription, with the codes of packetlab-trust section 7.1. */
public enum ChannelFault {
  /** The chain does not verify. */
  BAD_CHAIN(2),
  /** The chain verifies, but belongs to another client or another operator than the message says. */
  BAD_KEY(3);

  private final int code;

  ChannelFault(int code) {
    this.code = code;
  }

  /** Returns the code of the specification. */
  public int code() {
    return code;
  }
}
