package org.pktlab.config.reference;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The directives of one program, in the order of its documentation. Immutable, for any thread. */
public final class DirectiveTable {
  /** One of these directives must be there when the condition holds. */
  record Need(List<String> anyOf, Predicate<ReferenceConfig> when, String why) {}

  // A key longer than this is no slip of the pen, and comparing it would only cost time.
  private static final int LONGEST_COMPARED = 64;

  private final String program;
  private final Map<String, Directive> directives = new LinkedHashMap<>();
  private final List<Need> needs;

  DirectiveTable(String program, List<Directive> directives, List<Need> needs) {
    this.program = program;
    for (Directive directive : directives) {
      if (this.directives.put(directive.name(), directive) != null) {
        throw new IllegalArgumentException(directive.name() + " is defined twice");
      }
    }
    this.needs = List.copyOf(needs);
  }

  /** {@code endpoint}, {@code controller} or {@code broker}. */
  public String program() {
    return program;
  }

  /** All directives, in the order of the documentation. */
  public List<Directive> directives() {
    return List.copyOf(directives.values());
  }

  /** The directive of that name; names are case-sensitive. */
  public Optional<Directive> find(String name) {
    return Optional.ofNullable(directives.get(name));
  }

  /** The directive a mistyped name most likely means: another case, or few letters away. */
  public Optional<Directive> closest(String name) {
    if (name.isEmpty() || name.length() > LONGEST_COMPARED) {
      return Optional.empty();
    }
    String lower = name.toLowerCase(Locale.ROOT);
    Directive best = null;
    int distance = Math.max(1, Math.min(4, name.length() / 3)) + 1;
    for (Directive directive : directives.values()) {
      int d = distance(lower, directive.name().toLowerCase(Locale.ROOT));
      if (d < distance) {
        distance = d;
        best = directive;
      }
    }
    return Optional.ofNullable(best);
  }

  /** The directives as a Markdown table: name, value, default, repetition, need, meaning. Ends in a line feed. */
  public String toMarkdown() {
    StringBuilder out = new StringBuilder("| Directive | Value | Default | Repeated | Required | Meaning |\n|---|---|---|---|---|---|\n");
    for (Directive d : directives.values()) {
      out.append("| `").append(d.name()).append("` | ").append(cell(d.kind().words()));
      out.append(" | ").append(d.defaultValue().isEmpty() ? "-" : "`" + cell(d.defaultValue()) + "`");
      out.append(" | ").append(d.repeat().words()).append(" | ").append(d.need().isEmpty() ? "no" : cell(d.need()));
      out.append(" | ").append(cell(d.meaning())).append(" |\n");
    }
    return out.toString();
  }

  List<Need> needs() {
    return needs;
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("*", "\\*");
  }

  /** Levenshtein's distance: letters to insert, delete or replace. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int above = row[j];
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, Math.min(above, row[j - 1]) + 1);
        diagonal = above;
      }
    }
    return row[b.length()];
  }
}
