package org.pktlab.result.warts;

import java.util.Map;

/** One row, by the names of its columns. */
final class ProbeRow {
  private final Map<String, Integer> places;
  private final Object[] values;

  ProbeRow(Map<String, Integer> places, Object[] values) {
    this.places = places;
    this.values = values;
  }

  /** A text, or null. */
  String text(String column) {
    return get(column) instanceof String text ? text : null;
  }

  /** Whether there is a number. */
  boolean has(String column) {
    return get(column) instanceof Number;
  }

  /** A number, 0 when there is none. */
  long number(String column) {
    return get(column) instanceof Number number ? number.longValue() : 0;
  }

  /** A decimal, 0 when there is none. */
  double decimal(String column) {
    return get(column) instanceof Number number ? number.doubleValue() : 0;
  }

  private Object get(String column) {
    Integer place = places.get(column);
    return place == null ? null : values[place];
  }
}
