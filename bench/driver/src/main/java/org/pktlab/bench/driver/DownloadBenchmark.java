package org.pktlab.bench.driver;

import java.util.List;
import java.util.Map;

/** How fast does a TCP stream come through the endpoint to the mlet? */
final class DownloadBenchmark implements Benchmark {
  private static final long SECONDS = 60;
  private static final String RATE = "rate";

  @Override
  public String name() {
    return "download";
  }

  @Override
  public List<Metric> metrics() {
    return List.of(new Metric(RATE, "TCP download through an endpoint socket, seen by the mlet", "MB/s", Goal.timesPeer(1)));
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
    try (StreamSource source = StreamSource.open()) {
      return Map.of(
          RATE, stage.run(jdk, endpoint, SECONDS, "bench-download", source.address(), "--warmup", "4s", "--time", "6s").get(0).get("mb_s").asDouble());
    }
  }
}
