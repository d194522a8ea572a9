package org.pktlab.config.reference;

import java.util.Objects;

/**
 * What is known of one directive; documentation and help are made from it.
 *
 * @param name case-sensitive key
 * @param kind shape of the value
 * @param defaultValue value that holds when the file does not set it, in the syntax of the file; empty when there is none
 * @param repeat what several lines mean
 * @param need when the file must have it: empty for never, else a phrase such as {@code always}
 * @param meaning one line
 */
public record Directive(String name, ValueKind kind, String defaultValue, Repeat repeat, String need, String meaning) {
  public Directive {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(defaultValue, "defaultValue");
    Objects.requireNonNull(repeat, "repeat");
    Objects.requireNonNull(need, "need");
    Objects.requireNonNull(meaning, "meaning");
    if (name.isEmpty() || meaning.isEmpty() || meaning.indexOf('\n') >= 0) {
      throw new IllegalArgumentException("a directive has a name and one line of meaning");
    }
  }
}
