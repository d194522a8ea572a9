package org.pktlab.mlet.host;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.pktlab.mlet.Declaration;
import org.pktlab.mlet.UsageException;

/**
 * Where rows go and how they are written. {@code --format}, {@code --out} and {@code --provenance} may also stand among the words of an mlet
 * that has no options of these names, before any {@code --}; there they count more.
 *
 * @param format name of a result format
 * @param out file, or empty for standard output
 * @param provenance whether every row carries where it comes from
 * @param arguments what is left for the mlet
 */
record OutputOptions(String format, String out, boolean provenance, List<String> arguments) {
  private static final String PLAIN = "table";

  /** Formats that are taken by the name of the file when none is asked for. */
  private static final Set<String> BY_EXTENSION = Set.of("csv", "jsonl", "pcapng", "warts");

  /** Takes the options out of the mlet's words; {@code format} empty means that none was asked for. */
  static OutputOptions of(Declaration declaration, List<String> words, String format, String out, boolean provenance) throws UsageException {
    String wantedFormat = format;
    String wantedOut = out;
    boolean wantedProvenance = provenance;
    List<String> rest = new ArrayList<>();
    int at = 0;
    while (at < words.size() && !words.get(at).equals("--")) {
      String word = words.get(at++);
      int equals = word.indexOf('=');
      String name = equals < 0 ? word : word.substring(0, equals);
      boolean ours = name.startsWith("--") && declaration.parameter(name.substring(2)).isEmpty();
      if (ours && word.equals("--provenance")) {
        wantedProvenance = true;
      } else if (ours && (name.equals("--format") || name.equals("--out"))) {
        if (equals < 0 && at == words.size()) {
          throw new UsageException(name + " needs a value");
        }
        String value = equals < 0 ? words.get(at++) : word.substring(equals + 1);
        wantedFormat = name.equals("--format") ? value : wantedFormat;
        wantedOut = name.equals("--out") ? value : wantedOut;
      } else {
        rest.add(word);
      }
    }
    rest.addAll(words.subList(at, words.size()));
    return new OutputOptions(wantedFormat.isEmpty() ? byName(wantedOut) : wantedFormat, wantedOut, wantedProvenance, List.copyOf(rest));
  }

  private static String byName(String out) {
    String extension = out.substring(out.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return BY_EXTENSION.contains(extension) && extension.length() < out.length() ? extension : PLAIN;
  }
}
