package org.pktlab.itests.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What {@code ./pktlab doctor} finds, with privileges and without. */
final class DoctorTest {
  @RegisterExtension static final Lab LAB = new Lab();

  private static List<String> doctor(String capabilities) throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "optional: privileges can only be dropped by root");
    assumeTrue(Testbed.has("setpriv"), "optional: setpriv is not installed");
    List<String> command = new ArrayList<>(List.of("setpriv", "--bounding-set=" + capabilities, "--inh-caps=" + capabilities));
    command.addAll(List.of(Lab.program(), "doctor"));
    Program doctor = LAB.foreign("doctor", command);
    int status = doctor.exit();
    List<String> out = doctor.out();
    assertEquals(out.stream().anyMatch(line -> line.startsWith("missing")) ? 1 : 0, status, () -> String.join("\n", out));
    return out;
  }

  private static String line(List<String> out, String part) {
    return out.stream().filter(line -> line.contains(part)).findFirst().orElseThrow(() -> new AssertionError("nothing about " + part + ": " + out));
  }

  @Test
  void shouldSayWhatToTypeWhenAPrivilegeIsMissing() throws Exception {
    List<String> out = doctor("-all");
    assertTrue(line(out, "CAP_NET_RAW)").startsWith("missing"), out::toString);
    assertTrue(out.stream().anyMatch(line -> line.contains("setpriv") && line.contains("+net_raw") && line.contains("AmbientCapabilities=CAP_NET_RAW")), out::toString);
    assertTrue(line(out, "CAP_BPF)").startsWith("missing"), out::toString);
  }

  @Test
  void shouldFindThePrivilegeForRawSocketsAlone() throws Exception {
    List<String> out = doctor("-all,+net_raw");
    assertTrue(line(out, "CAP_NET_RAW)").startsWith("ok"), out::toString);
    assertTrue(line(out, "CAP_BPF)").startsWith("missing"), out::toString);
  }
}
