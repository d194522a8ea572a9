package org.pktlab.cert;

import java.util.Optional;

/** What a {@code delpriv} certificate hands on: an item of {@code del_type} (packetlab-trust section 5.1). */
public enum DelegatedPrivilege {
  /** To run experiments and to publish on the operator's channel. */
  EXPPRIV("exppriv"),
  /** To act as the operator's endpoint and to subscribe to the operator's channel. */
  REPPRIV("reppriv");

  private final String text;

  DelegatedPrivilege(String text) {
    this.text = text;
  }

  /** Returns the item's text in {@code del_type}. */
  public String text() {
    return text;
  }

  /** Returns the privilege with this text, if there is one; letter case matters. */
  public static Optional<DelegatedPrivilege> ofText(String text) {
    for (DelegatedPrivilege privilege : values()) {
      if (privilege.text.equals(text)) {
        return Optional.of(privilege);
      }
    }
    return Optional.empty();
  }
}
