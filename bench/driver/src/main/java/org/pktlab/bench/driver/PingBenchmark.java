package org.pktlab.bench.driver;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What round trip does ping tell, and what does the host's own ping tell in the same place? Ours takes both times in the kernel where it can. */
final class PingBenchmark implements Benchmark {
  private static final long SECONDS = 60;
  private static final String COUNT = "300";
  private static final String INTERVAL = "0.01";
  private static final String TARGET = "10.9.0.1";
  private static final Pattern TIME = Pattern.compile("time=([0-9.]+) ms");
  private static final String MEDIAN = "median";
  private static final String HOST = "host";
  private static final String ABOVE = "above";

  @Override
  public String name() {
    return "ping";
  }

  @Override
  public List<Metric> metrics() {
    return List.of(
        new Metric(MEDIAN, "ping through four routers, median round trip", "us", Goal.NONE),
        new Metric(HOST, "the host's own ping in the same place", "us", Goal.NONE),
        new Metric(ABOVE, "ours above the host's", "us", Goal.atMost(10)));
  }

  @Override
  public Map<String, Double> ours(Stage stage, Jdk jdk) throws Exception {
    try (PathStage path = PathStage.up(stage)) {
      double[] ours =
          path.run(jdk, SECONDS, "ping", TARGET, "-c", COUNT, "-i", INTERVAL).stream()
              .filter(row -> row.path("kind").asText().equals("reply"))
              .map(row -> row.get("rtt_ms"))
              .mapToDouble(JsonNode::asDouble)
              .toArray();
      double[] host =
          path.beside(SECONDS, "ping", "-n", "-c", COUNT, "-i", INTERVAL, TARGET).stream()
              .map(TIME::matcher)
              .filter(Matcher::find)
              .mapToDouble(matcher -> Double.parseDouble(matcher.group(1)))
              .toArray();
      Map<String, Double> numbers = new LinkedHashMap<>();
      numbers.put(MEDIAN, Numbers.median(ours) * 1e3);
      numbers.put(HOST, Numbers.median(host) * 1e3);
      numbers.put(ABOVE, (Numbers.median(ours) - Numbers.median(host)) * 1e3);
      return numbers;
    }
  }
}
