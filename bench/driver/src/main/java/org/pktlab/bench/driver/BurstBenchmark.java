package org.pktlab.bench.driver;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** How fast do 20,000 datagrams leave that are all due at once? The first bursts warm up; the median of the others counts. */
final class BurstBenchmark implements Benchmark {
  private static final long SECONDS = 90;
  private static final int COUNT = 20_000;
  private static final int WARM_UP = 6;
  private static final int ROUNDS = 12;
  private static final String RATE = "rate";
  private static final String TAG_RATE = "tag_rate";
  private static final String LOST = "lost";

  private final boolean raw;

  /** Through UDP sockets, or raw ones. */
  BurstBenchmark(boolean raw) {
    this.raw = raw;
  }

  @Override
  public String name() {
    return raw ? "raw-burst" : "burst";
  }

  @Override
  public List<Metric> metrics() {
    return List.of(
        new Metric(RATE, "burst of 20,000 datagrams of 64 octets due at once, " + (raw ? "raw" : "UDP") + ", arrivals", "1/s", raw ? Goal.above(500_000) : Goal.timesPeer(1.5)),
        new Metric(TAG_RATE, "the same by the endpoint's own account (ntag)", "1/s", Goal.NONE),
        new Metric(LOST, "datagrams that did not arrive", "", Goal.atMost(0)));
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

  private Map<String, Double> measure(Stage stage, Jdk jdk, Stage.EndpointStart endpoint) throws Exception {
    List<DatagramSink.Arrival> arrivals;
    List<JsonNode> rows;
    try (DatagramSink sink = DatagramSink.open(stage)) {
      rows =
          stage.run(jdk, endpoint, SECONDS, words(sink.address()));
      arrivals = sink.finish();
    }
    List<Double> rates = new ArrayList<>();
    List<Double> tagRates = new ArrayList<>();
    long lost = 0;
    int queued = 0;
    for (JsonNode row : rows) {
      if (!row.get("queued").asBoolean()) {
        continue; // some were late before they were sent
      }
      int round = row.get("round").asInt();
      LongStream.Builder times = LongStream.builder();
      arrivals.stream().filter(arrival -> arrival.round() == round).forEach(arrival -> times.add(arrival.timeNs()));
      long[] sorted = times.build().sorted().toArray();
      if (++queued > WARM_UP && sorted.length > 1) {
        rates.add((sorted.length - 1) * 1e9 / (sorted[sorted.length - 1] - sorted[0]));
        tagRates.add(row.get("rate").asDouble());
        lost += COUNT - sorted.length;
      }
    }
    if (rates.isEmpty()) {
      throw new BenchFailure("no burst was queued in time");
    }
    Map<String, Double> numbers = new LinkedHashMap<>();
    numbers.put(RATE, Numbers.median(rates.stream().mapToDouble(rate -> rate).toArray()));
    numbers.put(TAG_RATE, Numbers.median(tagRates.stream().mapToDouble(rate -> rate).toArray()));
    numbers.put(LOST, (double) lost);
    return numbers;
  }

  private String[] words(String receiver) {
    List<String> words = new ArrayList<>(List.of("bench-burst", receiver, "--count", Integer.toString(COUNT), "--rounds", Integer.toString(ROUNDS)));
    if (raw) {
      words.add("--raw");
    }
    return words.toArray(String[]::new);
  }
}
