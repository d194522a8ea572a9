package org.pktlab.protocol;

import java.util.Arrays;
import java.util.Objects;

/**
 * Delivers a program that the certificates ask for (protocol specification, section 4.1).
 *
 * <p>Borrowed: arrays are neither copied in nor out; whoever shares one must not change it.
 *
 * @param hint purpose, one character per octet (ISO 8859-1), 0 to 255 of them; "monitor" and "filter" are understood
 * @param data the encoded program (section 4.24), not inspected here; may be empty
 */
public record Cdata(String hint, byte[] data) implements Request {
  /**
   * Checks the bounds of every field.
   *
   * @throws IllegalArgumentException if a field is out of bounds
   */
  public Cdata {
    Check.latin1("hint", hint);
    Check.that(hint.length() <= 0xFF, "the hint must not exceed 255 characters");
    Check.body(1L + hint.length() + data.length);
  }

  @Override
  public int type() {
    return MessageType.CDATA;
  }

  /** Equal when all fields are, arrays by their octets. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Cdata that
        && hint.equals(that.hint)
        && Arrays.equals(data, that.data);
  }

  @Override
  public int hashCode() {
    return Objects.hash(hint, Arrays.hashCode(data));
  }

  @Override
  public String toString() {
    return "Cdata[hint=" + hint
        + ", data=" + Check.show(data) + "]";
  }
}
