package org.pktlab.endpoint.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the raw mlets of the C package were recorded to ask, asked of our endpoint in a small network of namespaces: vantage point, router, target. */
class DialogueTest {
  private static final String PREFIX = "dlg" + ProcessHandle.current().pid();
  private static final List<String> NODES = List.of("v", "r", "d");

  @BeforeAll
  static void makeNetwork() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "optional: network namespaces need root");
    assumeTrue(Stream.of("/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip").anyMatch(file -> Path.of(file).toFile().canExecute()), "optional: the command ip is missing");
    for (String node : NODES) {
      ip("netns add " + PREFIX + node);
      ip("-n " + PREFIX + node + " link set lo up");
    }
    link("v", "v0", "198.51.100.7/24", "r", "r0", "198.51.100.1/24");
    link("r", "r1", "192.0.2.1/24", "d", "d0", "192.0.2.99/24");
    ip("-n " + PREFIX + "d addr add 192.0.2.9/24 dev d0");
    ip("-n " + PREFIX + "v route add default via 198.51.100.1");
    ip("-n " + PREFIX + "d route add default via 192.0.2.1");
    run("ip", "netns", "exec", PREFIX + "r", "sysctl", "-qw", "net.ipv4.ip_forward=1");
    for (String node : NODES) {
      run("ip", "netns", "exec", PREFIX + node, "sysctl", "-qw", "net.ipv4.icmp_ratelimit=0", "net.ipv4.icmp_msgs_per_sec=10000", "net.ipv4.icmp_msgs_burst=10000");
    }
  }

  @AfterAll
  static void removeNetwork() throws Exception {
    for (String node : NODES) {
      start(List.of("ip", "netns", "del", PREFIX + node)).waitFor();
    }
  }

  private static void link(String one, String device, String address, String other, String otherDevice, String otherAddress) throws Exception {
    ip("link add " + device + " netns " + PREFIX + one + " type veth peer name " + otherDevice + " netns " + PREFIX + other);
    ip("-n " + PREFIX + one + " addr add " + address + " dev " + device);
    ip("-n " + PREFIX + other + " addr add " + otherAddress + " dev " + otherDevice);
    ip("-n " + PREFIX + one + " link set " + device + " up");
    ip("-n " + PREFIX + other + " link set " + otherDevice + " up");
  }

  private static void ip(String words) throws Exception {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(words.split(" ")));
    run(command.toArray(String[]::new));
  }

  private static void run(String... command) throws Exception {
    Process process = start(List.of(command));
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), () -> String.join(" ", command) + ": " + said);
  }

  private static Process start(List<String> command) throws IOException {
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  @Test
  void shouldAnswerTheRecordedRequestsAsTheReferenceDoes() throws Exception {
    String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process player = start(List.of("ip", "netns", "exec", PREFIX + "v", java, "-cp", classPath, DialoguePlayer.class.getName()));
    String said = new String(player.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(player.waitFor(10, TimeUnit.SECONDS));
    assertEquals(0, player.exitValue(), said);
    assertEquals(
        List.of(
            "icmp_default",
            "icmp_ip_reply_before_tag",
            "icmp_suspended",
            "icmp_wrong_socket",
            "traceroute_ip",
            "traceroute_gaps",
            "traceroute_host_unreachable"),
        said.lines().filter(line -> line.startsWith("played ")).map(line -> line.substring("played ".length())).collect(Collectors.toList()),
        said);
  }
}
