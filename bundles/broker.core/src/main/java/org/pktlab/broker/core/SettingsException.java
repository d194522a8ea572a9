package org.pktlab.broker.core;

/** The configuration cannot be used; the message names the directive, what stands there and what was expected. */
final class SettingsException extends Exception {
  private static final long serialVersionUID = 1L;

  SettingsException(String message) {
    super(message);
  }
}
