package org.pktlab.bench.driver;

import com.fasterxml.jackson.databind.JsonNode;
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

  @Override
  public String name() {
    return "schedule";
  }

  @Override
  public List<Metric> metrics() {
    return List.of(
        new Metric(P50, "UDP sends scheduled 1 ms apart, arrival lateness, p50", "us", Goal.below(4)),
        new Metric(P99, "the same, p99", "us", Goal.below(10)),
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

  private static Map<String, Double> measure(Stage stage, Jdk jdk, Stage.EndpointStart endpoint) throws Exception {
    try (DatagramSink sink = DatagramSink.open(stage)) {
      JsonNode row =
          stage.run(jdk, endpoint, SECONDS, "bench-schedule", sink.address(), "--count", Integer.toString(COUNT), "--warmup", "15000").get(0);
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
}
