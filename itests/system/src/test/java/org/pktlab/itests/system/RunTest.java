package org.pktlab.itests.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code ./pktlab run} as scripts use it: exit status, rows and nothing else on standard output, rows that survive. */
final class RunTest {
  @RegisterExtension static final Lab LAB = new Lab();

  private static final ObjectMapper JSON = new ObjectMapper();

  private static Deployment deployment;
  private static Website website;
  private static Program endpoint;

  @BeforeAll
  static void start() throws Exception {
    deployment = Deployment.make(LAB);
    website = new Website();
    Program broker = LAB.pktlab("broker", "broker", "-c", deployment.broker());
    endpoint = LAB.pktlab("endpoint", "endpoint", "-c", deployment.endpoint().toString());
    broker.await("ready: broker");
    endpoint.await("ready: endpoint");
  }

  @AfterAll
  static void stop() {
    website.close();
  }

  /** {@code run} with the configuration of the deployment, for one session. */
  private static Program run(String name, String... words) throws IOException {
    List<String> command = new ArrayList<>(List.of("run", "-c", deployment.controller().toString(), "-a", deployment.controllerAddress()));
    command.addAll(List.of("-n", "1"));
    command.addAll(List.of(words));
    return LAB.pktlab(name, command.toArray(String[]::new));
  }

  private static List<String> errors(Program program) {
    List<String> errors = new ArrayList<>(program.linesWith(""));
    program.out().forEach(errors::remove);
    return errors;
  }

  /** Piped, there are no live lines: what is told of the experiment as a whole goes to standard error, a line each. */
  private static void assertOnlyNotices(Program run) {
    for (String line : errors(run)) {
      assertTrue(line.matches("run: (listening on \\S+|published|every session asked for was served)"), line);
    }
  }

  @Test
  void shouldWriteOneJsonObjectForEachRowWithItsProvenance() throws Exception {
    Program run = run("jsonl", "--format", "jsonl", "--provenance", "http-get", website.url("/"));
    assertEquals(0, run.exit());
    assertEquals(1, run.out().size());
    JsonNode row = JSON.readTree(run.out().get(0));
    assertEquals(200, row.get("status").asInt());
    assertEquals(Website.PAGE.length(), row.get("body_octets").asInt());
    assertEquals(website.url("/"), row.get("url").asText());
    assertTrue(row.get("schema_version").isIntegralNumber());
    assertEquals(1, row.get("experiment").asInt());
    assertTrue(row.get("endpoint_key").asText().matches("[0-9a-f]{64}"));
    assertTrue(row.get("endpoint_address").asText().matches("127\\.0\\.0\\.1:\\d+"));
    assertTrue(row.get("software").asText().matches("pktlab/\\S+ http-get/\\S+"), row.get("software").asText());
    assertTrue(row.hasNonNull("clock_source"));
    assertFalse(row.hasNonNull("error"));
    assertOnlyNotices(run);
  }

  @Test
  void shouldWriteCommaSeparatedValuesToAFile() throws Exception {
    Path file = LAB.folder().resolve("rows.csv");
    Program run = run("csv", "--format", "csv", "--out", file.toString(), "http-get", website.url("/"));
    assertEquals(0, run.exit());
    assertEquals(List.of(), run.out());
    assertOnlyNotices(run);
    String text = Files.readString(file, StandardCharsets.UTF_8);
    assertTrue(text.endsWith("\r\n"));
    List<String> lines = text.lines().toList();
    assertEquals(2, lines.size());
    List<String> header = List.of(lines.get(0).split(","));
    String[] row = lines.get(1).split(",", -1);
    assertEquals(List.of("url", "address", "hop", "status", "reason"), header.subList(0, 5));
    assertEquals("200", row[header.indexOf("status")]);
    assertEquals(website.url("/"), row[header.indexOf("url")]);
    assertEquals("", row[header.indexOf("error")]);
  }

  @Test
  void shouldWriteATableWithoutBeingAskedForAFormat() throws Exception {
    Program run = run("table", "--", "http-get", "--max-redirects", "0", website.url("/hop"));
    assertEquals(0, run.exit());
    assertEquals(2, run.out().size());
    assertTrue(run.out().get(0).matches("url +address +hop +status .*"), run.out().get(0));
    assertTrue(run.out().get(1).matches("http://\\S+/hop +127.0.0.1:\\d+ +0 +302 .*"), run.out().get(1));
    assertOnlyNotices(run);
  }

