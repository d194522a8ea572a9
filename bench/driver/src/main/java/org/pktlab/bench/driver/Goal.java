package org.pktlab.bench.driver;

import java.util.OptionalDouble;

/**
 * What a number shall reach.
 *
 * @param kind how it is compared
 * @param value the bound, or the factor of the peer's number
 */
record Goal(Kind kind, double value) {
  /** Kinds of goals. */
  enum Kind {
    NONE,
    BELOW,
    ABOVE,
    AT_MOST,
    TIMES_PEER
  }

  static final Goal NONE = new Goal(Kind.NONE, 0);

  static Goal below(double bound) {
    return new Goal(Kind.BELOW, bound);
  }

  static Goal above(double bound) {
    return new Goal(Kind.ABOVE, bound);
  }

  static Goal atMost(double bound) {
    return new Goal(Kind.AT_MOST, bound);
  }

  static Goal timesPeer(double factor) {
    return new Goal(Kind.TIMES_PEER, factor);
  }

  /** The goal in the table's words. */
  String text() {
    return switch (kind) {
      case NONE -> "-";
      case BELOW -> "< " + Numbers.text(value);
      case ABOVE -> "> " + Numbers.text(value);
      case AT_MOST -> "<= " + Numbers.text(value);
      case TIMES_PEER -> value == 1 ? "> peer" : ">= " + Numbers.text(value) + " x peer";
    };
  }

  /** {@code yes}, {@code no}, or {@code -} where there is nothing to compare. */
  String reached(OptionalDouble ours, OptionalDouble peer) {
    if (kind == Kind.NONE || ours.isEmpty() || (kind == Kind.TIMES_PEER && peer.isEmpty())) {
      return "-";
    }
    double number = ours.getAsDouble();
    boolean yes =
        switch (kind) {
          case BELOW -> number < value;
          case ABOVE -> number > value;
          case AT_MOST -> number <= value;
          default -> value == 1 ? number > peer.getAsDouble() : number >= value * peer.getAsDouble();
        };
    return yes ? "yes" : "no";
  }
}
