package org.pktlab.mlet;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What an mlet is called, takes and yields, declared once.
 *
 * @param name how it is called on the command line: lower-case letters, digits and {@code -}
 * @param summary one line for lists
 * @param description paragraphs for its help; may be empty
 * @param sockets the kinds of socket it opens at the endpoint, such as {@code tcp}, {@code udp}, {@code raw}
 * @param parameters in the order to be shown
 * @param columns in the order to be written
 */
public record Declaration(
    String name, String summary, String description, List<String> sockets, List<Parameter> parameters, List<Column> columns) {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");

  /** Checks that names are unique and places unambiguous. */
  public Declaration {
    Objects.requireNonNull(summary);
    Objects.requireNonNull(description);
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("mlet name '" + name + "' is not of the form " + NAME);
    }
    sockets = List.copyOf(sockets);
    parameters = List.copyOf(parameters);
    columns = List.copyOf(columns);
    Set<String> names = new HashSet<>();
    for (Parameter parameter : parameters) {
      if (!names.add(parameter.name())) {
        throw new IllegalArgumentException("parameter '" + parameter.name() + "' of " + name + " is declared twice");
      }
      if (parameter.letter() != 0 && !names.add("-" + parameter.letter())) {
        throw new IllegalArgumentException("option -" + parameter.letter() + " of " + name + " is declared twice");
      }
    }
    Set<String> columnNames = new HashSet<>();
    for (Column column : columns) {
      if (!columnNames.add(column.name())) {
        throw new IllegalArgumentException("column '" + column.name() + "' of " + name + " is declared twice");
      }
    }
  }

  /** Begins a declaration. */
  public static Builder of(String name, String summary) {
    return new Builder(name, summary);
  }

  /** The parameter of that name. */
  public Optional<Parameter> parameter(String name) {
    return parameters.stream().filter(p -> p.name().equals(name)).findFirst();
  }

  /** The place of the column of that name, from 0, or -1. */
  public int columnIndex(String name) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  /** Collects the parts of a declaration. */
  public static final class Builder {
    private final String name;
    private final String summary;
    private String description = "";
    private final List<String> sockets = new ArrayList<>();
    private final List<Parameter> parameters = new ArrayList<>();
    private final List<Column> columns = new ArrayList<>();

    private Builder(String name, String summary) {
      this.name = name;
      this.summary = summary;
    }

    /** Paragraphs for the help. */
    public Builder description(String text) {
      description = text;
      return this;
    }

    /** Kinds of socket it opens at the endpoint: {@code tcp}, {@code udp}, {@code raw}. */
    public Builder opens(String... kinds) {
      sockets.addAll(List.of(kinds));
      return this;
    }

    /** Adds a parameter. */
    public Builder parameter(Parameter parameter) {
      parameters.add(parameter);
      return this;
    }

    /** Adds a result column. */
    public Builder column(Column column) {
      columns.add(column);
      return this;
    }

    /** The declaration. */
    public Declaration build() {
      return new Declaration(name, summary, description, sockets, parameters, columns);
    }
  }
}
