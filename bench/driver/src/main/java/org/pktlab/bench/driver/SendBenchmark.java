package org.pktlab.bench.driver;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How many raw packets a second go through the session, one request each, answered each? */
final class SendBenchmark implements Benchmark {
  private static final long SECONDS = 90;
  private static final int COUNT = 300_000;
  private static final String RATE = "rate";
  private static final String LOST = "lost";

  @Override
  public String name() {
    return "raw-send";
  }

  @Override
  public List<Metric> metrics() {
    return List.of(
        new Metric(RATE, "raw packets of 92 octets sent through the session, pipelined, arrivals", "1/s", Goal.above(400_000)),
        new Metric(LOST, "packets that did not arrive", "", Goal.atMost(0)));
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
    // Its limit on sending, 12,500,000 octets in 10 s, cannot be lifted: fewer packets.
    return measure(stage, jdk, stage.peerEndpoint(), 50_000);
  }

  private static Map<String, Double> measure(Stage stage, Jdk jdk, Stage.EndpointStart endpoint) throws Exception {
    return measure(stage, jdk, endpoint, COUNT);
  }

  private static Map<String, Double> measure(Stage stage, Jdk jdk, Stage.EndpointStart endpoint, int count) throws Exception {
    String number = Integer.toString(count);
    try (DatagramSink sink = DatagramSink.open(stage)) {
      stage.run(jdk, endpoint, SECONDS, "bench-send", sink.address(), "--raw", "--count", number, "--warmup", number);
      long[] times = sink.finish().stream().filter(arrival -> arrival.round() == 1).mapToLong(DatagramSink.Arrival::timeNs).sorted().toArray();
      Map<String, Double> numbers = new LinkedHashMap<>();
      if (times.length > 1) {
        numbers.put(RATE, (times.length - 1) * 1e9 / (times[times.length - 1] - times[0]));
      }
      numbers.put(LOST, (double) (count - times.length));
      return numbers;
    }
  }
}
