package org.pktlab.mlet.traceroute;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.pktlab.mlet.Arguments;
import org.pktlab.mlet.packet.Source;
import org.pktlab.mlet.packet.Targets;

/**
 * What a run was asked for.
 *
 * @param targets without repetition, in the order given
 * @param source null for the endpoint's best address
 * @param firstHop first hop limit
 * @param maxHop last hop limit
 * @param attempts probes for a hop
 * @param allAttempts whether all of them are sent even when one is answered
 * @param gapLimit silent hops in a row after which to stop; 0 for no limit
 * @param waitNs for each answer
 * @param rate packets per second over all targets
 * @param window targets at a time
 * @param localPort source port, or identifier of echo requests
 * @param remotePort destination port, or checksum of echo requests of constant flow
 * @param size octets of a whole probe, where the method leaves the choice
 * @param tos type of service or traffic class
 */
record TraceSettings(
    Method method,
    List<InetAddress> targets,
    InetAddress source,
    int firstHop,
    int maxHop,
    int attempts,
    boolean allAttempts,
    int gapLimit,
    boolean loops,
    long waitNs,
    double rate,
    int window,
    int localPort,
    int remotePort,
    int size,
    int tos) {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int LARGEST_FILE = 64 << 20;
  private static final int FIRST_UDP_PORT = 33_435;
  private static final int LEAST_WINDOW = 1_000;
  private static final int MOST_WINDOW = 20_000;

  static TraceSettings of(Arguments arguments) throws IOException {
    Method method = method(arguments);
    Source source = Source.of(arguments.text("source"), Source.version(arguments));
    int first = (int) arguments.integer("first");
    int max = (int) arguments.integer("max");
    if (first > max) {
      throw new IOException("--first " + first + " lies behind --max " + max);
    }
    int attempts = (int) arguments.integer("attempts");
    String port = arguments.has("dport") ? "dport" : "port";
    int remote = arguments.has(port) ? (int) arguments.integer(port) : defaultPort(method);
    if (method == Method.UDP && remote + (max - first + 1) * attempts > 0x10000) {
      throw new IOException("the ports from " + remote + " on do not suffice for every probe");
    }
    return new TraceSettings(
        method,
        targets(arguments, source.version()),
        source.address(),
        first,
        max,
        attempts,
        arguments.flag("all"),
        (int) arguments.integer("gap"),
        !arguments.flag("no-loop-check"),
        arguments.duration("wait").toNanos(),
        arguments.decimal("rate"),
        arguments.has("window") ? (int) arguments.integer("window") : window(arguments),
        arguments.has("sport") ? (int) arguments.integer("sport") : 33_000 + RANDOM.nextInt(28_000),
        remote,
        (int) arguments.integer("size"),
        (int) arguments.integer("tos"));
  }

  /** Were every probe silent, so many would be waited for at the same time. */
  private static int window(Arguments arguments) {
    double silent = arguments.decimal("rate") * arguments.duration("wait").toNanos() / 1e9;
    return (int) Math.max(LEAST_WINDOW, Math.min(MOST_WINDOW, silent));
  }

  private static Method method(Arguments arguments) throws IOException {
    int given = (arguments.flag("icmp") ? 1 : 0) + (arguments.flag("tcp") ? 1 : 0) + (arguments.flag("udp") ? 1 : 0);
    if (given > 1 || given == 1 && arguments.has("method")) {
      throw new IOException("--method, -I, -T and -U exclude each other");
    }
    if (given == 0) {
      return arguments.has("method") ? Method.of(arguments.text("method")) : Method.UDP_PARIS;
    }
    return arguments.flag("icmp") ? Method.ICMP : arguments.flag("tcp") ? Method.TCP : Method.UDP;
  }

  private static int defaultPort(Method method) {
    return switch (method) {
      case TCP -> 80;
      // Neither 0 nor 0xffff, which are the same number in one's complement.
      case ICMP_PARIS -> 1 + RANDOM.nextInt(0xFFFE);
      default -> FIRST_UDP_PORT;
    };
  }

  private static List<InetAddress> targets(Arguments arguments, int version) throws IOException {
    Set<InetAddress> found = new LinkedHashSet<>();
    for (String text : arguments.texts("target")) {
      found.add(Targets.resolve(text, version));
    }
    if (arguments.has("targets")) {
      int line = 0;
      for (String text : lines(arguments.text("targets"))) {
        line++;
        String target = text.strip();
        if (!target.isEmpty() && !target.startsWith("#")) {
          try {
            found.add(Targets.resolve(target, version));
          } catch (IOException e) {
            throw new IOException("line " + line + " of " + arguments.text("targets") + ": " + e.getMessage());
          }
        }
      }
    }
    if (found.isEmpty()) {
      throw new IOException("no target: name one, or a file of them with --targets");
    }
    return new ArrayList<>(found);
  }

  private static List<String> lines(String file) throws IOException {
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      byte[] octets = in.readNBytes(LARGEST_FILE + 1);
      if (octets.length > LARGEST_FILE) {
        throw new IOException(file + " is longer than " + LARGEST_FILE + " octets");
      }
      return new String(octets, StandardCharsets.UTF_8).lines().toList();
    } catch (InvalidPathException | java.nio.file.NoSuchFileException e) {
      throw new IOException("there is no file " + file);
    }
  }
}
