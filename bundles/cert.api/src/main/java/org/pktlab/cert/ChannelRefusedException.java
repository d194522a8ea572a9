package org.pktlab.cert;

/** A chain permits no private channel to this client (packetlab-trust section 7.1). */
public final class ChannelRefusedException extends TrustRefusedException {
  private static final long serialVersionUID = 1L;

  private final ChannelFault fault;

  /**
   * Makes a refusal.
   *
   * @param fault the reason
   * @param sentence what is wrong, for people
   * @param cause the refusal of the chain, or null
   */
  public ChannelRefusedException(ChannelFault fault, String sentence, ChainRefusedException cause) {
    super(fault.code(), fault.name(), sentence, cause);
    this.fault = fault;
  }

  /** Returns the reason. */
  public ChannelFault fault() {
    return fault;
  }
}
