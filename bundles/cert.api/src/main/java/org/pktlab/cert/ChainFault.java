package org.pktlab.cert;

/** Why a chain is refused, with the codes of packetlab-trust section 7. */
public enum ChainFault {
  /** A certificate of the list does not decode, or a signature is wrong. */
  BAD_CERT(2),
  /** The list is too short for the mode. */
  NOT_ENOUGH_CERT(3),
  /** The list is too long for the mode, or longer than {@link ChainVerifier#MAX_CHAIN}. */
  TOO_MANY_CERT(4),
  /** A certificate is of another kind than its place demands. */
  UNEXPECTED_CERT(5),
  /** A certificate is expired or not valid yet. */
  EXPIRED_CERT(6),
  /** Neither the list nor the trusted roots hold the key that must have signed. */
  NO_MATCHING_SIGN_KEY(7),
  /** More delegations follow a certificate than it permits. */
  PATHLEN_EXCEEDED(8),
  /** The chain goes on where its mode allows nothing more. */
  END_OF_PHASES(9);

  private final int code;

  ChainFault(int code) {
    this.code = code;
  }

  /** Returns the code of the specification. */
  public int code() {
    return code;
  }
}
