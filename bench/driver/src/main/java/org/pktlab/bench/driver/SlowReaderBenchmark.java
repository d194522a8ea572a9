package org.pktlab.bench.driver;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An endpoint is flooded with packets to capture while the mlet rests after each: what is dropped is counted, and control goes on. */
final class SlowReaderBenchmark implements Benchmark {
  private static final long SECONDS = 300;
  private static final int WARM_UP = 4;
  private static final int ROUNDS = 3;
  private static final String FLOOD_RATE = "150000";
  private static final String PAUSE_US = "50";

  /** Responses wait behind what was captured before them: the mlet that wants them soon asks for little buffer. */
  private static final String BUFFER = "524288";

  private static final String CONTROL = "control";
  private static final String COLD = "cold";
  private static final String UNCOUNTED = "uncounted";
  private static final String DROPPED = "dropped";

  @Override
  public String name() {
    return "slow-reader";
  }

  @Override
  public List<Metric> metrics() {
    return List.of(
        new Metric(CONTROL, "longest answer to a request while 150,000 packets a second are captured and the mlet reads slowly", "ms", Goal.below(100)),
        new Metric(COLD, "the same in the first floods of new processes", "ms", Goal.below(100)),
        new Metric(UNCOUNTED, "packets sent that were neither delivered nor counted as dropped", "", Goal.atMost(0)),
        new Metric(DROPPED, "packets dropped, of those sent", "%", Goal.NONE));
  }

  @Override
  public Map<String, Double> ours(Stage stage, Jdk jdk) throws Exception {
    Path flood = stage.tools().flood();
    if (flood == null) {
      throw new BenchFailure("a C compiler is needed for the sender of this benchmark");
    }
    Map<String, Double> numbers = new LinkedHashMap<>();
    Flooded cold = flooded(stage, jdk, flood, 0);
    Flooded warm = flooded(stage, jdk, flood, WARM_UP);
    numbers.put(CONTROL, warm.row().get("control_ms").asDouble());
    numbers.put(COLD, cold.row().get("control_ms").asDouble());
    numbers.put(UNCOUNTED, cold.uncounted() + warm.uncounted());
    numbers.put(DROPPED, 100.0 * warm.dropped() / Math.max(1, warm.sent()));
    return numbers;
  }

  /** The mlet's row, and what the sender says that it sent meanwhile. */
  private record Flooded(JsonNode row, long sent) {
    long dropped() {
      return row.get("dropped").asLong();
    }

    double uncounted() {
      return Math.abs(sent - row.get("received").asLong() - dropped());
    }
  }

  private static Flooded flooded(Stage stage, Jdk jdk, Path flood, int warmUp) throws Exception {
    String port = Integer.toString(CaptureBenchmark.freePort());
    List<String> command = new ArrayList<>(List.of(flood.toString(), port));
    for (int i = 0; i < warmUp + ROUNDS; i++) {
      command.add(FLOOD_RATE);
    }
    long[] sent = new long[1];
    // The floods after those for warming up are one round for the mlet: it reads so slowly that it does not see the pauses of the sender.
    List<JsonNode> rows =
        stage.run(
            jdk,
            stage.ourEndpoint(jdk),
            SECONDS,
            "capturing",
            () -> {
              try (Child sender = stage.start("flood", command)) {
                sent[0] = sender.finish(SECONDS).stream().skip(warmUp).mapToLong(line -> Long.parseLong(line.split(" ")[1])).sum();
              }
            },
            "bench-capture",
            port,
            "--warm-up",
            Integer.toString(warmUp),
            "--pause",
            PAUSE_US,
            "--buffer",
            BUFFER);
    return new Flooded(rows.get(0), sent[0]);
  }
}
