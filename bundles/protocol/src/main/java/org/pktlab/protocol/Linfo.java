package org.pktlab.protocol;

import java.util.Arrays;
import java.util.Objects;

/**
 * Carries a word from a component of the endpoint, one per monitor behind start (protocol specification, section 4.21).
 *
 * <p>Borrowed: arrays are neither copied in nor out; whoever shares one must not change it.
 *
 * @param name component, one character per octet (ISO 8859-1); "monitor" in practice
 * @param aux for monitors their index as two octets in the endpoint host's own byte order
 * @param info what the component says, may be empty
 */
public record Linfo(String name, byte[] aux, byte[] info) implements Notification {
  /**
   * Checks the bounds of every field.
   *
   * @throws IllegalArgumentException if a field is out of bounds
   */
  public Linfo {
    Check.latin1("name", name);
    Check.body(12L + name.length() + aux.length + info.length);
  }

  @Override
  public int type() {
    return MessageType.LINFO;
  }

  /** Equal when all fields are, arrays by their octets. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Linfo that
        && name.equals(that.name)
        && Arrays.equals(aux, that.aux)
        && Arrays.equals(info, that.info);
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, Arrays.hashCode(aux), Arrays.hashCode(info));
  }

  @Override
  public String toString() {
    return "Linfo[name=" + name
        + ", aux=" + Check.show(aux)
        + ", info=" + Check.show(info) + "]";
  }
}
