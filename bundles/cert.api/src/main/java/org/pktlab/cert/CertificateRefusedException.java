package org.pktlab.cert;

/** A certificate or request does not decode (packetlab-trust section 6). */
public final class CertificateRefusedException extends TrustRefusedException {
  private static final long serialVersionUID = 1L;

  private final CertificateFault fault;

  /**
   * Makes a refusal.
   *
   * @param fault the first check that failed
   * @param sentence what is wrong, for people
   */
  public CertificateRefusedException(CertificateFault fault, String sentence) {
    super(fault.code(), fault.name(), sentence, null);
    this.fault = fault;
  }

  /** Returns the first check that failed. */
  public CertificateFault fault() {
    return fault;
  }
}
