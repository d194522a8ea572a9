package org.pktlab.mlet;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A declared column of an mlet's results. A value may always be absent.
 *
 * @param name lower-case letters, digits and {@code _}
 * @param type type of its values
 * @param unit unit of a number, such as {@code ns}; durations are written in this unit; empty for none
 * @param summary one line that says what it means
 * @param element the mPlane element it corresponds to, or empty
 */
public record Column(String name, ValueType type, String unit, String summary, String element) {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*");

  /** Checks the declaration. */
  public Column {
    Objects.requireNonNull(type);
    Objects.requireNonNull(unit);
    Objects.requireNonNull(summary);
    Objects.requireNonNull(element);
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("column name '" + name + "' is not of the form " + NAME);
    }
  }

  /** A column of text. */
  public static Column text(String name, String summary) {
    return new Column(name, ValueType.TEXT, "", summary, "");
  }

  /** A column of whole numbers. */
  public static Column integer(String name, String unit, String summary) {
    return new Column(name, ValueType.INTEGER, unit, summary, "");
  }

  /** A column of decimals. */
  public static Column decimal(String name, String unit, String summary) {
    return new Column(name, ValueType.DECIMAL, unit, summary, "");
  }

  /** A column of truth values. */
  public static Column flag(String name, String summary) {
    return new Column(name, ValueType.BOOLEAN, "", summary, "");
  }

  /** The same, corresponding to an mPlane element. */
  public Column asElement(String element) {
    return new Column(name, type, unit, summary, element);
  }
}
