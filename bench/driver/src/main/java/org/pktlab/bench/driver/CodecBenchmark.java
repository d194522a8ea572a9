package org.pktlab.bench.driver;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pktlab.bench.micro.HeaderCodec;

/** How many headers of the two hot messages can one core write and read? */
final class CodecBenchmark extends MicroBenchmark {
  private static final String OCTETS = "octets";

  @Override
  public String name() {
    return "codec";
  }

  @Override
  public List<Metric> metrics() {
    List<Metric> metrics = new ArrayList<>();
    for (String what : List.of("encodeNsend", "decodeNsend", "encodeNdata", "decodeNdata")) {
      metrics.add(new Metric(what, what.replaceFirst("([a-z]+)(N)", "$1 n") + " header, one core", "M/s", Goal.above(10)));
    }
    metrics.add(new Metric(OCTETS, "allocated for each message, the most of the four", "octets", Goal.below(0.5)));
    return metrics;
  }

  @Override
  public Map<String, Double> ours(Stage stage, Jdk jdk) throws Exception {
    Map<String, Double> numbers = new LinkedHashMap<>();
    double most = 0;
    for (Map.Entry<String, JsonNode> each : run(stage, jdk, HeaderCodec.class).entrySet()) {
      numbers.put(each.getKey(), score(each.getValue()) / 1e6);
      most = Math.max(most, allocated(each.getValue()));
    }
    numbers.put(OCTETS, Math.rint(most * 100) / 100);
    return numbers;
  }
}
