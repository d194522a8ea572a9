package org.pktlab.config.reference;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.pktlab.config.reference.DirectiveTable.Need;
import org.pktlab.rendezvous.SniKey;

/** Reads one file once (packetlab-rendezvous.md section 13.1). */
final class FileReading {
  static final int MAX_WARNINGS = 100;

  /** A longer line counts as several of at most this many octets, as the reference's line buffer has it. */
  static final int MAX_LINE_OCTETS = 4095;

  private record Line(int number, String value) {}

  private final String file;
  private final DirectiveTable table;
  private final Path folder;
  private final Map<String, List<Line>> lines = new HashMap<>();
  private final List<ConfigWarning> warnings = new ArrayList<>();
  private int warningsLeftOut;

  FileReading(String file, DirectiveTable table, Path folder) {
    this.file = file;
    this.table = table;
    this.folder = folder;
  }

  ReferenceConfig read(byte[] content) throws ReferenceConfigException {
    split(content);
    Map<String, List<String>> values = new LinkedHashMap<>();
    for (Directive directive : table.directives()) {
      List<String> chosen = choose(directive, lines.getOrDefault(directive.name(), List.of()));
      if (!chosen.isEmpty()) {
        values.put(directive.name(), chosen);
      }
    }
    warnings.sort((a, b) -> Integer.compare(a.line(), b.line()));
    if (warningsLeftOut > 0) {
      warnings.add(new ConfigWarning(0, warningsLeftOut + " more warnings are left out"));
    }
    ReferenceConfig config = new ReferenceConfig(table, values, warnings);
    for (Need need : table.needs()) {
      if (need.when().test(config) && need.anyOf().stream().allMatch(name -> config.all(name).isEmpty())) {
        String names = String.join(" or ", need.anyOf());
        throw new ReferenceConfigException(file, 0, need.anyOf().get(0), "", names + " is missing (required " + need.why() + ")");
      }
    }
    return config;
  }

  private void split(byte[] content) {
    int number = 0;
    int start = 0;
    while (start < content.length) {
      number++;
      int end = start;
      while (end < content.length && content[end] != '\n') {
        end++;
      }
      for (int at = start; at < end; at += MAX_LINE_OCTETS) {
        line(number, new String(content, at, Math.min(MAX_LINE_OCTETS, end - at), StandardCharsets.UTF_8));
      }
      start = end + 1;
    }
  }

  private void line(int number, String text) {
    if (text.startsWith("#")) {
      return;
    }
    int at = 0;
    while (at < text.length() && !isBlank(text.charAt(at))) {
      at++;
    }
    String key = text.substring(0, at);
    while (at < text.length() && isBlank(text.charAt(at))) {
      at++;
    }
    if (table.find(key).isEmpty()) {
      unknown(number, key);
      return;
    }
    lines.computeIfAbsent(key, name -> new ArrayList<>()).add(new Line(number, text.substring(at)));
  }

  private void unknown(int number, String key) {
    if (warnings.size() >= MAX_WARNINGS) {
      warningsLeftOut++;
      return;
    }
    if (key.isEmpty()) {
      warn(number, "the line begins with a blank and is ignored");
      return;
    }
    String hint = table.closest(key).map(directive -> "; did you mean " + directive.name() + "?").orElse("");
    warn(number, "unknown directive " + Shown.quoted(key) + " is ignored" + hint);
  }

  private List<String> choose(Directive directive, List<Line> given) throws ReferenceConfigException {
    if (directive.kind() == ValueKind.PROTOCOLS) {
      return protocols(directive, given);
    }
    if (directive.repeat() == Repeat.LAST) {
      return last(directive, given);
    }
    for (Line line : given) {
      check(directive, line);
    }
    if (directive.repeat() == Repeat.FIRST) {
      given.stream().skip(1).forEach(line -> notUsed(directive, line, given.get(0)));
      return given.isEmpty() ? List.of() : List.of(given.get(0).value());
    }
    if (directive.kind() == ValueKind.EXP_EXEC) {
      compareEntries(directive, given);
    }
    return given.stream().map(Line::value).toList();
  }

  private List<String> last(Directive directive, List<Line> given) throws ReferenceConfigException {
    List<Line> full = given.stream().filter(line -> !line.value().isEmpty()).toList();
    if (full.isEmpty()) {
      return List.of();
    }
    Line chosen = full.get(full.size() - 1);
    full.subList(0, full.size() - 1).forEach(line -> notUsed(directive, line, chosen));
    if (directive.kind() == ValueKind.LENIENT_COUNT) {
      try {
        directive.kind().check(chosen.value(), folder);
      } catch (Rejected e) {
        warn(chosen.number(), directive.name() + " " + Shown.quoted(chosen.value()) + " is ignored: expected " + e.getMessage());
        return List.of();
      }
    }
    check(directive, chosen);
    return List.of(chosen.value());
  }

  private List<String> protocols(Directive directive, List<Line> given) {
    Set<String> chosen = new LinkedHashSet<>();
    for (Line line : given) {
      for (String item : Checks.items(line.value())) {
        if (Checks.isProtocol(item)) {
          chosen.add(item.toLowerCase(Locale.ROOT));
        } else if (!item.isEmpty()) {
          warn(line.number(), directive.name() + " item " + Shown.quoted(item) + " is ignored: expected tcp, udp or raw");
        }
      }
    }
    return List.copyOf(chosen);
  }

  /** At most one entry may be the default, and a server name may stand for one entry only. */
  private void compareEntries(Directive directive, List<Line> given) throws ReferenceConfigException {
    Line defaultLine = null;
    Map<SniKey, Line> keys = new HashMap<>();
    for (Line line : given) {
      ExpExec entry = parsed(line, directive);
      if (entry.isDefault()) {
        if (defaultLine != null) {
          throw bad(directive, line, "at most one entry with IS_DEFAULT 1; line " + defaultLine.number() + " has it already");
        }
        defaultLine = line;
      }
      Line other = entry.sniKey().isEmpty() ? null : keys.put(entry.sniKey().get(), line);
      if (other != null) {
        throw bad(directive, line, "a SNIKEY of its own; line " + other.number() + " has the same");
      }
    }
  }

  private ExpExec parsed(Line line, Directive directive) throws ReferenceConfigException {
    try {
      return ExpExec.parse(line.value(), folder);
    } catch (Rejected e) {
      throw bad(directive, line, e.getMessage());
    }
  }

  private void check(Directive directive, Line line) throws ReferenceConfigException {
    try {
      directive.kind().check(line.value(), folder);
    } catch (Rejected e) {
      throw bad(directive, line, e.getMessage());
    }
  }

  private ReferenceConfigException bad(Directive directive, Line line, String expected) {
    String hint = line.value().endsWith("\r") ? " (the line ends in a carriage return, which is part of the value)" : "";
    return new ReferenceConfigException(file, line.number(), directive.name(), line.value(), expected + hint);
  }

  private void notUsed(Directive directive, Line line, Line chosen) {
    if (!line.value().equals(chosen.value())) {
      warn(line.number(), directive.name() + " is not used, line " + chosen.number() + " counts");
    }
  }

  private void warn(int line, String text) {
    if (warnings.size() < MAX_WARNINGS) {
      warnings.add(new ConfigWarning(line, text));
    } else {
      warningsLeftOut++;
    }
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }
}
