package org.pktlab.bench.driver;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pktlab.bench.micro.FilterRuns;

/** How long does an eBPF filter of 20 instructions take for a packet? */
final class FilterBenchmark extends MicroBenchmark {
  private static final String COMPILED = "compiled";
  private static final String INTERPRETED = "interpreted";
  private static final String RATIO = "ratio";
  private static final String OCTETS = "octets";

  @Override
  public String name() {
    return "filter";
  }

  @Override
  public List<Metric> metrics() {
    return List.of(
        new Metric(COMPILED, "eBPF filter of 20 instructions, compiled, one packet", "ns", Goal.atMost(50)),
        new Metric(INTERPRETED, "the same, interpreted", "ns", Goal.atMost(500)),
        new Metric(RATIO, "interpreted over compiled", "times", Goal.atMost(10)),
        new Metric(OCTETS, "allocated for each packet, the more of the two", "octets", Goal.below(0.5)));
  }

  @Override
  public Map<String, Double> ours(Stage stage, Jdk jdk) throws Exception {
    Map<String, JsonNode> found = run(stage, jdk, FilterRuns.class);
    double compiled = median(found.get(COMPILED));
    double interpreted = median(found.get(INTERPRETED));
    double octets = Math.max(allocated(found.get(COMPILED)), allocated(found.get(INTERPRETED)));
    Map<String, Double> numbers = new LinkedHashMap<>();
    numbers.put(COMPILED, compiled);
    numbers.put(INTERPRETED, interpreted);
    numbers.put(RATIO, interpreted / compiled);
    numbers.put(OCTETS, Math.rint(octets * 100) / 100);
    return numbers;
  }

  /** Of a fifth of a second each: a mean would show what else the machine did meanwhile. */
  private static double median(JsonNode result) {
    List<Double> rounds = new ArrayList<>();
    result.get("primaryMetric").get("rawData").forEach(fork -> fork.forEach(round -> rounds.add(round.asDouble())));
    return Numbers.median(rounds.stream().mapToDouble(round -> round).toArray());
  }
}
