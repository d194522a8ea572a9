package org.pktlab.mlet;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads an mlet's command line by its declaration. Options are written {@code --name value}, {@code --name=value}, {@code -x value} or
 * {@code -xvalue}; flags {@code --name} or {@code -x}, and several one-letter flags may share a dash; everything else is given by place,
 * and everything after {@code --} is. A word that looks like a negative number is given by place unless its digit is a declared letter.
 * Pure functions; any thread may call them.
 */
public final class ArgumentParser {
  private ArgumentParser() {}

  /**
   * Reads a command line.
   *
   * @param declaration what is accepted
   * @param line the words after the mlet's name
   * @return the values, defaults filled in
   * @throws UsageException when the line does not fit; the message says what would
   * @throws IllegalArgumentException when a declared default does not fit its own parameter
   */
  public static Arguments parse(Declaration declaration, List<String> line) throws UsageException {
    Reading reading = new Reading(declaration);
    reading.read(line);
    return reading.finish();
  }

  /**
   * Whether {@code --help} or {@code -h} is asked for, before any {@code --}, by a line of an mlet that does not use these names itself.
   */
  public static boolean asksForHelp(Declaration declaration, List<String> line) {
    boolean longFree = declaration.parameter("help").isEmpty();
    boolean shortFree = declaration.parameters().stream().noneMatch(p -> p.letter() == 'h');
    for (String word : line) {
      if (word.equals("--")) {
        return false;
      }
      if ((longFree && word.equals("--help")) || (shortFree && word.equals("-h"))) {
        return true;
      }
    }
    return false;
  }

  /** How the parameter is written in messages: {@code --name} or {@code NAME}. */
  static String spelled(Parameter parameter) {
    return parameter.positional() ? placeholder(parameter) : "--" + parameter.name();
  }

  /** The word that stands for a value in help texts. */
  static String placeholder(Parameter parameter) {
    if (parameter.positional()) {
      return parameter.name().toUpperCase(java.util.Locale.ROOT);
    }
    return switch (parameter.type()) {
      case INTEGER, DECIMAL -> parameter.unit().isEmpty() ? "N" : "N[" + parameter.unit() + "]";
      case DURATION -> "TIME";
      case BOOLEAN -> "";
      case TEXT -> parameter.oneOf().isEmpty() || parameter.oneOf().size() > 4 ? "TEXT" : String.join("|", parameter.oneOf());
    };
  }

  /** One pass over one line. */
  private static final class Reading {
    private final Declaration declaration;
    private final List<Parameter> places;
    private final Map<String, List<Object>> values = new LinkedHashMap<>();
    private int place;

    Reading(Declaration declaration) {
      this.declaration = declaration;
      this.places = declaration.parameters().stream().filter(Parameter::positional).toList();
    }

    void read(List<String> line) throws UsageException {
      boolean options = true;
      int at = 0;
      while (at < line.size()) {
        String word = line.get(at++);
        if (options && word.equals("--")) {
          options = false;
        } else if (options && word.startsWith("--")) {
          at = longOption(line, word, at);
        } else if (options && word.length() > 1 && word.charAt(0) == '-' && !isNumber(word)) {
          at = letters(line, word, at);
        } else {
          byPlace(word);
        }
      }
    }

    private int longOption(List<String> line, String word, int next) throws UsageException {
      int equals = word.indexOf('=');
      String name = equals < 0 ? word.substring(2) : word.substring(2, equals);
      Optional<Parameter> found = declaration.parameter(name);
      if (found.isEmpty() || found.get().positional()) {
        throw new UsageException(unknownOption("--" + name, name, found.isPresent()));
      }
      Parameter parameter = found.get();
      if (equals >= 0) {
        add(parameter, word.substring(equals + 1));
        return next;
      }
      if (parameter.type() == ValueType.BOOLEAN) {
        add(parameter, "true");
        return next;
      }
      add(parameter, following(line, next, parameter, word));
      return next + 1;
    }

