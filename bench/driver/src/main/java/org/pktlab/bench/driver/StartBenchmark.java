package org.pktlab.bench.driver;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** How long does an endpoint's container take from the command to being subscribed at a broker? */
final class StartBenchmark implements Benchmark {
  private static final int RUNS = 5;
  private static final long SECONDS = 30;
  private static final String MEDIAN = "median";
  private static final String WORST = "max";

  @Override
  public String name() {
    return "start";
  }

  @Override
  public List<Metric> metrics() {
    return List.of(
        new Metric(MEDIAN, "container start to ready: endpoint subscribed at a broker, median of 5", "s", Goal.below(2.5)),
        new Metric(WORST, "the same, slowest", "s", Goal.NONE));
  }

  @Override
  public Map<String, Double> ours(Stage stage, Jdk jdk) throws Exception {
    double[] seconds = new double[RUNS];
    try (Child broker = stage.role(jdk, "broker", "-c", stage.credentials().broker().toString())) {
      for (int i = 0; i < RUNS; i++) {
        try (Child endpoint = stage.startByScript(jdk, "endpoint", "-c", stage.credentials().endpoint(false).toString())) {
          seconds[i] = endpoint.await(line -> line.startsWith("ready: "), SECONDS) / 1e9;
        }
      }
    }
    return Map.of(MEDIAN, Numbers.median(seconds), WORST, Arrays.stream(seconds).max().orElseThrow());
  }
}
