package org.pktlab.bench.driver;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How late do datagrams arrive that were scheduled 1 ms apart? */
final class ScheduleBenchmark implements Benchmark {
  private static final long SECONDS = 60;
  private static final String P50 = "p50";
  private static final String P99 = "p99";
  private static final String TAG_P50 = "tag_p50";
  private static final String TAG_P99 = "tag_p99";
  private static final String LOST = "lost";
  private static final int COUNT = 2000;

  /** What the datagrams go through. */
  enum Through {
    UDP("schedule", "UDP sends scheduled 1 ms apart"),
    RAW("raw-schedule", "raw sends scheduled 1 ms apart"),
    MANY("schedule-many", "UDP sends scheduled 1 ms apart, through 250 sockets in turn");

    final String name;
    final String what;

    Through(String name, String what) {
      this.name = name;
      this.what = what;
    }
  }

  private static final String MANY_SOCKETS = "250";

  private final Through through;

  ScheduleBenchmark(Through through) {
    this.through = through;
  }

  @Override
  public String name() {
    return through.name;
  }

  @Override
  public List<Metric> metrics() {
    return List.of(
        new Metric(P50, through.what + ", arrival lateness, p50", "us", Goal.atMost(3)),
        new Metric(P99, "the same, p99", "us", Goal.atMost(6)),
        new Metric(TAG_P50, "lateness by the endpoint's own account (ntag), p50", "us", Goal.NONE),
        new Metric(TAG_P99, "the same, p99", "us", Goal.NONE),
        new Metric(LOST, "datagrams that did not arrive", "", Goal.atMost(0)));
  }

  @Override
  public Map<String, Double> ours(Stage stage, Jdk jdk) throws Exception {
    return measure(stage, jdk, stage.ourEndpoint(jdk));
  }

  @Override
  public boolean hasPeer() {
    return true;
  }

  @Override
  public Map<String, Double> peer(Stage stage, Jdk jdk) throws Exception {
    return measure(stage, jdk, stage.peerEndpoint());
  }

  private Map<String, Double> measure(Stage stage, Jdk jdk, Stage.EndpointStart endpoint) throws Exception {
    try (DatagramSink sink = DatagramSink.open(stage)) {
      JsonNode row =
          stage.run(jdk, endpoint, SECONDS, words(sink.address())).get(0);
      double[] late = sink.finish().stream().filter(arrival -> arrival.round() == 1).mapToDouble(arrival -> arrival.lateNs() / 1e3).toArray();
      Map<String, Double> numbers = new LinkedHashMap<>();
      if (late.length > 0) {
        numbers.put(P50, Numbers.quantile(late, 0.5));
        numbers.put(P99, Numbers.quantile(late, 0.99));
      }
      numbers.put(TAG_P50, row.get("p50_us").asDouble());
      numbers.put(TAG_P99, row.get("p99_us").asDouble());
      numbers.put(LOST, (double) COUNT - late.length);
      return numbers;
    }
  }

  private String[] words(String receiver) {
    List<String> words = new ArrayList<>(List.of("bench-schedule", receiver, "--count", Integer.toString(COUNT), "--warmup", "15000"));
    if (through == Through.RAW) {
      words.add("--raw");
    } else if (through == Through.MANY) {
      words.addAll(List.of("--sockets", MANY_SOCKETS));
    }
    return words.toArray(String[]::new);
  }
}
