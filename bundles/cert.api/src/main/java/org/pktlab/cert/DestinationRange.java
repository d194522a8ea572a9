package org.pktlab.cert;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * One entry of {@code valid_dest}: an address and a prefix length (packetlab-trust section 5.2). An address that has bits set behind its
 * prefix is legal and never matches. Immutable; equal by content.
 *
 * @param address 4 or 16 octets in network order; copied in and out
 * @param prefixLength 0 to 32 or 0 to 128
 */
public record DestinationRange(byte[] address, int prefixLength) {
  /** Checks lengths and copies. */
  public DestinationRange {
    Objects.requireNonNull(address, "address");
    if (address.length != 4 && address.length != 16) {
      throw new IllegalArgumentException("an address has 4 or 16 octets, not " + address.length);
    }
    if (prefixLength < 0 || prefixLength > address.length * 8) {
      throw new IllegalArgumentException("a prefix of " + prefixLength + " bits does not fit the address");
    }
    address = address.clone();
  }

  @Override
  public byte[] address() {
    return address.clone();
  }

  /** Returns whether this is an IPv6 entry. */
  public boolean isIpv6() {
    return address.length == 16;
  }

  /** Returns the mask that belongs to the prefix, as many octets as the address has. */
  public byte[] mask() {
    byte[] mask = new byte[address.length];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = (byte) maskOctet(i);
    }
    return mask;
  }

  /**
   * Returns whether the destination lies in this range; families must be equal.
   *
   * @param destination 4 or 16 octets in network order
   */
  public boolean matches(byte[] destination) {
    if (destination.length != address.length) {
      return false;
    }
    for (int i = 0; i < address.length; i++) {
      if ((destination[i] & maskOctet(i)) != (address[i] & 0xff)) {
        return false;
      }
    }
    return true;
  }

  /** Returns whether the address has bits set behind the prefix, so that the entry never matches. */
  public boolean hasHostBits() {
    for (int i = 0; i < address.length; i++) {
      if ((address[i] & ~maskOctet(i) & 0xff) != 0) {
        return true;
      }
    }
    return false;
  }

  /**
   * Reads an address as strictly as certificates demand: four decimal numbers without leading zeros, or IPv6 text without zone.
   *
   * @return 4 or 16 octets, or nothing if the text is no address; never asks a name server
   */
  public static Optional<byte[]> parseAddress(String text) {
    byte[] octets = text.indexOf(':') >= 0 ? AddressText.ipv6(text) : AddressText.ipv4(text);
    return Optional.ofNullable(octets);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DestinationRange
        && prefixLength == ((DestinationRange) other).prefixLength
        && Arrays.equals(address, ((DestinationRange) other).address);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(address) + prefixLength;
  }

  /** Returns the entry as a certificate carries it; the prefix is left out when it covers the whole address. */
  @Override
  public String toString() {
    String text;
    try {
      text = address.length == 16 ? AddressText.ipv6Text(address) : InetAddress.getByAddress(address).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException("the length was checked", e);
    }
    return prefixLength == address.length * 8 ? text : text + "/" + prefixLength;
  }

  private int maskOctet(int index) {
    int bits = Math.min(8, Math.max(0, prefixLength - index * 8));
    return (0xff00 >> bits) & 0xff;
  }
}
