package org.pktlab.cert;

/** A certificate or request that was asked for would be wrong; the message says why. */
public final class IssueRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * Makes a refusal.
   *
   * @param sentence what is wrong, for people
   */
  public IssueRefusedException(String sentence) {
    super(sentence);
  }
}
