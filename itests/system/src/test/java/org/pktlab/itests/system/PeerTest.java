package org.pktlab.itests.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The C package in our place, and we in its: both managers with both endpoints, directly and through our broker. */
@ExtendWith(PeerPresent.class)
final class PeerTest {
  @RegisterExtension static final Lab LAB = new Lab();

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TARGET = PeerPresent.TARGET;
  private static final String NAME = "www.example.com";
  private static final String ENDPOINT = PeerPresent.file("bin/pktendpt");
  private static final String MANAGER = PeerPresent.file("bin/pktxpmgr");

  private static Website website;
  private static NameServer names;
  private static Deployment deployment;
  private static Program broker;
  private static Path directController;

  @BeforeAll
  static void start() throws Exception {
    website = new Website(InetAddress.getByName(PeerPresent.TARGET), 80);
    names = new NameServer(PeerPresent.TARGET);
    deployment = Deployment.make(LAB);
    directController = deployment.directController();
    broker = LAB.pktlab("broker", "broker", "-c", deployment.broker());
    broker.await("ready: broker");
  }

  @AfterAll
  static void stop() {
    website.close();
    names.close();
  }

  @Test
  void shouldServeTheManagerOfTheCPackageThroughOurBroker() throws Exception {
    try (Program endpoint = LAB.pktlab("endpoint", "endpoint", "-c", deployment.endpoint().toString())) {
      endpoint.await("ready: endpoint");
      assertPage(manager("c-http-get", deployment.controller(), Lab.freeAddress(), "test_http_get", TARGET, "/"));
      assertAnswer(manager("c-dns", deployment.controller(), Lab.freeAddress(), "test_dns", NAME, TARGET));
      endpoint.interrupt();
      assertEquals(0, endpoint.exit());
      assertEquals(2, endpoint.count(" running"));
    }
  }

  @Test
  void shouldServeTheManagerOfTheCPackageDirectly() throws Exception {
    Path alone = alone("alone");
    String address = Lab.freeAddress();
    Program page = manager("c-http-get-direct", directController, address, "test_http_get", TARGET, "/");
    ourEndpoint(alone, address);
    assertPage(page);
    address = Lab.freeAddress();
    Program answer = manager("c-dns-direct", directController, address, "test_dns", NAME, TARGET);
    ourEndpoint(alone, address);
    assertAnswer(answer);
  }

  private static void ourEndpoint(Path configuration, String address) throws IOException, InterruptedException {
    Lab.until("the C manager listens", () -> listens(address));
    Program endpoint = LAB.pktlab("endpoint-direct", "endpoint", "-c", configuration.toString(), address);
    endpoint.await(" running");
    assertEquals(0, endpoint.exit());
  }

  @Test
  void shouldControlTheEndpointOfTheCPackageThroughOurBroker() throws Exception {
    Path configuration = peersConfiguration("peer", deployment.endpoint());
    int mark = broker.mark();
    try (Program endpoint = LAB.foreign("c-endpoint", List.of(ENDPOINT, "-c", configuration.toString()))) {
      broker.await(mark, "subscribed to ");
      assertPageRow(LAB.pktlab("http-get", run(deployment.controller(), Lab.freeAddress(), "http-get", "http://" + TARGET + "/")));
      assertAnswerRow(LAB.pktlab("dns", run(deployment.controller(), Lab.freeAddress(), "dns", NAME, "--server", TARGET)));
      assertTrue(endpoint.isAlive());
    }
  }

  @Test
  void shouldControlTheEndpointOfTheCPackageDirectly() throws Exception {
    Path alone = peersConfiguration("peer-alone", alone("alone-for-peer"));
    String address = Lab.freeAddress();
    Program page = LAB.pktlab("http-get-direct", run(directController, address, "http-get", "http://" + TARGET + "/"));
    peersEndpoint(page, alone, address);
    assertPageRow(page);
    address = Lab.freeAddress();
    Program answer = LAB.pktlab("dns-direct", run(directController, address, "dns", NAME, "--server", TARGET));
    peersEndpoint(answer, alone, address);
    assertAnswerRow(answer);
  }

  private static void peersEndpoint(Program run, Path configuration, String address) throws IOException, InterruptedException {
    run.await("listening on ");
    LAB.foreign("c-endpoint-direct", List.of(ENDPOINT, "-c", configuration.toString(), address));
  }

  /** An endpoint's configuration that knows no broker. */
  private static Path alone(String name) throws IOException {
    return deployment.variant(
        deployment.endpoint(), name + ".conf", text -> text.replace("NoSubMode 0", "NoSubMode 1").replace("endpt.rlim", name + ".rlim"));
  }

  /** An endpoint's configuration with counters of its own and without what only our endpoint knows. */
  private static Path peersConfiguration(String name, Path base) throws IOException {
    return deployment.variant(
        base, name + ".conf", text -> text.replaceAll("[\\w-]+\\.rlim", name + ".rlim").replace("MaxConcurrentExperiments 2\n", ""));
  }

  private static Program manager(String name, Path configuration, String address, String mlet, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                MANAGER,
                "-c",
                configuration.toString(),
                "-a",
                address,
                "-p",
                address,
                "-n",
                "1",
                "--",
                PeerPresent.file("mlets/" + mlet)));
    command.addAll(List.of(arguments));
    return LAB.foreign(name, command);
  }

  private static String[] run(Path configuration, String address, String... mlet) {
    List<String> command = new ArrayList<>(List.of("run", "-c", configuration.toString(), "-a", address, "-p", address, "-n", "1"));
    command.addAll(List.of("--format", "jsonl", "--"));
    command.addAll(List.of(mlet));
    return command.toArray(String[]::new);
  }

  private static void assertPage(Program manager) throws InterruptedException {
    assertEquals(0, manager.exit());
    manager.await(Website.PAGE.strip());
  }

  private static void assertAnswer(Program manager) throws InterruptedException {
    assertEquals(0, manager.exit());
    manager.await(NameServer.ADDRESS);
  }

  private static void assertPageRow(Program run) throws IOException, InterruptedException {
    assertEquals(0, run.exit());
    assertEquals(1, run.out().size());
    JsonNode row = JSON.readTree(run.out().get(0));
    assertEquals(200, row.path("status").asInt(), run.out().get(0));
    assertEquals(Website.PAGE.length(), row.path("body_octets").asInt());
  }

  private static void assertAnswerRow(Program run) throws IOException, InterruptedException {
    assertEquals(0, run.exit());
    assertEquals(1, run.out().size());
    JsonNode row = JSON.readTree(run.out().get(0));
    assertEquals(NameServer.ADDRESS, row.path("value").asText(), run.out().get(0));
    assertEquals("NOERROR", row.path("rcode").asText());
  }

  /** Whether somebody listens, without a connection that would disturb. */
  private static boolean listens(String address) throws IOException {
    String port = String.format(":%04X", Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)));
    for (String line : Files.readAllLines(Path.of("/proc/net/tcp"))) {
      String[] words = line.strip().split("\\s+");
      if (words.length > 3 && words[1].endsWith(port) && words[3].equals("0A")) {
        return true;
      }
    }
    return false;
  }
}
