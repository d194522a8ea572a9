package org.pktlab.protocol;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Subscribes an endpoint at a broker (protocol specification, section 4.19).
 *
 * <p>The list is copied; the arrays in it and the key are borrowed: whoever shares them must not change them.
 *
 * @param channels zero or more channels of 1 to 32 octets each
 * @param eopKey raw Ed25519 public key of the endpoint operator, 32 octets
 * @param text endpoint attributes: name=value; items, each name once; may be empty
 */
public record Xsub(List<byte[]> channels, byte[] eopKey, String text) implements Rendezvous {
  /**
   * Checks the bounds of every field.
   *
   * @throws IllegalArgumentException if a field is out of bounds
   */
  public Xsub {
    channels = List.copyOf(channels);
    Check.that(eopKey.length == Xpub.KEY_LENGTH, "an operator's key has 32 octets");
    Channels.checkText(text, false);
    Check.body(Channels.octets(channels) + 1L + Xpub.KEY_LENGTH + text.length());
  }

  @Override
  public int type() {
    return MessageType.XSUB;
  }

  /** Equal when all fields are, arrays by their octets. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Xsub that
        && Channels.equal(channels, that.channels)
        && Arrays.equals(eopKey, that.eopKey)
        && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return Objects.hash(Channels.hash(channels), Arrays.hashCode(eopKey), text);
  }

  @Override
  public String toString() {
    return "Xsub[channels=" + channels.size()
        + ", eopKey=" + Check.show(eopKey)
        + ", text=" + text + "]";
  }
}
