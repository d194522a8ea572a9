package org.pktlab.bench.driver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** How long does traceroute take for 2,000 targets, next to scamper at the same rate, and as fast as it goes? */
final class TracerouteBenchmark implements Benchmark {
  private static final long SECONDS = 120;
  private static final int TARGETS = 2_000;
  private static final String RATE = "2000";
  private static final String UNLIMITED = "100000";
  private static final String OURS = "ours";
  private static final String SCAMPER = "scamper";
  private static final String LONGER = "longer";
  private static final String MISSED = "missed";
  private static final String BEST = "best";

  @Override
  public String name() {
    return "traceroute";
  }

  @Override
  public List<Metric> metrics() {
    return List.of(
        new Metric(OURS, "traceroute of 2,000 targets five hops away at 2,000 packets/s", "s", Goal.NONE),
        new Metric(SCAMPER, "scamper at the same rate, in the same place", "s", Goal.NONE),
        new Metric(LONGER, "ours, of scamper's time", "%", Goal.atMost(100)),
        new Metric(MISSED, "replies that scamper saw more than ours", "", Goal.atMost(0)),
        new Metric(BEST, "as fast as it goes", "s", Goal.NONE));
  }

  @Override
  public Map<String, Double> ours(Stage stage, Jdk jdk) throws Exception {
    Path targets = stage.folder().resolve("targets.txt");
    Files.writeString(targets, IntStream.rangeClosed(1, TARGETS).mapToObj(i -> "10.9." + i / 250 + "." + (1 + i % 250) + "\n").collect(Collectors.joining()));
    try (PathStage path = PathStage.up(stage)) {
      Path warts = stage.folder().resolve("paths.warts");
      long begin = System.nanoTime();
      path.beside(SECONDS, "scamper", "-O", "warts", "-o", warts.toString(), "-p", RATE, "-c", "trace -P udp-paris", "-f", targets.toString());
      double theirs = (System.nanoTime() - begin) / 1e9;
      long replies = 0;
      for (String line : path.beside(SECONDS, "sc_warts2json", warts.toString())) {
        replies += new ObjectMapper().readTree(line).path("hops").size();
      }
      List<JsonNode> rows = path.run(jdk, SECONDS, "traceroute", "--targets", targets.toString(), "--method", "udp-paris", "--rate", RATE);
      List<JsonNode> fast = path.run(jdk, SECONDS, "traceroute", "--targets", targets.toString(), "--method", "udp-paris", "--rate", UNLIMITED);
      Map<String, Double> numbers = new LinkedHashMap<>();
      numbers.put(OURS, seconds(rows));
      numbers.put(SCAMPER, theirs);
      numbers.put(LONGER, 100 * seconds(rows) / theirs);
      numbers.put(MISSED, (double) Math.max(0, replies - rows.stream().filter(row -> row.path("from").isTextual()).count()));
      numbers.put(BEST, seconds(fast));
      return numbers;
    }
  }

  /** From the first probe to the last reply. */
  private static double seconds(List<JsonNode> rows) {
    long first = rows.stream().filter(row -> row.path("tx_ns").isNumber()).mapToLong(row -> row.get("tx_ns").asLong()).min().orElse(0);
    long last = rows.stream().filter(row -> row.path("rx_ns").isNumber()).mapToLong(row -> row.get("rx_ns").asLong()).max().orElse(0);
    return (last - first) / 1e9;
  }
}
