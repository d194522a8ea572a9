package org.pktlab.protocol;

import java.util.Arrays;
import java.util.Objects;

/**
 * A well-framed message whose type is not assigned (protocol specification, section 2.3).
 *
 * <p>Borrowed: arrays are neither copied in nor out; whoever shares one must not change it.
 *
 * @param type 0 to 255, not assigned (see {@link MessageType#isAssigned})
 * @param body its body, unread
 */
public record Unknown(int type, byte[] body) implements Message {
  /**
   * Checks the bounds of every field.
   *
   * @throws IllegalArgumentException if a field is out of bounds
   */
  public Unknown {
    Check.u8("type", type);
    Check.that(!MessageType.isAssigned(type), "an assigned type has a message of its own");
    Check.body(body.length);
  }

  /** Equal when all fields are, arrays by their octets. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Unknown that
        && type == that.type
        && Arrays.equals(body, that.body);
  }

  @Override
  public int hashCode() {
    return Objects.hash(type, Arrays.hashCode(body));
  }

  @Override
  public String toString() {
    return "Unknown[type=" + type
        + ", body=" + Check.show(body) + "]";
  }
}
