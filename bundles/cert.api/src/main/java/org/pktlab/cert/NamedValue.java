package org.pktlab.cert;

import java.util.Objects;

/**
 * One pair of a name-value string that has no meaning to this software and is carried along (packetlab-trust sections 3 and 5).
 *
 * @param name the name, without the leading star of an optional limit
 * @param value the value, possibly empty
 * @param optional whether the name carried a leading star, which only limits may
 */
public record NamedValue(String name, String value, boolean optional) {
  /** Checks that nothing is missing. */
  public NamedValue {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(value, "value");
  }

  /** Returns the pair as it is written, with star and semicolon. */
  public String text() {
    return (optional ? "*" : "") + name + "=" + value + ";";
  }
}
