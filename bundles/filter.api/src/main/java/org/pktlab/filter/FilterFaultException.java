package org.pktlab.filter;

import java.util.Objects;

/** A run was cut short. Instances are constant and carry no stack trace, because hostile programs cause them at the rate of packets. */
public final class FilterFaultException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What went wrong. */
  public enum Kind {
    /** Division or remainder by a register that holds 0 (dialect of the C package only). */
    DIV_ZERO,
    /** A load outside of packet, context and stack. */
    OOB_LOAD,
    /** A store outside of context and stack. */
    OOB_STORE,
    /** The instruction budget was used up, or the program was left at its end without an exit. */
    LIMIT_OR_END
  }

  private static final FilterFaultException[] ALL = new FilterFaultException[Kind.values().length];

  static {
    for (Kind kind : Kind.values()) {
      ALL[kind.ordinal()] = new FilterFaultException(kind);
    }
  }

  private final Kind kind;

  private FilterFaultException(Kind kind) {
    super(Objects.requireNonNull(kind).name().toLowerCase(java.util.Locale.ROOT), null, false, false);
    this.kind = kind;
  }

  /** The exception of a kind. */
  public static FilterFaultException of(Kind kind) {
    return ALL[kind.ordinal()];
  }

  /** What went wrong. */
  public Kind kind() {
    return kind;
  }
}
