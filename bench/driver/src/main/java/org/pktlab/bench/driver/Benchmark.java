package org.pktlab.bench.driver;

import java.util.List;
import java.util.Map;

/** Something that is measured with our programs on a JDK, and perhaps with the peer in their place. Bounded in time. */
interface Benchmark {
  /** How it is asked for. */
  String name();

  /** What it yields. */
  List<Metric> metrics();

  /** Measures ours: numbers by the keys of the metrics; one that could not be had is left out. */
  Map<String, Double> ours(Stage stage, Jdk jdk) throws Exception;

  /** Whether the peer is measured too. */
  default boolean hasPeer() {
    return false;
  }

  /** Measures the peer, with our controller on that JDK. */
  default Map<String, Double> peer(Stage stage, Jdk jdk) throws Exception {
    return Map.of();
  }
}
