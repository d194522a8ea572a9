package org.pktlab.protocol;

import java.util.Arrays;

/**
 * Gives a certificate to a broker (protocol specification, section 4.18).
 *
 * <p>Borrowed: arrays are neither copied in nor out; whoever shares one must not change it.
 *
 * @param der one DER certificate, not inspected here; at least one octet
 */
public record Xcert(byte[] der) implements Rendezvous {
  /**
   * Checks the bounds of every field.
   *
   * @throws IllegalArgumentException if a field is out of bounds
   */
  public Xcert {
    Check.that(der.length >= 1, "a certificate must have at least one octet");
    Check.body(der.length);
  }

  @Override
  public int type() {
    return MessageType.XCERT;
  }

  /** Equal when all fields are, arrays by their octets. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Xcert that
        && Arrays.equals(der, that.der);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(der);
  }

  @Override
  public String toString() {
    return "Xcert[der=" + Check.show(der) + "]";
  }
}
