package org.pktlab.bench.driver;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line. */
final class Options {
  private static final String USAGE =
      """
      usage: ./pktlab bench [NAME...] [OPTIONS]

      Measures this product on the JDKs that are found, beside the C reference package where that is given, and prints one table.

        NAME              benchmarks to run (default: all): %s
        --json            prints JSON Lines instead of the table: one for the machine, one for each number
        --peer DIR        folder of the built C reference package, with bin/pktendpt (default: $PKTLAB_PEER)
        --java HOME       a JDK to measure on; may be repeated (default: one of release 17 and one of 25, as far as there are)
        --repeat N        measures everything N times and takes the median of each number (default: 1)
        --list            lists the benchmarks
        -h, --help        shows this

      Exit status: 0 all was measured, whether or not it reaches its goal; 1 something could not be measured; 2 wrong command line.
      """;

  private final List<String> names = new ArrayList<>();
  private final List<Path> javas = new ArrayList<>();
  private boolean json;
  private boolean help;
  private boolean list;
  private int repeat = 1;
  private Path peer;
  private Path distribution;
  private Path bench;

  private Options() {}

  /** Reads it; the message of the exception says what is wrong. */
  static Options parse(String[] words) {
    Options options = new Options();
    String peer = System.getenv("PKTLAB_PEER");
    options.peer = peer == null || peer.isEmpty() ? null : Path.of(peer);
    for (int i = 0; i < words.length; i++) {
      int equals = words[i].startsWith("--") ? words[i].indexOf('=') : -1;
      String word = equals < 0 ? words[i] : words[i].substring(0, equals);
      String attached = equals < 0 ? null : words[i].substring(equals + 1);
      switch (word) {
        case "--json" -> options.json = true;
        case "--help", "-h" -> options.help = true;
        case "--list" -> options.list = true;
        case "--peer", "--java", "--dist", "--bench", "--repeat" -> {
          if (attached == null && ++i == words.length) {
            throw new IllegalArgumentException(word + " needs a value");
          }
          options.set(word, attached == null ? words[i] : attached);
        }
        default -> {
          if (word.startsWith("-")) {
            throw new IllegalArgumentException("there is no option " + word);
          }
          options.names.add(word);
        }
      }
    }
    return options;
  }

  private void set(String option, String value) {
    switch (option) {
      case "--peer" -> peer = Path.of(value);
      case "--java" -> javas.add(Path.of(value));
      case "--dist" -> distribution = Path.of(value);
      case "--bench" -> bench = Path.of(value);
      default -> {
        repeat = value.matches("[1-9][0-9]?") ? Integer.parseInt(value) : 0;
        if (repeat == 0) {
          throw new IllegalArgumentException("--repeat takes a number from 1 to 99");
        }
      }
    }
  }

  static String usage(List<String> benchmarks) {
    return USAGE.formatted(String.join(", ", benchmarks));
  }

  List<String> names() {
    return names;
  }

  List<Path> javas() {
    return javas;
  }

  boolean json() {
    return json;
  }

  boolean help() {
    return help;
  }

  boolean list() {
    return list;
  }

  int repeat() {
    return repeat;
  }

  /** Folder of the peer, or null. */
  Path peer() {
    return peer;
  }

  /** The distribution to measure. */
  Path distribution() {
    return distribution;
  }

  /** The folder {@code bench} of this project. */
  Path bench() {
    return bench;
  }
}
