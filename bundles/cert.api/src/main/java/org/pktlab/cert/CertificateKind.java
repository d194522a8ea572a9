package org.pktlab.cert;

import java.util.Optional;

/** The five kinds of certificate, named by {@code cert_type} (packetlab-trust section 5.1). */
public enum CertificateKind {
  /** An endpoint may represent an operator. */
  SUBCMD("subcmd", false),
  /** A controller may run an experimenter's experiments. */
  PUBCMD("pubcmd", false),
  /** An experimenter may run experiments on an operator's endpoints. */
  EXPPRIV("exppriv", true),
  /** A deputy may hand on one or both privileges. */
  DELPRIV("delpriv", true),
  /** A program speaks for itself, to a broker or proxy or as one. */
  AGENT("agent", false);

  private final String text;
  private final boolean privilege;

  CertificateKind(String text, boolean privilege) {
    this.text = text;
    this.privilege = privilege;
  }

  /** Returns the value of {@code cert_type}. */
  public String text() {
    return text;
  }

  /** Returns whether the subject may sign certificates in turn; only such kinds carry limits and path lengths. */
  public boolean isPrivilege() {
    return privilege;
  }

  /** Returns the kind whose {@code cert_type} is this text, if there is one; letter case matters. */
  public static Optional<CertificateKind> ofText(String text) {
    for (CertificateKind kind : values()) {
      if (kind.text.equals(text)) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }
}
