package org.pktlab.bench.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** How much memory of its own does an endpoint have that was subscribed at a broker and idle for 10 s? */
final class MemoryBenchmark implements Benchmark {
  private static final long IDLE_MS = 10_000;
  private static final String ANONYMOUS = "anonymous";

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public List<Metric> metrics() {
    return List.of(new Metric(ANONYMOUS, "idle endpoint, anonymous memory", "MB", Goal.below(100)));
  }

  @Override
  public Map<String, Double> ours(Stage stage, Jdk jdk) throws Exception {
    try (Child broker = stage.role(jdk, "broker", "-c", stage.credentials().broker().toString());
        Child endpoint = stage.role(jdk, "endpoint", "-c", stage.credentials().endpoint(false).toString())) {
      return measure(endpoint);
    }
  }

  @Override
  public boolean hasPeer() {
    return true;
  }

  @Override
  public Map<String, Double> peer(Stage stage, Jdk jdk) throws Exception {
    String configuration = stage.credentials().endpoint(false).toString();
    try (Child broker = stage.role(jdk, "broker", "-c", stage.credentials().broker().toString());
        Child endpoint = stage.start("peer's endpoint", List.of(stage.peer().endpoint().toString(), "-c", configuration))) {
      return measure(endpoint);
    }
  }

  private static Map<String, Double> measure(Child endpoint) throws Exception {
    Thread.sleep(IDLE_MS);
    if (!endpoint.isAlive()) {
      throw new BenchFailure("the endpoint has ended");
    }
    return Map.of(ANONYMOUS, anonymous(endpoint.pid()) / 1e6);
  }

  /** Octets, by the kernel's account. */
  private static double anonymous(long pid) throws IOException, BenchFailure {
    Path account = Path.of("/proc", Long.toString(pid), "smaps_rollup");
    if (!Files.isReadable(account)) {
      throw new BenchFailure("this system does not tell it in " + account);
    }
    for (String line : Files.readAllLines(account)) {
      if (line.startsWith("Anonymous:")) {
        return Double.parseDouble(line.replaceAll("[^0-9]", "")) * 1024;
      }
    }
    throw new BenchFailure(account + " names no anonymous memory");
  }
}