  @Test
  void shouldListTheMletsAndTellWhatOneTakes() throws Exception {
    Program list = LAB.done(0, "list", "run", "--list");
    assertEquals(List.of("capture", "dns", "http-get", "ping", "traceroute", "uplink"), list.out().stream().map(line -> line.split(" ")[0]).toList());
    assertEquals(List.of(), errors(list));
    Program help = LAB.done(0, "help", "run", "http-get", "--help");
    assertTrue(help.out().get(0).startsWith("http-get - "));
    String text = String.join("\n", help.out());
    assertTrue(text.contains("--max-redirects N"));
    assertTrue(text.contains("default 30s"));
    assertTrue(text.contains("time to look the name up; absent for an address (decimal, ms)"));
    assertEquals(List.of(), errors(help));
  }

  @Test
  void shouldEndWithTwoWhenTheCommandLineIsWrong() throws Exception {
    assertOneLine(2, run("unknown-mlet", "no-such-mlet"), "no-such-mlet");
    assertOneLine(2, run("unknown-option-of-mlet", "http-get", "--frobnicate", website.url("/")), "--frobnicate");
    Program option = LAB.done(2, "unknown-option", "run", "--frobnicate", "http-get", website.url("/"));
    assertTrue(option.count("--frobnicate") >= 1);
    assertEquals(List.of(), option.out());
    assertOneLine(2, run("unknown-format", "--format", "xml", "http-get", website.url("/")), "xml");
  }

  @Test
  void shouldEndWithOneWhenItCannotStart() throws Exception {
    Path wrong = deployment.variant(deployment.controller(), "wrong.conf", text -> text.replaceAll("(?m)^ExpExec .*$", "ExpExec 1:a:b"));
    assertOneLine(1, LAB.pktlab("bad-configuration", "run", "-c", wrong.toString(), "-n", "1", "http-get", website.url("/")), "ExpExec");
    String[] address = deployment.controllerAddress().split(":");
    try (ServerSocket taken = new ServerSocket(Integer.parseInt(address[1]), 1, InetAddress.getByName(address[0]))) {
      assertTrue(taken.isBound());
      assertOneLine(1, run("port-in-use", "http-get", website.url("/")), address[1]);
    }
    assertOneLine(1, run("unwritable", "--out", LAB.folder() + "/none/rows", "http-get", website.url("/")), "none/rows");
  }

  private static void assertOneLine(int status, Program program, String about) throws InterruptedException {
    assertEquals(status, program.exit());
    assertEquals(List.of(), program.out());
    List<String> errors = errors(program);
    assertEquals(1, errors.size(), () -> "not one line: " + errors);
    assertTrue(errors.get(0).contains(about), errors.get(0));
  }

  @Test
  void shouldEndWith130AndFinishItsRowsWhenInterrupted() throws Exception {
    int held = website.heldInAll();
    Program run = run("interrupted", "--format", "jsonl", "http-get", website.url("/hop"));
    website.awaitHeldInAll(held + 1);
    run.interrupt();
    assertEquals(130, run.exit());
    website.release();
    assertEquals(302, JSON.readTree(run.out().get(0)).get("status").asInt());
    for (String line : run.out()) {
      assertTrue(JSON.readTree(line).isObject(), line);
    }
    run.await("interrupted");
  }

  @Test
  void shouldLeaveReadableRowsAndAFreeEndpointWhenKilled() throws Exception {
    Path file = LAB.folder().resolve("rows.jsonl");
    int held = website.heldInAll();
    int mark = endpoint.mark();
    Program run = run("killed", "--format", "jsonl", "--out", file.toString(), "http-get", website.url("/hop"));
    website.awaitHeldInAll(held + 1);
    run.kill();
    String text = Files.readString(file);
    assertTrue(text.endsWith("\n"), text);
    List<String> lines = text.lines().toList();
    assertEquals(1, lines.size());
    JsonNode row = JSON.readTree(lines.get(0));
    assertEquals(302, row.get("status").asInt());
    assertEquals("/hold", row.get("location").asText());
    endpoint.await(mark, "ended: ");
    website.release();
    Program next = run("after-kill", "--format", "jsonl", "http-get", website.url("/"));
    assertEquals(0, next.exit());
    assertEquals(200, JSON.readTree(next.out().get(0)).get("status").asInt());
  }
}
