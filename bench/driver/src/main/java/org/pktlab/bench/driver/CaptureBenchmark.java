package org.pktlab.bench.driver;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How many packets a second can be captured through a filter and reach the mlet, none of them lost? Rates rise until well after the first loss. */
final class CaptureBenchmark implements Benchmark {
  private static final long SECONDS = 120;
  private static final int ROUNDS = 18;
  private static final int WARM_UP = 4;
  private static final double FIRST = 20_000;
  private static final double STEP = 1.3;
  private static final String RATE = "rate";
  private static final String COUNTED = "counted";

  @Override
  public String name() {
    return "capture";
  }

  @Override
  public List<Metric> metrics() {
    return List.of(
        new Metric(RATE, "captured through a filter without loss and delivered to the mlet", "1/s", Goal.above(500_000)),
        new Metric(COUNTED, "packets lost in faster rounds that the endpoint did not count", "", Goal.atMost(0)));
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
    Path flood = stage.tools().flood();
    if (flood == null) {
      throw new BenchFailure("a C compiler is needed for the sender of this benchmark");
    }
    String port = Integer.toString(freePort());
    List<String> command = new ArrayList<>(List.of(flood.toString(), port));
    for (int i = 0; i < WARM_UP; i++) {
      command.add(Double.toString(FIRST * 4));
    }
    for (int i = 0; i < ROUNDS; i++) {
      command.add(Double.toString(FIRST * Math.pow(STEP, i)));
    }
    List<String> sent = new ArrayList<>();
    List<JsonNode> rows =
        stage.run(
            jdk,
            endpoint,
            SECONDS,
            "capturing",
            () -> {
              try (Child sender = stage.start("flood", command)) {
                sent.addAll(sender.finish(SECONDS));
              }
            },
            "bench-capture",
            port,
            "--rounds",
            Integer.toString(WARM_UP + ROUNDS));
    return numbers(sent, rows);
  }

  private static Map<String, Double> numbers(List<String> sent, List<JsonNode> rows) {
    Map<Integer, Long> counts = new HashMap<>();
    for (String line : sent) {
      String[] words = line.split(" ");
      counts.put(Integer.parseInt(words[0]), Long.parseLong(words[1]));
    }
    double best = 0;
    long uncounted = 0;
    for (JsonNode row : rows) {
      int round = row.get("round").asInt();
      long lost = counts.getOrDefault(round, 0L) - row.get("received").asLong();
      if (round > WARM_UP && lost == 0) {
        best = Math.max(best, row.get("rate").asDouble());
      }
      uncounted += Math.abs(lost - row.get("dropped").asLong());
    }
    Map<String, Double> numbers = new LinkedHashMap<>();
    numbers.put(RATE, best);
    numbers.put(COUNTED, (double) uncounted);
    return numbers;
  }

  static int freePort() throws IOException {
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
