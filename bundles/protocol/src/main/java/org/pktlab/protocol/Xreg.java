package org.pktlab.protocol;

/**
 * Registers a key at a proxy (protocol specification, section 4.20).
 *
 * @param key 1 to 63 characters from 0-9 and a-z
 */
public record Xreg(String key) implements Rendezvous {
  /** The most characters of a key. */
  public static final int MAX_KEY = 63;

  static boolean isKeyCharacter(char c) {
    return c >= '0' && c <= '9' || c >= 'a' && c <= 'z';
  }

  /**
   * Checks the bounds of every field.
   *
   * @throws IllegalArgumentException if a field is out of bounds
   */
  public Xreg {
    Check.that(key.length() >= 1 && key.length() <= MAX_KEY, "a key has 1 to 63 characters");
    for (int i = 0; i < key.length(); i++) {
      Check.that(isKeyCharacter(key.charAt(i)), "a key consists of 0-9 and a-z");
    }
  }

  @Override
  public int type() {
    return MessageType.XREG;
  }
}
