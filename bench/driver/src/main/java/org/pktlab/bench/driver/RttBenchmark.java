package org.pktlab.bench.driver;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How long does an mlet wait for 8 octets of the endpoint's memory? */
final class RttBenchmark implements Benchmark {
  private static final long SECONDS = 60;
  private static final String P50 = "p50";
  private static final String P99 = "p99";
  private static final String NO_DELAY_P50 = "nodelay_p50";
  private static final String NO_DELAY_P99 = "nodelay_p99";

  @Override
  public String name() {
    return "rtt";
  }

  @Override
  public List<Metric> metrics() {
    return List.of(
        new Metric(P50, "mread of 8 octets over TLS, loopback, p50", "us", Goal.below(80)),
        new Metric(P99, "the same, p99", "us", Goal.NONE),
        new Metric(NO_DELAY_P50, "peer with its Nagle stall removed (preload), p50", "us", Goal.NONE),
        new Metric(NO_DELAY_P99, "the same, p99", "us", Goal.NONE));
  }

  @Override
  public Map<String, Double> ours(Stage stage, Jdk jdk) throws Exception {
    JsonNode row = stage.run(jdk, stage.ourEndpoint(jdk), SECONDS, "bench-rtt", "--count", "50000", "--warmup", "50000").get(0);
    return Map.of(P50, row.get("p50_us").asDouble(), P99, row.get("p99_us").asDouble());
  }

  @Override
  public boolean hasPeer() {
    return true;
  }

  @Override
  public Map<String, Double> peer(Stage stage, Jdk jdk) throws Exception {
    Map<String, Double> numbers = new LinkedHashMap<>();
    JsonNode stalled = stage.run(jdk, stage.peerEndpoint(), SECONDS, "bench-rtt", "--count", "100", "--warmup", "20").get(0);
    numbers.put(P50, stalled.get("p50_us").asDouble());
    numbers.put(P99, stalled.get("p99_us").asDouble());
    Path noDelay = stage.tools().noDelay();
    if (noDelay != null) {
      JsonNode row =
          stage.run(jdk, stage.peerEndpoint("LD_PRELOAD=" + noDelay), SECONDS, "bench-rtt", "--count", "50000", "--warmup", "50000").get(0);
      numbers.put(NO_DELAY_P50, row.get("p50_us").asDouble());
      numbers.put(NO_DELAY_P99, row.get("p99_us").asDouble());
    }
    return numbers;
  }
}
