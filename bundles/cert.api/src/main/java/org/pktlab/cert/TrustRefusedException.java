package org.pktlab.cert;

import java.util.Objects;

/** A refusal of the trust floor: a number and name that other implementations know, and a sentence for people. */
public abstract class TrustRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int code;
  private final String reason;

  TrustRefusedException(int code, String reason, String sentence, Throwable cause) {
    super(Objects.requireNonNull(sentence), cause);
    this.code = code;
    this.reason = reason;
  }

  /** Returns the number of the reason, or -1 where the specification gives none. */
  public int code() {
    return code;
  }

  /** Returns the name of the reason, such as {@code BAD_CERT}. */
  public String reason() {
    return reason;
  }
}
