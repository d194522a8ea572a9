package org.pktlab.mlet;

import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A declared parameter of an mlet.
 *
 * @param name lower-case letters, digits and {@code -}; the option is {@code --name}
 * @param letter the one-letter spelling of the option, or 0
 * @param type type of its value
 * @param unit unit of a number or duration, such as {@code ms}; empty for none
 * @param summary one line for help texts
 * @param positional given by place rather than by option
 * @param required must be given
 * @param repeatable may be given more than once
 * @param defaultText default as it would be written on the command line, or null for none
 * @param oneOf the accepted values, or empty for any
 * @param least smallest accepted number (duration: in seconds), or NaN
 * @param most largest accepted number (duration: in seconds), or NaN
 * @param element the mPlane element it corresponds to, or empty
 */
public record Parameter(
    String name,
    char letter,
    ValueType type,
    String unit,
    String summary,
    boolean positional,
    boolean required,
    boolean repeatable,
    String defaultText,
    List<String> oneOf,
    double least,
    double most,
    String element) {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");

  /** Checks the declaration. */
  public Parameter {
    Objects.requireNonNull(type);
    Objects.requireNonNull(unit);
    Objects.requireNonNull(summary);
    Objects.requireNonNull(element);
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("parameter name '" + name + "' is not of the form " + NAME);
    }
    oneOf = List.copyOf(oneOf);
  }

  private static Parameter of(String name, ValueType type, String unit, String summary) {
    return new Parameter(name, (char) 0, type, unit, summary, false, false, false, null, List.of(), Double.NaN, Double.NaN, "");
  }

  /** A text option. */
  public static Parameter text(String name, String summary) {
    return of(name, ValueType.TEXT, "", summary);
  }

  /** A whole-number option. */
  public static Parameter integer(String name, String unit, String summary) {
    return of(name, ValueType.INTEGER, unit, summary);
  }

  /** A decimal option. */
  public static Parameter decimal(String name, String unit, String summary) {
    return of(name, ValueType.DECIMAL, unit, summary);
  }

  /** A flag: false unless given. */
  public static Parameter flag(String name, String summary) {
    return of(name, ValueType.BOOLEAN, "", summary);
  }

  /** A duration option; a bare number is in seconds. */
  public static Parameter duration(String name, String summary) {
    return of(name, ValueType.DURATION, "s", summary);
  }

  /** The same, also spelled with one letter. */
  public Parameter withLetter(char letter) {
    return new Parameter(name, letter, type, unit, summary, positional, required, repeatable, defaultText, oneOf, least, most, element);
  }

  /** The same, given by place. Places follow the order of declaration. */
  public Parameter byPlace() {
    return new Parameter(name, letter, type, unit, summary, true, required, repeatable, defaultText, oneOf, least, most, element);
  }

  /** The same, required. */
  public Parameter mandatory() {
    return new Parameter(name, letter, type, unit, summary, positional, true, repeatable, defaultText, oneOf, least, most, element);
  }

  /** The same, repeatable. */
  public Parameter repeated() {
    return new Parameter(name, letter, type, unit, summary, positional, required, true, defaultText, oneOf, least, most, element);
  }

  /** The same with a default, written as on the command line. */
  public Parameter orElse(String defaultText) {
    return new Parameter(name, letter, type, unit, summary, positional, required, repeatable, defaultText, oneOf, least, most, element);
  }

  /** The same, taking one of these values only. */
  public Parameter among(String... values) {
    return new Parameter(name, letter, type, unit, summary, positional, required, repeatable, defaultText, List.of(values), least, most,
        element);
  }

  /** The same, within these bounds (durations: in seconds). */
  public Parameter between(double least, double most) {
    return new Parameter(name, letter, type, unit, summary, positional, required, repeatable, defaultText, oneOf, least, most, element);
  }

  /** The same, corresponding to an mPlane element. */
  public Parameter asElement(String element) {
    return new Parameter(name, letter, type, unit, summary, positional, required, repeatable, defaultText, oneOf, least, most, element);
  }
}
