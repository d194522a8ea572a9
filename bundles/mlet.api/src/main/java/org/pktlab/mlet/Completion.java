package org.pktlab.mlet;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Proposes how a command line may go on. A pure function of the declaration; any thread may call it. */
public final class Completion {
  private Completion() {}

  /**
   * What the word being typed may become.
   *
   * @param declaration what is accepted
   * @param before the words before it, after the mlet's name
   * @param word the word as typed so far; may be empty
   * @return whole words, sorted; {@code --name=value} where the word was typed in that form. Empty where anything may follow
   */
  public static List<String> candidates(Declaration declaration, List<String> before, String word) {
    TreeSet<String> found = new TreeSet<>();
    boolean optionsOver = false;
    int placed = 0;
    Parameter open = null;
    List<String> given = new ArrayList<>();
    for (String earlier : before) {
      if (open != null) {
        open = null;
      } else if (!optionsOver && earlier.equals("--")) {
        optionsOver = true;
      } else if (!optionsOver && earlier.length() > 1 && earlier.startsWith("-")) {
        Parameter option = option(declaration, earlier);
        if (option != null) {
          given.add(option.name());
          boolean hasValue = earlier.startsWith("--") ? earlier.indexOf('=') >= 0 : earlier.length() > 2;
          open = hasValue || option.type() == ValueType.BOOLEAN ? null : option;
        }
      } else {
        placed++;
      }
    }
    if (open != null) {
      addValues(found, open, word, "");
    } else if (!optionsOver && word.startsWith("--") && word.indexOf('=') > 0) {
      int equals = word.indexOf('=');
      Optional<Parameter> option = declaration.parameter(word.substring(2, equals)).filter(p -> !p.positional());
      option.ifPresent(p -> addValues(found, p, word.substring(equals + 1), word.substring(0, equals + 1)));
    } else {
      place(declaration, placed).ifPresent(p -> addValues(found, p, word, ""));
      if (!optionsOver && (word.isEmpty() || word.startsWith("-"))) {
        addOptions(found, declaration, given, word);
      }
    }
    return List.copyOf(found);
  }

  private static void addOptions(TreeSet<String> found, Declaration declaration, List<String> given, String word) {
    for (Parameter parameter : declaration.parameters()) {
      if (!parameter.positional() && (parameter.repeatable() || !given.contains(parameter.name()))) {
        String option = "--" + parameter.name();
        if (option.startsWith(word)) {
          found.add(option);
        }
      }
    }
    if ("--help".startsWith(word)) {
      found.add("--help");
    }
  }

  private static void addValues(TreeSet<String> found, Parameter parameter, String word, String prefix) {
    List<String> values = parameter.type() == ValueType.BOOLEAN && !prefix.isEmpty() ? List.of("true", "false") : parameter.oneOf();
    for (String value : values) {
      if (value.startsWith(word)) {
        found.add(prefix + value);
      }
    }
  }

  private static Parameter option(Declaration declaration, String word) {
    if (word.startsWith("--")) {
      int equals = word.indexOf('=');
      String name = equals < 0 ? word.substring(2) : word.substring(2, equals);
      return declaration.parameter(name).filter(p -> !p.positional()).orElse(null);
    }
    char letter = word.charAt(1);
    return declaration.parameters().stream().filter(p -> p.letter() == letter && !p.positional()).findFirst().orElse(null);
  }

  private static Optional<Parameter> place(Declaration declaration, int index) {
    List<Parameter> places = declaration.parameters().stream().filter(Parameter::positional).toList();
    if (index < places.size()) {
      return Optional.of(places.get(index));
    }
    return places.isEmpty() || !places.get(places.size() - 1).repeatable() ? Optional.empty() : Optional.of(places.get(places.size() - 1));
  }
}
