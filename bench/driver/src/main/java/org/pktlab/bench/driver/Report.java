package org.pktlab.bench.driver;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** Collects numbers and prints them: as a table at the end, or as JSON Lines as they come. */
final class Report {
  private static final String OURS = "ours";
  private static final String PEER = "peer";

  private final List<Jdk> jdks;
  private final boolean hasPeer;
  private final boolean json;
  private final PrintStream out;
  private final List<String[]> table = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  Report(List<Jdk> jdks, boolean hasPeer, boolean json, PrintStream out) {
    this.jdks = jdks;
    this.hasPeer = hasPeer;
    this.json = json;
    this.out = out;
  }

  /** Something to be said below the table. */
  void note(String line) {
    notes.add(line);
  }


  /** Says what the numbers are taken on. */
  void machine(String machine, String flags) {
    if (json) {
      ObjectNode node = new ObjectMapper().createObjectNode();
      node.put("machine", machine).put("flags", flags);
      jdks.forEach(jdk -> node.put("jdk" + jdk.release(), jdk.version()));
      out.println(node);
      return;
    }
    out.println("machine  " + machine);
    jdks.forEach(jdk -> out.println("JDK " + jdk.release() + "   " + jdk.version()));
    out.println("flags    " + flags);
    out.println("ours     SendRateLimit none in endpt.conf; every other directive has its default. The peer has its built-in limit of 12,500,000 octets in 10 s");
    out.println();
  }

  /** Takes the numbers of a benchmark: for each JDK those of ours and of the peer. */
  void add(Benchmark benchmark, Map<Jdk, Map<String, Double>> ours, Map<Jdk, Map<String, Double>> peer) {
    for (Metric metric : benchmark.metrics()) {
      List<String> row = new ArrayList<>(List.of(benchmark.name(), metric.what(), metric.unit()));
      Map<String, String> reached = new LinkedHashMap<>();
      boolean any = false;
      for (Jdk jdk : jdks) {
        OptionalDouble number = number(ours.get(jdk), metric.key());
        any |= number.isPresent();
        row.add(text(number));
        reached.put(Integer.toString(jdk.release()), metric.goal().reached(number, number(peer.get(jdk), metric.key())));
      }
      List<String> peers = new ArrayList<>();
      for (Jdk jdk : jdks) {
        OptionalDouble number = number(peer.get(jdk), metric.key());
        any |= number.isPresent();
        peers.add(text(number));
      }
      if (!any) {
        continue;
      }
      if (hasPeer) {
        row.add(peers.stream().distinct().count() == 1 ? peers.get(0) : String.join(" / ", peers));
      }
      row.add(metric.goal().text());
      row.add(reached.values().stream().distinct().count() == 1 ? reached.values().iterator().next() : String.join(" / ", reached.values()));
      table.add(row.toArray(String[]::new));
      if (json) {
        lines(benchmark, metric, ours, peer);
      }
    }
    out.flush();
  }

  private void lines(Benchmark benchmark, Metric metric, Map<Jdk, Map<String, Double>> ours, Map<Jdk, Map<String, Double>> peer) {
    for (Jdk jdk : jdks) {
      OptionalDouble own = number(ours.get(jdk), metric.key());
      OptionalDouble other = number(peer.get(jdk), metric.key());
      if (own.isEmpty() && other.isEmpty()) {
        continue;
      }
      ObjectNode node = new ObjectMapper().createObjectNode();
      node.put("benchmark", benchmark.name()).put("metric", metric.key()).put("what", metric.what()).put("unit", metric.unit()).put("jdk", jdk.release());
      own.ifPresent(number -> node.put(OURS, number));
      other.ifPresent(number -> node.put(PEER, number));
      node.put("goal", metric.goal().text()).put("reached", metric.goal().reached(own, other));
      out.println(node);
    }
  }

  private static OptionalDouble number(Map<String, Double> numbers, String key) {
    Double number = numbers == null ? null : numbers.get(key);
    return number == null || number.isNaN() ? OptionalDouble.empty() : OptionalDouble.of(number);
  }

  private static String text(OptionalDouble number) {
    return number.isPresent() ? Numbers.text(number.getAsDouble()) : "-";
  }

  /** Prints what is left to be printed. */
  void print() {
    if (!json && !table.isEmpty()) {
      List<String> head = new ArrayList<>(List.of("name", "what", "unit"));
      jdks.forEach(jdk -> head.add("JDK " + jdk.release()));
      if (hasPeer) {
        head.add(PEER + (jdks.size() > 1 ? " (controller on " + String.join(" / ", jdks.stream().map(jdk -> "" + jdk.release()).toList()) + ")" : ""));
      }
      head.add("goal");
      head.add("reached");
      table.add(0, head.toArray(String[]::new));
      printTable();
    }
    if (!notes.isEmpty()) {
      PrintStream to = json ? System.err : out;
      to.println();
      notes.forEach(to::println);
    }
    out.flush();
  }

  private void printTable() {
    int columns = table.get(0).length;
    int[] widths = new int[columns];
    for (String[] row : table) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    for (String[] row : table) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        boolean number = i > 2 && i < columns - 2;
        String pad = " ".repeat(widths[i] - row[i].length());
        line.append(number ? pad + row[i] : row[i] + pad).append(i < columns - 1 ? "  " : "");
      }
      out.println(line.toString().stripTrailing());
    }
  }
}
