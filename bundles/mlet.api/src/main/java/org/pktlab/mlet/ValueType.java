package org.pktlab.mlet;

/** Types of parameters and result columns, with the Java type of their values. */
public enum ValueType {
  /** {@link String}. */
  TEXT,
  /** {@link Long}. */
  INTEGER,
  /** {@link Double}. */
  DECIMAL,
  /** {@link Boolean}; as a parameter, a flag that is given or not. */
  BOOLEAN,
  /**
   * {@link java.time.Duration}. Written as {@code 250ms}, {@code 1.5s}, {@code 2m}; a bare number is in the parameter's unit, or seconds.
   */
  DURATION
}
