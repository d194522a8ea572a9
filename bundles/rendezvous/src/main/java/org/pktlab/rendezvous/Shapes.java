package org.pktlab.rendezvous;

/** Shapes of values that descriptors and configuration files share. */
public final class Shapes {
  private Shapes() {}

  /** Whether the text has the shape of a country code of ISO 3166-1 alpha-3: three capital letters. Whether it exists is not checked. */
  public static boolean isCountry(String text) {
    return text.length() == 3 && text.chars().allMatch(c -> c >= 'A' && c <= 'Z');
  }

  /** Whether the text can be a Maidenhead locator or a pattern for one: one or more of {@code A-Z 0-9 * ?}. */
  public static boolean isLocator(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '*' || c == '?');
  }
}
