package org.pktlab.cert;

/** A key or certificate file cannot be read, written or used; the message names the file and the reason, never a secret. */
public final class CredentialException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * Makes a refusal.
   *
   * @param sentence what is wrong, for people
   */
  public CredentialException(String sentence) {
    super(sentence);
  }

  /**
   * Makes a refusal with its cause.
   *
   * @param sentence what is wrong, for people
   * @param cause what brought it about
   */
  public CredentialException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
