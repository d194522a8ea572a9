package org.pktlab.rendezvous;

import java.util.Objects;

/**
 * One {@code name=value;} pair of a descriptor or of endpoint attributes (packetlab-rendezvous.md section 2).
 *
 * @param name 1 or more of {@code A-Z a-z 0-9 _ -}
 * @param value 0 or more of {@code A-Z a-z 0-9 _ - . : [ ] , / ( ) * ?}, space and tab; in endpoint attributes never {@code * ?}
 */
public record Pair(String name, String value) {
  public Pair {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(value, "value");
    if (!PairSyntax.isName(name)) {
      throw new IllegalArgumentException("not a pair name: " + Quoted.of(name));
    }
    if (!PairSyntax.isValue(value, true)) {
      throw new IllegalArgumentException("not a pair value: " + Quoted.of(value));
    }
  }

  /** The pair as written on the wire, with its closing semicolon. */
  @Override
  public String toString() {
    return name + "=" + value + ";";
  }
}
