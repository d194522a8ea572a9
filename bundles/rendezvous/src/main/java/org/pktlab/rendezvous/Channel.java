package org.pktlab.rendezvous;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A channel: 1 to 32 octets (packetlab-rendezvous.md section 4).
 *
 * <p>32 octets are a private channel, the key identifier of an operator or deputy, whose use must be proved by certificates; anything
 * shorter is public. Immutable, for any thread.
 */
public final class Channel {
  /** Length of a private channel and greatest length of any, in octets. */
  public static final int PRIVATE_OCTETS = 32;

  private final byte[] octets;

  private Channel(byte[] octets) {
    this.octets = octets;
  }

  /**
   * @param octets copied
   * @throws RendezvousException when there are none or more than 32
   */
  public static Channel of(byte[] octets) throws RendezvousException {
    if (octets.length == 0) {
      throw new RendezvousException(0, "empty channel");
    }
    if (octets.length > PRIVATE_OCTETS) {
      throw new RendezvousException(PRIVATE_OCTETS, "channel of " + octets.length + " octets, at most 32 are allowed");
    }
    return new Channel(octets.clone());
  }

  /**
   * @param text 2 to 64 hex digits of either case, an even number, no prefix
   * @throws RendezvousException when it is anything else
   */
  public static Channel ofHex(String text) throws RendezvousException {
    if (text.isEmpty()) {
      throw new RendezvousException(0, "empty channel");
    }
    if (text.length() > 2 * PRIVATE_OCTETS) {
      throw new RendezvousException(2 * PRIVATE_OCTETS, "channel of " + text.length() + " hex digits, at most 64 are allowed");
    }
    for (int i = 0; i < text.length(); i++) {
      if (!HexFormat.isHexDigit(text.charAt(i))) {
        throw new RendezvousException(i, Quoted.of(text.charAt(i)) + " is not a hex digit");
      }
    }
    if (text.length() % 2 != 0) {
      throw new RendezvousException(text.length(), "odd number of hex digits");
    }
    return new Channel(HexFormat.of().parseHex(text));
  }

  /** Whether its use must be proved by certificates: it has 32 octets. */
  public boolean isPrivate() {
    return octets.length == PRIVATE_OCTETS;
  }

  /** Number of octets, 1 to 32. */
  public int length() {
    return octets.length;
  }

  /** The octets, a new array. */
  public byte[] octets() {
    return octets.clone();
  }

  /** Lower case hex digits. */
  public String hex() {
    return HexFormat.of().formatHex(octets);
  }

  void put(ByteBuffer out) {
    out.put((byte) octets.length).put(octets);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Channel that && Arrays.equals(that.octets, octets);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(octets);
  }

  /** Same as {@link #hex()}. */
  @Override
  public String toString() {
    return hex();
  }
}
