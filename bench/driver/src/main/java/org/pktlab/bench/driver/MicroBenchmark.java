package org.pktlab.bench.driver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Benchmarks inside one process, by JMH on the JDK that is measured. */
abstract class MicroBenchmark implements Benchmark {
  private static final long SECONDS = 120;
  private static final String JMH = "org.openjdk.jmh.Main";

  /** Runs those of a class and returns JMH's own results by the name of the method. */
  final Map<String, JsonNode> run(Stage stage, Jdk jdk, Class<?> benchmarks) throws Exception {
    Path result = stage.folder().resolve("jmh-" + System.nanoTime() + ".json");
    List<String> command = new ArrayList<>();
    command.add(jdk.java().toString());
    stage.flagsFile().ifPresent(file -> command.add("@" + file)); // JMH hands the flags of its own process on
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(JMH);
    command.addAll(List.of("^" + benchmarks.getName().replace(".", "\\.") + "\\.", "-rf", "json", "-rff", result.toString(), "-prof", "gc", "-foe", "true"));
    try (Child child = stage.start("jmh", command)) {
      child.finish(SECONDS);
    }
    Map<String, JsonNode> found = new LinkedHashMap<>();
    for (JsonNode each : new ObjectMapper().readTree(result.toFile())) {
      String name = each.get("benchmark").asText();
      found.put(name.substring(name.lastIndexOf('.') + 1), each);
    }
    if (found.isEmpty()) {
      throw new BenchFailure("JMH measured nothing");
    }
    return found;
  }

  static double score(JsonNode result) {
    return result.get("primaryMetric").get("score").asDouble();
  }

  /** Octets allocated for each call. */
  static double allocated(JsonNode result) {
    JsonNode secondary = result.get("secondaryMetrics");
    for (String key : List.of("gc.alloc.rate.norm", "·gc.alloc.rate.norm")) {
      if (secondary.has(key)) {
        return secondary.get(key).get("score").asDouble();
      }
    }
    return Double.NaN;
  }
}
