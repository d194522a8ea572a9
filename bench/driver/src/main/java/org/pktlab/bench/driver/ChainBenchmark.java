package org.pktlab.bench.driver;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.pktlab.bench.micro.ChainOfFive;

/** How long does the verification of a chain of five certificates take? */
final class ChainBenchmark extends MicroBenchmark {
  private static final String MEDIAN = "median";

  @Override
  public String name() {
    return "chain";
  }

  @Override
  public List<Metric> metrics() {
    return List.of(new Metric(MEDIAN, "chain of 5 certificates verified, median", "ms", Goal.below(1)));
  }

  @Override
  public Map<String, Double> ours(Stage stage, Jdk jdk) throws Exception {
    JsonNode result = run(stage, jdk, ChainOfFive.class).values().iterator().next();
    return Map.of(MEDIAN, result.get("primaryMetric").get("scorePercentiles").get("50.0").asDouble());
  }
}
