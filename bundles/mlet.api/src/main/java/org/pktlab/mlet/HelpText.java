package org.pktlab.mlet;

import java.util.ArrayList;
import java.util.List;

/** Renders a declaration for people. A pure function; any thread may call it. */
public final class HelpText {
  private static final int WIDTH = 100;
  private static final int LEFT = 28;

  private HelpText() {}

  /**
   * Usage, description, arguments, options with units, defaults and constraints, and the result columns.
   *
   * @param declaration what to render
   * @param command what is typed before the mlet's name, such as {@code ./pktlab run}; may be empty
   * @return lines of at most about 100 characters, each ended by a line feed
   */
  public static String of(Declaration declaration, String command) {
    StringBuilder out = new StringBuilder();
    out.append(declaration.name()).append(" - ").append(declaration.summary()).append("\n\n");
    usage(out, declaration, command);
    if (!declaration.description().isBlank()) {
      for (String paragraph : declaration.description().strip().split("\\n\\s*\\n")) {
        out.append('\n');
        wrap(out, paragraph.replaceAll("\\s+", " ").strip(), 0);
      }
    }
    section(out, "Arguments:", declaration.parameters().stream().filter(Parameter::positional).toList());
    section(out, "Options:", declaration.parameters().stream().filter(p -> !p.positional()).toList());
    columns(out, declaration);
    if (!declaration.sockets().isEmpty()) {
      out.append("\nOpens at the endpoint: ").append(String.join(", ", declaration.sockets())).append('\n');
    }
    return out.toString();
  }

  private static void usage(StringBuilder out, Declaration declaration, String command) {
    List<String> words = new ArrayList<>();
    if (!command.isEmpty()) {
      words.add(command);
    }
    words.add(declaration.name());
    for (Parameter parameter : declaration.parameters()) {
      if (!parameter.positional() && parameter.required()) {
        words.add("--" + parameter.name() + " " + ArgumentParser.placeholder(parameter));
      }
    }
    if (declaration.parameters().stream().anyMatch(p -> !p.positional() && !p.required())) {
      words.add("[OPTIONS]");
    }
    for (Parameter parameter : declaration.parameters()) {
      if (parameter.positional()) {
        String word = ArgumentParser.placeholder(parameter) + (parameter.repeatable() ? "..." : "");
        words.add(parameter.required() ? word : "[" + word + "]");
      }
    }
    out.append("Usage: ").append(String.join(" ", words)).append('\n');
  }

  private static void section(StringBuilder out, String title, List<Parameter> parameters) {
    if (parameters.isEmpty()) {
      return;
    }
    out.append('\n').append(title).append('\n');
    for (Parameter parameter : parameters) {
      entry(out, left(parameter), parameter.summary() + notes(parameter));
    }
  }

  private static String left(Parameter parameter) {
    if (parameter.positional()) {
      return "  " + ArgumentParser.placeholder(parameter);
    }
    String letter = parameter.letter() == 0 ? "      " : "  -" + parameter.letter() + ", ";
    String value = ArgumentParser.placeholder(parameter);
    return letter + "--" + parameter.name() + (value.isEmpty() ? "" : " " + value);
  }

  private static String notes(Parameter parameter) {
    List<String> notes = new ArrayList<>();
    if (parameter.required()) {
      notes.add("required");
    }
    if (parameter.repeatable()) {
      notes.add("may be repeated");
    }
    if (!parameter.oneOf().isEmpty()) {
      notes.add("one of " + String.join(", ", parameter.oneOf()));
    } else if (parameter.type() == ValueType.DURATION) {
      notes.add("such as 250ms, 1.5s, 2m" + Values.bounds(parameter, "s"));
    } else if (parameter.type() == ValueType.INTEGER || parameter.type() == ValueType.DECIMAL) {
      String bounds = Values.bounds(parameter, "").strip();
      if (!parameter.unit().isEmpty()) {
        notes.add("in " + parameter.unit());
      }
      if (!bounds.isEmpty()) {
        notes.add(bounds);
      }
    }
    if (parameter.defaultText() != null) {
      notes.add("default " + (parameter.defaultText().isEmpty() ? "empty" : parameter.defaultText()));
    }
    return notes.isEmpty() ? "" : " (" + String.join("; ", notes) + ")";
  }

  private static void columns(StringBuilder out, Declaration declaration) {
    if (declaration.columns().isEmpty()) {
      return;
    }
    out.append("\nResult columns:\n");
    for (Column column : declaration.columns()) {
      String kind = column.type().name().toLowerCase(java.util.Locale.ROOT) + (column.unit().isEmpty() ? "" : ", " + column.unit());
      entry(out, "  " + column.name(), column.summary() + " (" + kind + ")");
    }
  }

  private static void entry(StringBuilder out, String left, String right) {
    out.append(left);
    int column = left.length();
    if (column + 2 > LEFT) {
      out.append('\n');
      column = 0;
    }
    out.append(" ".repeat(LEFT - column));
    StringBuilder text = new StringBuilder();
    wrap(text, right, LEFT);
    out.append(text.substring(Math.min(LEFT, text.length())));
  }

  private static void wrap(StringBuilder out, String text, int indent) {
    int column = indent;
    out.append(" ".repeat(indent));
    boolean first = true;
    for (String word : text.split(" ")) {
      if (!first && column + 1 + word.length() > WIDTH) {
        out.append('\n').append(" ".repeat(indent));
        column = indent;
        first = true;
      }
      if (!first) {
        out.append(' ');
        column++;
      }
      out.append(word);
      column += word.length();
      first = false;
    }
    out.append('\n');
  }
}
