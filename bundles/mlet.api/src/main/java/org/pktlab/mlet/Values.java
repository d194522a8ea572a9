package org.pktlab.mlet;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads single values of parameters and says what they may be. */
final class Values {
  private static final int LONGEST_NUMBER = 40;
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,19}(?:\\.[0-9]{1,9})?|\\.[0-9]{1,9})\\s*(ns|us|ms|s|min|m|h|d)?");

  private Values() {}

  /** The value that a text stands for: String, Long, Double, Boolean or Duration. */
  static Object read(Parameter parameter, String text) throws UsageException {
    if (!parameter.oneOf().isEmpty()) {
      return typed(parameter, accepted(parameter, text));
    }
    Object value = typed(parameter, text);
    if (!Double.isNaN(parameter.least()) || !Double.isNaN(parameter.most())) {
      double number = value instanceof Duration d ? d.toNanos() / 1e9 : value instanceof Number n ? n.doubleValue() : Double.NaN;
      if (number < parameter.least() || number > parameter.most()) {
        throw wrong(parameter, text);
      }
    }
    return value;
  }

  private static String accepted(Parameter parameter, String text) throws UsageException {
    for (String value : parameter.oneOf()) {
      if (value.equals(text)) {
        return value;
      }
    }
    for (String value : parameter.oneOf()) {
      if (value.equalsIgnoreCase(text)) {
        return value;
      }
    }
    String near = Nearest.of(text, parameter.oneOf()).map(v -> "; did you mean " + v + "?").orElse("");
    throw new UsageException(wrong(parameter, text).getMessage() + near);
  }

  private static Object typed(Parameter parameter, String text) throws UsageException {
    try {
      return switch (parameter.type()) {
        case TEXT -> text;
        case INTEGER -> integer(text);
        case DECIMAL -> decimal(text);
        case BOOLEAN -> truth(text);
        case DURATION -> duration(text, parameter.unit().isEmpty() ? "s" : parameter.unit());
      };
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw wrong(parameter, text);
    }
  }

  private static Long integer(String text) {
    boolean hex = text.startsWith("0x") || text.startsWith("0X");
    return hex ? Long.parseLong(text.substring(2), 16) : Long.parseLong(text);
  }

  private static Double decimal(String text) {
    if (text.length() > LONGEST_NUMBER) {
      throw new NumberFormatException();
    }
    double value = new BigDecimal(text).doubleValue();
    if (Double.isInfinite(value)) {
      throw new NumberFormatException();
    }
    return value;
  }

  private static Boolean truth(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "yes", "on", "1" -> Boolean.TRUE;
      case "false", "no", "off", "0" -> Boolean.FALSE;
      default -> throw new IllegalArgumentException();
    };
  }

  /** A duration such as {@code 1.5s}; a bare number is in the unit. */
  static Duration duration(String text, String unit) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException();
    }
    BigDecimal number = new BigDecimal(matcher.group(1));
    String suffix = matcher.group(2) == null ? unit : matcher.group(2);
    return Duration.ofNanos(number.multiply(BigDecimal.valueOf(nanos(suffix))).longValueExact());
  }

  private static long nanos(String unit) {
    return switch (unit) {
      case "ns" -> 1L;
      case "us" -> 1_000L;
      case "ms" -> 1_000_000L;
      case "s" -> 1_000_000_000L;
      case "m", "min" -> 60_000_000_000L;
      case "h" -> 3_600_000_000_000L;
      case "d" -> 86_400_000_000_000L;
      default -> throw new IllegalArgumentException("no unit of time: " + unit);
    };
  }

  private static UsageException wrong(Parameter parameter, String text) {
    return new UsageException(ArgumentParser.spelled(parameter) + " does not take '" + shown(text) + "': expected " + expected(parameter));
  }

  /** What a parameter accepts, in words. */
  static String expected(Parameter parameter) {
    if (!parameter.oneOf().isEmpty()) {
      return "one of " + String.join(", ", parameter.oneOf());
    }
    String unit = parameter.unit().isEmpty() ? "" : " in " + parameter.unit();
    return switch (parameter.type()) {
      case TEXT -> "a text";
      case INTEGER -> "a whole number" + unit + bounds(parameter, "");
      case DECIMAL -> "a number" + unit + bounds(parameter, "");
      case BOOLEAN -> "true or false";
      case DURATION -> "a time such as 250ms, 1.5s or 2m" + bounds(parameter, "s");
    };
  }

  /** The bounds in words, after a blank; empty without bounds. */
  static String bounds(Parameter parameter, String unit) {
    boolean least = !Double.isNaN(parameter.least()) && parameter.least() != Double.NEGATIVE_INFINITY;
    boolean most = !Double.isNaN(parameter.most()) && parameter.most() != Double.POSITIVE_INFINITY;
    if (least && most) {
      return " from " + plain(parameter.least()) + unit + " to " + plain(parameter.most()) + unit;
    }
    return least ? " of at least " + plain(parameter.least()) + unit : most ? " of at most " + plain(parameter.most()) + unit : "";
  }

  private static String plain(double number) {
    return new BigDecimal(Double.toString(number)).stripTrailingZeros().toPlainString();
  }

  private static String shown(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < Math.min(text.length(), 60); i++) {
      char c = text.charAt(i);
      out.append(Character.isISOControl(c) ? '?' : c);
    }
    return text.length() > 60 ? out.append("...").toString() : out.toString();
  }
}
