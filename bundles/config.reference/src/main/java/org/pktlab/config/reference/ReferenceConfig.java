package org.pktlab.config.reference;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a configuration file says: directives with checked values, and warnings. Defaults are not filled in. Immutable, for any thread.
 */
public final class ReferenceConfig {
  /** Longest file that is read, in octets. */
  public static final int MAX_FILE_OCTETS = 1 << 20;

  private final Map<String, List<String>> values;
  private final DirectiveTable table;
  private final List<ConfigWarning> warnings;

  ReferenceConfig(DirectiveTable table, Map<String, List<String>> values, List<ConfigWarning> warnings) {
    this.table = table;
    this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    this.warnings = List.copyOf(warnings);
  }

  /**
   * Reads a file. Relative file names in it start at the working directory of the process, as in the reference.
   *
   * @param table the directives of the program that the file is for
   * @throws ReferenceConfigException when the file cannot be read, a value is bad, or a directive is missing
   */
  public static ReferenceConfig read(Path file, DirectiveTable table) throws ReferenceConfigException {
    byte[] content;
    try (InputStream in = Files.newInputStream(file)) {
      content = in.readNBytes(MAX_FILE_OCTETS + 1);
    } catch (IOException e) {
      String why = Files.exists(file) ? "cannot be read: " + e.getClass().getSimpleName() : "does not exist";
      throw new ReferenceConfigException(file.toString(), 0, "", "", why);
    }
    return parse(file.toString(), content, table, Path.of(""));
  }

  /**
   * Reads what a file holds.
   *
   * @param name what messages call the file
   * @param content octets, not kept
   * @param table the directives of the program that the file is for
   * @param folder where relative file names in it start
   * @throws ReferenceConfigException when it is too long, a value is bad, or a directive is missing
   */
  public static ReferenceConfig parse(String name, byte[] content, DirectiveTable table, Path folder) throws ReferenceConfigException {
    Objects.requireNonNull(folder, "folder");
    if (content.length > MAX_FILE_OCTETS) {
      throw new ReferenceConfigException(name, 0, "", "", "longer than " + MAX_FILE_OCTETS + " octets");
    }
    return new FileReading(name, table, folder).read(content);
  }

  /**
   * The directives that are set, in the order of their table: a {@code String}, or a {@code String[]} where lines add up
   * ({@code ExpExec} in the order of the file, {@code TransprotoSup} item by item in lower case). Values are as the file has them; lists
   * keep their commas. An immutable map with arrays of its own, fit for Configuration Admin.
   */
  public Map<String, Object> values() {
    Map<String, Object> out = new LinkedHashMap<>();
    values.forEach(
        (name, lines) -> {
          boolean addsUp = table.find(name).orElseThrow().repeat() == Repeat.ADDS_UP;
          out.put(name, addsUp ? lines.toArray(String[]::new) : lines.get(0));
        });
    return Collections.unmodifiableMap(out);
  }

  /** The value of a directive that does not add up, if it is set. */
  public Optional<String> value(String directive) {
    return all(directive).stream().findFirst();
  }

  /** The value of a directive that does not add up, or its default, or empty text. */
  public String valueOrDefault(String directive) {
    return value(directive).or(() -> table.find(directive).map(Directive::defaultValue)).orElse("");
  }

  /** All values of a directive that adds up; empty when it is not set. */
  public List<String> all(String directive) {
    return values.getOrDefault(directive, List.of());
  }

  /** Whether a boolean directive is 1, by the file or by its default. */
  public boolean isOn(String directive) {
    return valueOrDefault(directive).equals("1");
  }

  /** What was passed over, in the order of the file; at most {@value FileReading#MAX_WARNINGS} and one that counts the rest. */
  public List<ConfigWarning> warnings() {
    return warnings;
  }
}
