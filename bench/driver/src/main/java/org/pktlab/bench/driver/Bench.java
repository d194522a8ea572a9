package org.pktlab.bench.driver;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The program behind {@code ./pktlab bench}. */
public final class Bench {
  private static final List<Benchmark> ALL =
      List.of(
          new CodecBenchmark(),
          new RttBenchmark(),
          new PublicationBenchmark(),
          new DownloadBenchmark(),
          new ScheduleBenchmark(ScheduleBenchmark.Through.UDP),
          new ScheduleBenchmark(ScheduleBenchmark.Through.RAW),
          new ScheduleBenchmark(ScheduleBenchmark.Through.MANY),
          new BurstBenchmark(false),
          new BurstBenchmark(true),
          new SendBenchmark(),
          new CaptureBenchmark(),
          new SlowReaderBenchmark(),
          new ChainBenchmark(),
          new FilterBenchmark(),
          new PingBenchmark(),
          new TracerouteBenchmark(),
          new StartBenchmark(),
          new MemoryBenchmark());
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  private Bench() {}

  /** Runs what is asked for and exits. */
  public static void main(String[] words) throws Exception {
    Options options;
    try {
      options = Options.parse(words);
    } catch (IllegalArgumentException e) {
      System.err.println("bench: " + e.getMessage() + "; try --help");
      System.exit(USAGE);
      return;
    }
    List<String> names = ALL.stream().map(Benchmark::name).toList();
    if (options.help()) {
      System.out.print(Options.usage(names));
      return;
    }
    if (options.list()) {
      ALL.forEach(benchmark -> System.out.println(benchmark.name() + "  " + benchmark.metrics().get(0).what()));
      return;
    }
    Set<String> unknown = new LinkedHashSet<>(options.names());
    unknown.removeAll(names);
    if (!unknown.isEmpty()) {
      System.err.println("bench: there is no benchmark " + String.join(", ", unknown) + "; there are: " + String.join(", ", names));
      System.exit(USAGE);
    }
    try {
      System.exit(run(options) ? 0 : FAILED);
    } catch (BenchFailure e) {
      System.err.println("bench: " + e.getMessage());
      System.exit(FAILED);
    }
  }

  private static boolean run(Options options) throws Exception {
    if (options.distribution() == null || options.bench() == null) {
      throw new BenchFailure("start it with ./pktlab bench, which says where the product is");
    }
    List<Jdk> jdks = new ArrayList<>();
    for (java.nio.file.Path home : options.javas()) {
      jdks.add(Jdk.of(home));
    }
    if (jdks.isEmpty()) {
      jdks.addAll(Jdk.find());
    }
    if (jdks.isEmpty()) {
      throw new BenchFailure("no JDK of release 17 or 25 was found; name one with --java HOME");
    }
    Peer peer = options.peer() == null ? null : new Peer(options.peer());
    String missing = peer == null ? "neither --peer DIR nor PKTLAB_PEER says where it was built" : peer.missing();
    Report report = new Report(jdks, missing == null, options.json(), System.out);
    if (missing != null) {
      report.note("The C reference was not measured: " + missing + ".");
    }
    boolean complete;
    try (Stage stage = Stage.set(options.distribution(), options.bench(), missing == null ? peer : null)) {
      // An interrupted run must not leave processes; they are children, which are told first.
      Thread hook = new Thread(() -> ProcessHandle.current().descendants().forEach(ProcessHandle::destroy));
      Runtime.getRuntime().addShutdownHook(hook);
      report.machine(Machine.text(), stage.flags());
      if (stage.tools().receiver() == null) {
        report.note("No C compiler: arrivals are timed after the receive call, not by the kernel, so schedule and burst are pessimistic.");
      }
      complete = measure(options, jdks, stage, report);
    }
    report.print();
    return complete;
  }

  private static boolean measure(Options options, List<Jdk> jdks, Stage stage, Report report) throws InterruptedException {
    boolean complete = true;
    for (Benchmark benchmark : ALL) {
      if (!options.names().isEmpty() && !options.names().contains(benchmark.name())) {
        continue;
      }
      Map<Jdk, Map<String, Double>> ours = new LinkedHashMap<>();
      Map<Jdk, Map<String, Double>> peers = new LinkedHashMap<>();
      for (Jdk jdk : jdks) {
        complete &= repeat(options, report, benchmark.name() + " on JDK " + jdk.release(), () -> benchmark.ours(stage, jdk), ours, jdk);
        if (stage.peer() != null && benchmark.hasPeer()) {
          complete &= repeat(options, report, benchmark.name() + " of the peer", () -> benchmark.peer(stage, jdk), peers, jdk);
        }
      }
      report.add(benchmark, ours, peers);
    }
    return complete;
  }

  /** One measurement. */
  private interface Measurement {
    Map<String, Double> take() throws Exception;
  }

  private static boolean repeat(Options options, Report report, String what, Measurement measurement, Map<Jdk, Map<String, Double>> into, Jdk jdk)
      throws InterruptedException {
    Map<String, List<Double>> taken = new LinkedHashMap<>();
    boolean complete = true;
    for (int i = 0; i < options.repeat(); i++) {
      System.err.println("bench: " + what + (options.repeat() > 1 ? ", " + (i + 1) + " of " + options.repeat() : ""));
      try {
        measurement.take().forEach((key, number) -> taken.computeIfAbsent(key, k -> new ArrayList<>()).add(number));
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception e) {
        report.note(what + " was not measured: " + (e instanceof BenchFailure ? e.getMessage() : e.toString()));
        complete = false;
      }
    }
    Map<String, Double> medians = new LinkedHashMap<>();
    taken.forEach((key, numbers) -> medians.put(key, Numbers.median(numbers.stream().mapToDouble(number -> number).toArray())));
    into.put(jdk, medians);
    return complete;
  }
}
