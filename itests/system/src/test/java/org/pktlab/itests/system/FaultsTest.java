package org.pktlab.itests.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What happens to the others when a role is killed, a disk is full, or a port gets what does not belong there. One broker and one endpoint
 * go through all tests, in this order; the broker is replaced now and then.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class FaultsTest {
  @RegisterExtension static final Lab LAB = new Lab();

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern DESCRIPTORS = Pattern.compile("descriptors received +(\\d+)");

  private static Deployment deployment;
  private static Path secondEndpoint;
  private static Website website;
  private static Program broker;
  private static Program endpoint;

  @BeforeAll
  static void start() throws Exception {
    deployment = Deployment.make(LAB);
    secondEndpoint = deployment.secondEndpoint("endpoint2");
    website = new Website();
    broker = LAB.pktlab("broker", "broker", "-v", "-c", deployment.broker());
    endpoint = LAB.pktlab("endpoint", "endpoint", "-v", "-c", deployment.endpoint().toString());
    broker.await("ready: broker");
    endpoint.await("ready: endpoint");
  }

  @AfterAll
  static void stop() {
    website.close();
  }

  private static Program run(String name, String... words) throws IOException {
    String address = deployment.controllerAddress();
    return run(name, deployment.controller(), address, address, words);
  }

  private static Program run(String name, Path configuration, String address, String published, String... words) throws IOException {
    List<String> command = new ArrayList<>(List.of("run", "-c", configuration.toString(), "-a", address, "-p", published));
    command.addAll(List.of("--format", "jsonl"));
    command.addAll(List.of(words));
    return LAB.pktlab(name, command.toArray(String[]::new));
  }

  private static void assertOneRow(Program run, int status) throws IOException {
    assertEquals(1, run.out().size(), () -> "rows: " + run.out());
    assertEquals(status, JSON.readTree(run.out().get(0)).get("status").asInt());
  }

  private static Program startSecondEndpoint() throws IOException, InterruptedException {
    Program second = LAB.pktlab("endpoint2", "endpoint", "-c", secondEndpoint.toString());
    second.await("ready: endpoint");
    return second;
  }

  @Test
  @Order(1)
  void shouldReportTheEndpointThatWasKilledAndFinishWithTheOther() throws Exception {
    Program second = startSecondEndpoint();
    int held = website.heldInAll();
    Program run = run("run-killed-endpoint", "-n", "2", "--provenance", "http-get", website.url("/hold"));
    website.awaitHeldInAll(held + 2);
    second.kill();
    String line = run.await("  failed  ");
    assertTrue(line.startsWith("run:  "), line);
    website.release();
    assertEquals(3, run.exit());
    List<JsonNode> rows = new ArrayList<>();
    for (String each : run.out()) {
      rows.add(JSON.readTree(each));
    }
    assertEquals(2, rows.size());
    assertEquals(1, rows.stream().filter(row -> row.path("status").asInt() == 200 && !row.hasNonNull("error")).count());
    assertEquals(1, rows.stream().filter(row -> row.hasNonNull("error") && !row.hasNonNull("status")).count());
    run.await("1 completed, 1 failed");
    assertTrue(endpoint.isAlive());
  }

  @Test
  @Order(2)
  void shouldEndWithFourWhenTheOnlyEndpointEnds() throws Exception {
    Program second = startSecondEndpoint();
    int held = website.heldInAll();
    Program run = run("run-ended-endpoint", "-n", "1", "-i", "endpoint2", "http-get", website.url("/hold"));
    website.awaitHeldInAll(held + 1);
    second.interrupt();
    assertEquals(0, second.exit());
    assertEquals(4, run.exit());
    website.release();
    run.await("0 completed, 1 failed");
    assertEquals(0, endpoint.count("sni_key"), "the endpoint that was not asked for was told");
  }

  @Test
  @Order(3)
  void shouldGoOnWithoutTheBrokerAndHearOfNothingTwiceWhenItIsBack() throws Exception {
    int held = website.heldInAll();
    long before = descriptors();
    Program first = run("run-first", "-n", "2", "http-get", website.url("/hold"));
    website.awaitHeldInAll(held + 1);
    int mark = endpoint.mark();
    broker.kill();
    first.await("broker not reached");
    endpoint.await(mark, "not subscribed: ");
    website.release();
    String row = first.await("\"status\":200");
    assertTrue(JSON.readTree(row).isObject(), row);

    mark = first.mark();
    int endpointMark = endpoint.mark();
    broker = LAB.pktlab("broker", "broker", "-v", "-c", deployment.broker());
    broker.await("ready: broker");
    first.await(mark, "published");
    endpoint.await(endpointMark, "subscribed to 1 channel(s)");
    String other = Lab.freeAddress();
    Program second = run("run-second", deployment.controller(), other, other, "-n", "1", "http-get", website.url("/"));
    assertEquals(0, second.exit());
    assertOneRow(second, 200);
    assertEquals(before + 2, descriptors(), "each experiment is told once");
    first.interrupt();
    assertEquals(130, first.exit());
    List<String> texts = first.linesWith("published");
    assertEquals(2, texts.size(), () -> "published: " + texts);
  }

  private static long descriptors() throws IOException {
    String stats = LocalShell.ask(LAB, "endpoint", endpoint.pid(), "stats");
    Matcher matcher = DESCRIPTORS.matcher(stats);
    assertTrue(matcher.find(), stats);
    return Long.parseLong(matcher.group(1));
  }

  @Test
  @Order(4)
  void shouldRememberInMemoryWhenTheStoreFolderCannotBeWritten() throws Exception {
    // A folder that not even root can write to.
    replaceBroker(Path.of("/proc"));
    runThroughTheBroker("run-store-unwritable");
    assertOneLineOfTheStore();
    // What is no folder at all is a mistake in the configuration.
    Path file = Files.createFile(LAB.folder().resolve("no-folder"));
    Program mistaken = LAB.done(1, "broker-store-file", "broker", "-c", withStore(file));
    assertEquals(1, mistaken.linesWith("").size());
    assertEquals(1, mistaken.count("StoreDir '" + file + "'"));
  }

  @Test
  @Order(5)
  @ExtendWith(SmallDisk.class)
  void shouldRememberInMemoryWhenTheDiskIsFull() throws Exception {
    Path folder = Files.createDirectory(LAB.folder().resolve("disk"));
    try (SmallDisk disk = SmallDisk.mount(folder)) {
      try (Program here = replaceBroker(folder)) {
        disk.fill();
        runThroughTheBroker("run-disk-full");
        assertOneLineOfTheStore();
        here.interrupt();
        assertEquals(0, here.exit());
      }
    }
  }

  private static Program replaceBroker(Path store) throws IOException, InterruptedException {
    broker.close();
    int mark = endpoint.mark();
    broker = LAB.pktlab("broker", "broker", "-v", "-c", withStore(store));
    broker.await("ready: broker");
    endpoint.await(mark, "subscribed to 1 channel(s)");
    return broker;
  }

  private static String withStore(Path store) throws IOException {
    Path broker = Path.of(deployment.broker());
    String name = "broker-" + store.getFileName() + ".conf";
    return deployment.variant(broker, name, text -> text.replaceAll("(?m)^StoreDir .*$", "StoreDir " + store)).toString();
  }

  private static void runThroughTheBroker(String name) throws IOException, InterruptedException {
    Program run = run(name, "-n", "1", "http-get", website.url("/"));
    assertEquals(0, run.exit());
    assertOneRow(run, 200);
  }

  private static void assertOneLineOfTheStore() {
    List<String> lines = broker.linesWith("store=");
    assertEquals(1, lines.size(), () -> "lines of the store: " + lines);
    assertTrue(lines.get(0).contains("ERROR broker: store="), lines.get(0));
    assertTrue(lines.get(0).contains("remembered in memory only"), lines.get(0));
  }

  @Test
  @Order(6)
  void shouldNotBeDisturbedByWhatDoesNotBelongOnAPort() throws Exception {
    if (!broker.isAlive()) {
      int mark = endpoint.mark();
      broker = LAB.pktlab("broker", "broker", "-v", "-c", deployment.broker());
      broker.await("ready: broker");
      endpoint.await(mark, "subscribed to 1 channel(s)");
    }
    int held = website.heldInAll();
    Program running = run("run-disturbed", "-n", "1", "http-get", website.url("/hold"));
    website.awaitHeldInAll(held + 1);
    String other = Lab.freeAddress();
    try (Intruder intruder = new Intruder()) {
      intruder.visit(deployment.publishAddress());
      intruder.visit(deployment.subscribeAddress());
      // This one serves until an endpoint has come, with the intruder's connections before and beside it.
      Program late = run("run-beside", deployment.controller(), other, other, "-n", "2", "http-get", website.url("/"));
      late.await("\"status\":200");
      intruder.visit(other);
      // And this one sends the endpoint to somebody who does not speak TLS.
      int mark = endpoint.mark();
      Program elsewhere =
          run("run-elsewhere", deployment.controller(), Lab.freeAddress(), intruder.address(), "-n", "1", "http-get", website.url("/"));
      endpoint.await(mark, "controller=" + intruder.address() + " not reached: ");
      late.interrupt();
      elsewhere.interrupt();
      assertEquals(130, late.exit());
      assertOneRow(late, 200);
      assertEquals(130, elsewhere.exit());
      website.release();
      assertEquals(0, running.exit());
      assertOneRow(running, 200);
    }
    assertTrue(broker.isAlive());
    assertTrue(endpoint.isAlive());
  }

  @Test
  @Order(7)
  void shouldRefuseChainsThatAreNotGoodWithOneLine() throws Exception {
    for (String certificate : List.of(deployment.expired(), deployment.forged())) {
      Path configuration = Path.of(deployment.withExppriv(certificate));
      String address = deployment.controllerAddress();
      Program run = run(certificate, configuration, address, address, "-n", "1", "http-get", website.url("/"));
      assertEquals(1, run.exit());
      assertEquals(1, run.count("ERROR controller: controller not started: ExpExec "));
      assertEquals(run.linesWith("").size(), run.count("its chain does not verify: "), () -> "more than the reason: " + run.linesWith(""));
    }
    // An endpoint whose operator is somebody else judges the controller's chain itself.
    String address = Lab.freeAddress();
    Path strict =
        deployment.variant(
            deployment.endpoint(),
            "strict.conf",
            text ->
                text.replace("NoSubMode 0", "NoSubMode 1")
                    .replaceAll("(?m)^EndpointOpPubKeyPath .*$", "EndpointOpPubKeyPath " + deployment.folder() + "/keys/k_bop.pub")
                    .replace("endpt.rlim", "strict.rlim"));
    Program run = run("run-untrusted", deployment.directController(), address, address, "-n", "1", "http-get", website.url("/"));
    run.await("listening on");
    Program strictEndpoint = LAB.pktlab("endpoint-strict", "endpoint", "-c", strict.toString(), address);
    strictEndpoint.await("not reached: ");
    run.await("refused");
    run.interrupt();
    assertEquals(130, run.exit());
    assertEquals(List.of(), run.out());
    strictEndpoint.exit();
    assertEquals(1, strictEndpoint.count("not reached: "));
  }
}
