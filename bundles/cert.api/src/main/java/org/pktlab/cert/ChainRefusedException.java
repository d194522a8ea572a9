package org.pktlab.cert;

/** A chain does not verify (packetlab-trust section 7). */
public final class ChainRefusedException extends TrustRefusedException {
  private static final long serialVersionUID = 1L;

  private final ChainFault fault;

  /**
   * Makes a refusal.
   *
   * @param fault the reason
   * @param sentence what is wrong, for people
   */
  public ChainRefusedException(ChainFault fault, String sentence) {
    this(fault, sentence, null);
  }

  /**
   * Makes a refusal that a certificate of the list brought about.
   *
   * @param fault the reason
   * @param sentence what is wrong, for people
   * @param cause the refusal of the certificate, or null
   */
  public ChainRefusedException(ChainFault fault, String sentence, CertificateRefusedException cause) {
    super(fault.code(), fault.name(), sentence, cause);
    this.fault = fault;
  }

  /** Returns the reason. */
  public ChainFault fault() {
    return fault;
  }
}
