package org.pktlab.bench.driver;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How long after the broker accepted a publication comes the first row? Broker, endpoint and controller are containers that have run for a while. */
final class PublicationBenchmark implements Benchmark {
  private static final long SECONDS = 150;
  private static final int WARMUP = 200;
  private static final int COUNT = 60;
  private static final String P50 = "p50";
  private static final String P90 = "p90";
  private static final String BEGUN = "begun_p50";

  @Override
  public String name() {
    return "publication";
  }

  @Override
  public List<Metric> metrics() {
    return List.of(
        new Metric(P50, "publication accepted -> first row of the mlet, roles warm, p50", "ms", Goal.below(50)),
        new Metric(P90, "the same, p90", "ms", Goal.NONE),
        new Metric(BEGUN, "run begun -> first row, p50", "ms", Goal.NONE));
  }

  @Override
  public Map<String, Double> ours(Stage stage, Jdk jdk) throws Exception {
    Credentials credentials = stage.credentials();
    try (Child broker = stage.role(jdk, "broker", "-c", credentials.broker().toString());
        Child endpoint = stage.role(jdk, "endpoint", "-c", credentials.endpoint(false).toString());
        Child controller =
            stage.role(
                jdk, "controller", "-c", credentials.controller(true).toString(), "-a", credentials.controllerAddress(), "--with", "bench");
        Child shell = stage.start(jdk, "shell", "controller", "-c", "bench:publication " + WARMUP + " " + COUNT)) {
      Map<String, Double> numbers = new LinkedHashMap<>();
      List<String> lines = shell.finish(SECONDS);
      for (String line : lines) {
        String[] words = line.split(" ");
        if (words[0].equals("accepted") && words.length == 6) {
          numbers.put(P50, Double.parseDouble(words[2]) / 1e3);
          numbers.put(P90, Double.parseDouble(words[3]) / 1e3);
        } else if (words[0].equals("begun") && words.length == 6) {
          numbers.put(BEGUN, Double.parseDouble(words[2]) / 1e3);
        }
      }
      if (numbers.isEmpty()) {
        throw new BenchFailure("the controller's shell says: " + String.join(" ", lines));
      }
      return numbers;
    }
  }
}
