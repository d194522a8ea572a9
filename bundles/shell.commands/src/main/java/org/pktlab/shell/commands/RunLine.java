package org.pktlab.shell.commands;

import java.io.OutputStream;
import java.util.List;
import org.pktlab.mlet.run.RunRequest;

/**
 * The words of the command {@code run}: options, then the mlet with its own.
 *
 * @param sessions endpoint sessions to serve
 * @param hostId pattern for endpoints, or null
 * @param format name of the result format
 * @param provenance whether rows tell where they come from
 * @param mlet name of the mlet
 * @param arguments what follows it
 */
record RunLine(long sessions, String hostId, String format, boolean provenance, String mlet, List<String> arguments) {
  static final String USAGE = "usage: run [-n COUNT] [-i HOSTID] [--format table|jsonl|csv] [--provenance] [--] MLET [ARGUMENT...]";

  RunLine {
    arguments = List.copyOf(arguments);
  }

  static RunLine parse(String... words) {
    long sessions = 1;
    String hostId = null;
    String format = "table";
    boolean provenance = false;
    int i = 0;
    for (; i < words.length && words[i].startsWith("-"); i++) {
      if (words[i].equals("--")) {
        i++;
        break;
      }
      switch (words[i]) {
        case "--provenance" -> provenance = true;
        case "-n" -> sessions = count(value(words, ++i));
        case "-i" -> hostId = value(words, ++i);
        case "--format" -> format = value(words, ++i);
        default -> throw new IllegalArgumentException("unknown option " + words[i] + "; " + USAGE);
      }
    }
    if (i >= words.length) {
      throw new IllegalArgumentException("an mlet is missing; " + USAGE);
    }
    List<String> rest = List.of(words).subList(i + 1, words.length);
    return new RunLine(sessions, hostId, format, provenance, words[i], rest);
  }

  private static String value(String[] words, int index) {
    if (index >= words.length) {
      throw new IllegalArgumentException(words[index - 1] + " needs a value; " + USAGE);
    }
    return words[index];
  }

  private static long count(String text) {
    try {
      long value = Long.decode(text);
      if (value >= 1) {
        return value;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new IllegalArgumentException("-n takes a count from 1, not " + text);
  }

  RunRequest request(OutputStream rows) {
    return new RunRequest(mlet, arguments, sessions, hostId, null, null, format, provenance, rows);
  }
}
