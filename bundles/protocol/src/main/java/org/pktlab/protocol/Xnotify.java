package org.pktlab.protocol;

import java.util.Arrays;
import java.util.Objects;

/**
 * Notifies an endpoint of a publication that matches (protocol specification, section 4.20).
 *
 * <p>Borrowed: arrays are neither copied in nor out; whoever shares one must not change it.
 *
 * @param channel the channel of the match, 1 to 32 octets
 * @param text experiment description as in {@link Xpub}; may be empty
 */
public record Xnotify(byte[] channel, String text) implements Rendezvous {
  /**
   * Checks the bounds of every field.
   *
   * @throws IllegalArgumentException if a field is out of bounds
   */
  public Xnotify {
    Channels.check(channel);
    Channels.checkText(text, true);
    Check.body(1L + channel.length + text.length());
  }

  @Override
  public int type() {
    return MessageType.XNOTIFY;
  }

  /** Equal when all fields are, arrays by their octets. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Xnotify that
        && Arrays.equals(channel, that.channel)
        && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return Objects.hash(Arrays.hashCode(channel), text);
  }

  @Override
  public String toString() {
    return "Xnotify[channel=" + Check.show(channel)
        + ", text=" + text + "]";
  }
}
