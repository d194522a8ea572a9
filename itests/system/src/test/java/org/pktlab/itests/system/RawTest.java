package org.pktlab.itests.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ping, traceroute and capture from a vantage point with raw sockets, through a network of namespaces, next to scamper in the same place. */
final class RawTest {
  @RegisterExtension static final Testbed TESTBED = new Testbed();
  @RegisterExtension static final Lab LAB = new Lab();

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CONTROLLER = RawDeployment.CONTROLLER;

  private static RawDeployment deployment;

  @BeforeAll
  static void configure() throws Exception {
    deployment = RawDeployment.make(LAB);
  }

  /** Runs an mlet at the controller's node with the vantage point at another. */
  private static List<JsonNode> rows(JavaRelease java, String... mlet) throws IOException, InterruptedException {
    return rows(java, deployment.endpoint(), List.of("--format", "jsonl"), mlet);
  }

  private static List<JsonNode> rows(JavaRelease java, Path endpoint, List<String> output, String... mlet) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("run", "-c", deployment.controller().toString(), "-a", CONTROLLER, "-p", CONTROLLER, "-n", "1"));
    words.addAll(output);
    words.add("--");
    words.addAll(List.of(mlet));
    Program run = LAB.pktlab(TESTBED, "ctl", java, mlet[0], words.toArray(String[]::new));
    run.await("listening on ");
    Program vantage = LAB.pktlab(TESTBED, "src", java, mlet[0] + "-endpoint", "endpoint", "-c", endpoint.toString(), CONTROLLER);
    assertEquals(0, run.exit());
    assertEquals(0, vantage.exit());
    return json(run.out());
  }

  private static List<JsonNode> json(List<String> lines) throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    for (String line : lines) {
      rows.add(JSON.readTree(line));
    }
    return rows;
  }

  private static List<JsonNode> having(List<JsonNode> rows, String field, String value) {
    return rows.stream().filter(row -> row.path(field).asText().equals(value)).toList();
  }

  // ------------------------------------------------------------------------------------------------ ping

  @ParameterizedTest
  @CsvSource({"ORDINARY, 10.9.0.1", "NEWER, 10.9.0.1", "ORDINARY, fd09::1", "NEWER, fd09::1"})
  void shouldPing(JavaRelease java, String target) throws Exception {
    List<JsonNode> rows = rows(java, "ping", target, "-c", "5", "-i", "0.05");
    List<JsonNode> replies = having(rows, "kind", "reply");
    assertEquals(5, replies.size(), rows::toString);
    for (JsonNode reply : replies) {
      assertEquals(target, reply.get("from").asText());
      assertTrue(reply.get("rtt_ms").asDouble() > 0 && reply.get("rtt_ms").asDouble() < 1_000, reply::toString);
      assertEquals(60, reply.get("ttl").asInt(), "four routers on the way back");
      assertEquals("kernel", reply.get("tx_clock").asText());
      assertEquals("kernel", reply.get("rx_clock").asText());
    }
    JsonNode summary = having(rows, "kind", "summary").get(0);
    assertEquals(5, summary.get("sent").asInt());
    assertEquals(5, summary.get("received").asInt());
    assertEquals(0, summary.get("loss_pct").asDouble());
  }

  @Test
  void shouldTellOfRoutersThatWouldNotPassAPing() throws Exception {
    List<JsonNode> rows = rows(JavaRelease.ORDINARY, "ping", "10.9.0.1", "-c", "2", "-i", "0.05", "-t", "2");
    List<JsonNode> errors = rows.stream().filter(row -> row.path("icmp_type").asInt() == 11).toList();
    assertEquals(2, errors.size(), rows::toString);
    assertTrue(Set.of("10.2.1.2", "10.2.2.2").contains(errors.get(0).get("from").asText()), errors::toString);
    assertEquals(0, having(rows, "kind", "summary").get(0).get("received").asInt());
  }

  // ------------------------------------------------------------------------------------------------ traceroute

  /** The routers by hop, of what answered. */
  private static Map<Integer, InetAddress> hops(List<JsonNode> rows) throws IOException {
    Map<Integer, InetAddress> hops = new TreeMap<>();
    for (JsonNode row : rows) {
      if (row.path("from").isTextual()) {
        hops.put(row.get("hop").asInt(), InetAddress.getByName(row.get("from").asText()));
      }
    }
    return hops;
  }

  /** Of a router of the diamond, fd00:A:SIDE::B. */
  private static int side(InetAddress router) {
    return router.getAddress()[5];
  }

  private static Map<Integer, InetAddress> scamper(String trace) throws Exception {
    Program scamper = LAB.foreign("scamper", TESTBED.in("src", List.of("scamper", "-O", "json", "-I", "trace " + trace)));
    assertEquals(0, scamper.exit());
    Map<Integer, InetAddress> hops = new TreeMap<>();
    for (JsonNode line : json(scamper.out())) {
      for (JsonNode hop : line.path("hops")) {
        hops.put(hop.get("probe_ttl").asInt(), InetAddress.getByName(hop.get("addr").asText()));
      }
    }
    return hops;
  }

  @ParameterizedTest
  @CsvSource({
    "ORDINARY, udp-paris, 10.9.0.1",
    "NEWER, udp-paris, fd09::1",
    "ORDINARY, icmp-paris, fd09::1",
    "NEWER, icmp-paris, 10.9.0.1",
    "NEWER, tcp, 10.9.0.1",
    "ORDINARY, tcp, fd09::1"
  })
  void shouldSeeTheHopsThatScamperSees(JavaRelease java, String method, String target) throws Exception {
    assumeTrue(Testbed.has("scamper"), "optional: scamper is not installed");
    // The same ports, so that the diamond sends both the same way; echo requests are told apart by their addresses only.
    boolean ports = !method.startsWith("icmp");
    String flow = ports ? " -s 40123 -d 33500" : "";
    Map<Integer, InetAddress> theirs = scamper("-P " + method + flow + " " + target);
    List<String> words = new ArrayList<>(List.of("traceroute", target, "--method", method));
    if (ports) {
      words.addAll(List.of("--sport", "40123", "--dport", "33500"));
    }
    List<JsonNode> rows = rows(java, words.toArray(String[]::new));
    assertEquals(5, theirs.size(), theirs::toString);
    Map<Integer, InetAddress> ours = hops(rows);
    if (target.indexOf(':') >= 0) { // flows are told apart by labels that scamper makes up: it may have taken the other side
      assertEquals(side(ours.get(2)), side(ours.get(3)), ours::toString);
      for (int hop = 2; hop <= 3; hop++) {
        ours.put(hop, theirs.get(hop));
      }
    }
    assertEquals(theirs, ours, rows::toString);
    assertEquals("completed", rows.get(rows.size() - 1).get("stop").asText());
    assertTrue(rows.stream().filter(row -> row.path("rtt_ms").isNumber()).allMatch(row -> row.get("rtt_ms").asDouble() > 0), rows::toString);
  }

  @Test
  void shouldKeepEachFlowOnOneSideOfADiamondAndShowBothSidesByManyFlows() throws Exception {
    Path targets = LAB.folder().resolve("targets.txt");
    Files.writeString(targets, IntStream.rangeClosed(1, 24).mapToObj(i -> "10.9.0." + i + "\n").collect(Collectors.joining()));
    for (String method : List.of("udp-paris", "tcp")) {
      List<JsonNode> rows = rows(JavaRelease.ORDINARY, "traceroute", "--targets", targets.toString(), "--method", method, "--attempts", "3", "-Q", "--rate", "2000");
      Set<String> sides = new TreeSet<>();
      for (Map.Entry<String, List<JsonNode>> trace : rows.stream().collect(Collectors.groupingBy(row -> row.get("target").asText())).entrySet()) {
        Set<String> seen = trace.getValue().stream().filter(row -> row.get("hop").asInt() == 2 || row.get("hop").asInt() == 3).map(row -> row.get("from").asText()).collect(Collectors.toCollection(TreeSet::new));
        assertTrue(seen.equals(Set.of("10.2.1.2", "10.3.1.2")) || seen.equals(Set.of("10.2.2.2", "10.3.2.2")), () -> method + " to " + trace.getKey() + " went by " + seen);
        assertEquals(10, trace.getValue().stream().filter(row -> row.get("hop").asInt() <= 4 && row.path("from").isTextual()).count() - 2, "three answers of each router");
        sides.addAll(seen);
      }
      assertEquals(Set.of("10.2.1.2", "10.3.1.2", "10.2.2.2", "10.3.2.2"), sides, method);
    }
  }

  // ------------------------------------------------------------------------------------------------ files

  @Test
  void shouldWriteWartsThatTheToolsOfScamperRead() throws Exception {
    assumeTrue(Testbed.has("sc_warts2json"), "optional: sc_warts2json is not installed");
    Path file = LAB.folder().resolve("paths.warts");
    rows(JavaRelease.NEWER, deployment.endpoint(), List.of("--format", "warts", "--out", file.toString()), "traceroute", "10.9.0.1", "--method", "icmp-paris");
    Program tool = LAB.foreign("sc_warts2json", List.of("sc_warts2json", file.toString()));
    assertEquals(0, tool.exit());
    JsonNode trace = json(tool.out()).stream().filter(line -> line.get("type").asText().equals("trace")).findFirst().orElseThrow();
    assertEquals("10.9.0.1", trace.get("dst").asText());
    assertEquals("10.1.0.1", trace.get("src").asText());
    assertEquals("icmp-echo-paris", trace.get("method").asText());
    assertEquals("COMPLETED", trace.get("stop_reason").asText());
    List<Integer> hops = new ArrayList<>();
    for (JsonNode hop : trace.get("hops")) {
      hops.add(hop.get("probe_ttl").asInt());
      assertTrue(hop.get("rtt").asDouble() > 0, hop::toString);
    }
    assertEquals(List.of(1, 2, 3, 4, 5), hops);
    assertEquals(scamper("-P icmp-paris 10.9.0.1").values().stream().map(InetAddress::getHostAddress).toList(), addresses(trace));
  }

  private static List<String> addresses(JsonNode trace) {
    List<String> addresses = new ArrayList<>();
    trace.get("hops").forEach(hop -> addresses.add(hop.get("addr").asText()));
    return addresses;
  }

  @Test
  void shouldWriteCapturesThatTsharkReads() throws Exception {
    assumeTrue(Testbed.has("tshark"), "optional: tshark is not installed");
    Path file = LAB.folder().resolve("trace.pcapng");
    Program run =
        LAB.pktlab(
            TESTBED, "ctl", "capture", "run", "-c", deployment.controller().toString(), "-a", CONTROLLER, "-p", CONTROLLER, "-n", "1", "--out", file.toString(), "--",
            "capture", "icmp and src host 10.9.0.3", "--count", "4", "--seconds", "30");
    run.await("listening on ");
    Program vantage = LAB.pktlab(TESTBED, "src", "capture-endpoint", "endpoint", "-c", deployment.endpoint().toString(), CONTROLLER);
    vantage.await(" running");
    Program pings = LAB.foreign("host-ping", TESTBED.in("src", List.of("ping", "-n", "-q", "-i", "0.2", "-w", "30", "10.9.0.3")));
    assertEquals(0, run.exit());
    assertEquals(0, vantage.exit());
    pings.close();
    Program tshark =
        LAB.foreign("tshark", List.of("tshark", "-r", file.toString(), "-T", "fields", "-e", "ip.src", "-e", "icmp.type", "-e", "icmp.checksum.status", "-e", "frame.time_epoch"));
    assertEquals(0, tshark.exit());
    assertEquals(4, tshark.out().size(), tshark::tail);
    for (String line : tshark.out()) {
      String[] fields = line.split("\t");
      assertEquals(List.of("10.9.0.3", "0"), List.of(fields[0], fields[1]));
      assertTrue(Math.abs(Double.parseDouble(fields[3]) - System.currentTimeMillis() / 1e3) < 120, line);
    }
  }

  // ------------------------------------------------------------------------------------------------ swap

  @Test
  void shouldGoOnWithTheOtherTransportWhenOneIsSwappedOut() throws Exception {
    JavaRelease java = JavaRelease.NEWER;
    java.assume();
    Deployment whole = new Deployment(deployment.endpoint().getParent());
    Path subscribed =
        whole.variant(deployment.endpoint(), "raw-subscribed.conf", text -> text.replace("NoSubMode 1", "NoSubMode 0") + "\nTellFacts addresses,mtu,external\n");
    Program broker = LAB.pktlab(TESTBED, "src", java, "swap-broker", "broker", "-c", whole.broker());
    broker.await("ready: ");
    Program vantage = LAB.pktlab(TESTBED, "src", java, "swap-endpoint", "endpoint", "-c", subscribed.toString());
    vantage.await("ready: ");
    assertEquals(Set.of("kernel"), clocksOfAPing(java, whole));
    List<String> info = shell(java, "info");
    for (String wanted : List.of("raw sockets by +LinuxRawTransport", "host address .* 10.1.0.1/24.*", "host mtu +1500", "host external +127.0.0.1")) {
      assertTrue(info.stream().anyMatch(told -> told.matches(wanted)), () -> wanted + " is not in " + info);
    }
    String bundle = "org.pktlab.transport.raw.linux";

    Program running = ping(java, whole, "-c", "1000", "-i", "0.02");
    vantage.await(vantage.mark(), " running");
    shell(java, "stop " + bundle);
    assertNotEquals(0, running.exit(), "its socket has gone");
    assertTrue(running.count("withdrawn") > 0 || running.count("socket") > 0, "it says why");
    assertEquals(Set.of("kernel"), clocksOfAPing(java, whole));
    assertTrue(shell(java, "info").stream().anyMatch(told -> told.matches("raw sockets by +PcapRawTransport")), "another transport serves");

    String line = shell(java, "lb -s").stream().filter(each -> each.contains("|" + bundle)).findFirst().orElseThrow();
    shell(java, "start " + line.substring(0, line.indexOf('|')).strip()); // which takes no names
    assertEquals(Set.of("kernel"), clocksOfAPing(java, whole));
    assertTrue(shell(java, "info").stream().anyMatch(told -> told.matches("raw sockets by +LinuxRawTransport")), "the better one is back");
    vantage.close();
    broker.close();
  }

  private static Program ping(JavaRelease java, Deployment whole, String... options) throws IOException {
    List<String> words = new ArrayList<>(List.of("run", "-c", whole.controller().toString(), "-a", whole.controllerAddress(), "-n", "1", "--format", "jsonl", "--", "ping", "10.9.0.1"));
    words.addAll(Arrays.asList(options));
    return LAB.pktlab(TESTBED, "src", java, "swap-ping", words.toArray(String[]::new));
  }

  private static Set<String> clocksOfAPing(JavaRelease java, Deployment whole) throws Exception {
    Program run = ping(java, whole, "-c", "3", "-i", "0.02");
    assertEquals(0, run.exit());
    List<JsonNode> replies = having(json(run.out()), "kind", "reply");
    assertEquals(3, replies.size());
    return replies.stream().map(reply -> reply.get("tx_clock").asText()).collect(Collectors.toSet());
  }

  private static List<String> shell(JavaRelease java, String command) throws Exception {
    Program shell = LAB.pktlab(TESTBED, "src", java, "swap-shell", "shell", "endpoint", "-c", command);
    assertEquals(0, shell.exit());
    return shell.out();
  }
}
