package org.pktlab.rendezvous;

import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * The TLS server name that selects an experiment at a controller or a proxy: 1 to 63 of {@code a-z 0-9}.
 *
 * @param text the key
 */
public record SniKey(String text) {
  /** Longest key, in octets. */
  public static final int MAX_OCTETS = 63;

  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

  public SniKey {
    Objects.requireNonNull(text, "text");
    if (text.isEmpty() || text.length() > MAX_OCTETS || firstForeign(text) >= 0) {
      throw new IllegalArgumentException("not an SNI key: " + Quoted.of(text));
    }
  }

  /**
   * @throws RendezvousException when empty, longer than 63, or holding anything but lower case letters and digits
   */
  public static SniKey parse(String text) throws RendezvousException {
    if (text.isEmpty()) {
      throw new RendezvousException(0, "empty SNI key");
    }
    if (text.length() > MAX_OCTETS) {
      throw new RendezvousException(MAX_OCTETS, "SNI key longer than " + MAX_OCTETS + " octets");
    }
    int foreign = firstForeign(text);
    if (foreign >= 0) {
      throw new RendezvousException(foreign, "SNI key holds " + Quoted.of(text.charAt(foreign)) + ", only a-z and 0-9 are allowed");
    }
    return new SniKey(text);
  }

  /**
   * A key of 63 random characters, about 325 bits.
   *
   * @param random a source that others cannot predict, such as {@link java.security.SecureRandom}
   */
  public static SniKey random(RandomGenerator random) {
    StringBuilder text = new StringBuilder(MAX_OCTETS);
    for (int i = 0; i < MAX_OCTETS; i++) {
      text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return new SniKey(text.toString());
  }

  private static int firstForeign(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (ALPHABET.indexOf(text.charAt(i)) < 0) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public String toString() {
    return text;
  }
}