    private int letters(List<String> line, String word, int next) throws UsageException {
      for (int i = 1; i < word.length(); i++) {
        Parameter parameter = byLetter(word.charAt(i), word);
        if (parameter.type() == ValueType.BOOLEAN) {
          add(parameter, "true");
          continue;
        }
        if (i + 1 < word.length()) {
          add(parameter, word.substring(i + 1));
          return next;
        }
        add(parameter, following(line, next, parameter, "-" + word.charAt(i)));
        return next + 1;
      }
      return next;
    }

    private Parameter byLetter(char letter, String word) throws UsageException {
      for (Parameter parameter : declaration.parameters()) {
        if (parameter.letter() == letter && !parameter.positional()) {
          return parameter;
        }
      }
      String near = word.length() > 2 ? nearest(word.substring(1)) : null;
      throw new UsageException(
          declaration.name() + " has no option -" + letter + (near == null ? "" : "; did you mean --" + near + "?") + seeHelp());
    }

    private static String following(List<String> line, int next, Parameter parameter, String word) throws UsageException {
      if (next >= line.size()) {
        throw new UsageException(word + " needs a value: " + Values.expected(parameter));
      }
      return line.get(next);
    }

    private void byPlace(String word) throws UsageException {
      if (place >= places.size()) {
        throw new UsageException(
            "'" + word + "' is one argument too many: " + declaration.name()
                + (places.isEmpty() ? " takes options only" : " takes "
                    + String.join(" ", places.stream().map(ArgumentParser::placeholder).toList()))
                + seeHelp());
      }
      Parameter parameter = places.get(place);
      if (!parameter.repeatable()) {
        place++;
      }
      add(parameter, word);
    }

    private void add(Parameter parameter, String text) throws UsageException {
      List<Object> given = values.computeIfAbsent(parameter.name(), n -> new ArrayList<>());
      if (!given.isEmpty() && !parameter.repeatable() && parameter.type() != ValueType.BOOLEAN) {
        throw new UsageException(spelled(parameter) + " is given twice; it can be given once");
      }
      if (parameter.type() == ValueType.BOOLEAN && !parameter.repeatable()) {
        given.clear();
      }
      given.add(Values.read(parameter, text));
    }

    Arguments finish() throws UsageException {
      for (Parameter parameter : declaration.parameters()) {
        if (values.containsKey(parameter.name())) {
          continue;
        }
        if (parameter.defaultText() != null) {
          try {
            values.put(parameter.name(), List.of(Values.read(parameter, parameter.defaultText())));
          } catch (UsageException e) {
            throw new IllegalArgumentException("the declared default does not fit: " + e.getMessage(), e);
          }
        } else if (parameter.required()) {
          throw new UsageException(spelled(parameter) + " is missing (" + parameter.summary() + "): " + Values.expected(parameter)
              + seeHelp());
        }
      }
      return new ParsedArguments(declaration, values);
    }

    private String unknownOption(String option, String name, boolean isPlace) {
      if (isPlace) {
        return option + " is not an option: " + name.toUpperCase(java.util.Locale.ROOT) + " is given by place" + seeHelp();
      }
      String near = nearest(name);
      return declaration.name() + " has no option " + option + (near == null ? "" : "; did you mean --" + near + "?") + seeHelp();
    }

    private String nearest(String name) {
      return Nearest.of(name, declaration.parameters().stream().filter(p -> !p.positional()).map(Parameter::name).toList()).orElse(null);
    }

    private String seeHelp() {
      return " (" + declaration.name() + " --help shows everything)";
    }

    private boolean isNumber(String word) {
      char digit = word.charAt(1);
      boolean number = (digit >= '0' && digit <= '9') || (digit == '.' && word.length() > 2);
      return number && declaration.parameters().stream().noneMatch(p -> p.letter() == digit);
    }
  }
}
