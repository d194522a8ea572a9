package org.pktlab.config.reference;

/** What it means when a directive stands on several lines (packetlab-rendezvous.md section 13.1). */
public enum Repeat {
  /** The last line whose value is not empty counts; empty values are as if the line were not there. */
  LAST("last non-empty line wins"),
  /** The first line counts; an empty value is a bad value. */
  FIRST("first line wins"),
  /** All lines count, in the order of the file. */
  ADDS_UP("lines add up");

  private final String words;

  Repeat(String words) {
    this.words = words;
  }

  /** The rule in a few words, for a reference table. */
  public String words() {
    return words;
  }
}
