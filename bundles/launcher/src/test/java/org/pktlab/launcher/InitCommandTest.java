package org.pktlab.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pktlab.config.reference.BrokerDirectives;
import org.pktlab.config.reference.EndpointDirectives;
import org.pktlab.config.reference.ExpExec;
import org.pktlab.config.reference.ManagerDirectives;
import org.pktlab.config.reference.ReferenceConfig;

/** {@code pktlab init} and the deployment of {@code pktlab try}. */
class InitCommandTest {
  @TempDir private Path folder;

  private Path lab() {
    return folder.resolve("new/lab");
  }

  private Invocation verify(String root, String... certificates) {
    String[] arguments = new String[4 + certificates.length];
    arguments[0] = "cert";
    arguments[1] = "verify";
    arguments[2] = "--root";
    arguments[3] = lab().resolve("keys/" + root).toString();
    for (int i = 0; i < certificates.length; i++) {
      arguments[4 + i] = lab().resolve("certs/" + certificates[i]).toString();
    }
    return Invocation.of(arguments);
  }

  @Test
  void shouldMakeCredentialsThatVerify() throws IOException {
    Invocation run = Invocation.of("init", lab().toString());
    assertEquals(0, run.status(), run.err());
    assertEquals(0, verify("k_eop.pub", "pubcmd_exper_xc.cert", "exppriv_eop_exper.cert").status());
    assertEquals(0, verify("k_eop.pub", "subcmd_eop_ep.cert").status());
    assertEquals(0, verify("k_bop.pub", "agent_bop_broker.cert").status());
    assertEquals(0, verify("k_xc.pub", "agent_xc_xc.cert").status());
    assertEquals(0, verify("k_ep.pub", "agent_ep_ep.cert").status());
    for (String name : Deployment.KEY_OWNERS.keySet()) {
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(lab().resolve("keys").resolve(name))));
    }
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(lab().resolve("keys"))));
  }

  @Test
  void shouldWriteConfigurationsThatTheRolesTakeWithoutAWarning() throws Exception {
    Invocation run =
        Invocation.of(
            "init", "--broker", "broker.example.net:7001", "--subscribe-port", "7002", "--controller-address", "192.0.2.10:7003",
            "--local-address", "192.0.2.20/24", "--host-id", "ep-7", lab().toString());
    assertEquals(0, run.status(), run.err());
    ReferenceConfig broker = ReferenceConfig.read(lab().resolve("broker.conf"), BrokerDirectives.TABLE);
    ReferenceConfig endpoint = ReferenceConfig.read(lab().resolve("endpt.conf"), EndpointDirectives.TABLE);
    ReferenceConfig controller = ReferenceConfig.read(lab().resolve("xpmgr.conf"), ManagerDirectives.TABLE);
    for (ReferenceConfig each : List.of(broker, endpoint, controller)) {
      assertEquals(List.of(), each.warnings());
    }
    assertEquals("0.0.0.0:7001", broker.value("Publish").orElseThrow());
    assertEquals("0.0.0.0:7002", broker.value("Subscribe").orElseThrow());
    assertEquals("broker.example.net:7002", endpoint.value("BrokerAddr").orElseThrow());
    assertEquals("192.0.2.20/24", endpoint.value("VMemLocalAddrStrIPv4").orElseThrow());
    assertEquals("hostid=ep-7;", endpoint.value("EndpointAttr").orElseThrow());
    assertTrue(endpoint.isOn("AutoExtractChannel"));
    assertEquals(List.of("tcp", "udp"), endpoint.all("TransprotoSup"));
    assertEquals("broker.example.net:7001", controller.value("BrokerAddr").orElseThrow());
    assertEquals("192.0.2.10:7003", controller.value("PubControllerAddr").orElseThrow());
    assertEquals("3600000000000", controller.value("PubPeriod").orElseThrow());
    ExpExec experiment = ExpExec.read(controller.all("ExpExec").get(0), Path.of(""));
    assertTrue(experiment.isDefault());
    assertEquals(2, experiment.chain().size());
    assertTrue(experiment.chain().stream().allMatch(Path::isAbsolute));
    assertTrue(run.out().contains("-a 0.0.0.0:7003"), run.out());
  }

  @Test
  void shouldLeaveAFolderAloneThatIsNotEmpty() throws IOException {
    Files.writeString(folder.resolve("mine"), "x");
    Invocation run = Invocation.of("init", folder.toString());
    assertEquals(1, run.status());
    assertEquals("pktlab: " + folder + " exists and is not empty; name one that does not exist, or remove it first\n", run.err());
    Invocation file = Invocation.of("init", folder.resolve("mine").toString());
    assertEquals(1, file.status());
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of(folder.resolve("mine")), left.toList());
    }
  }

  @Test
  void shouldRemoveWhatItMadeWhenItFails() throws IOException {
    // The address is checked when the finished configuration is read back: by then everything else is made.
    Invocation run = Invocation.of("init", "--local-address", "192.0.2.300/24", lab().toString());
    assertEquals(1, run.status());
    assertTrue(run.err().contains("VMemLocalAddrStrIPv4"), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
    assertFalse(Files.exists(folder.resolve("new")));
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertEquals(1, Invocation.of("init", "--local-address", "192.0.2.300/24", empty.toString()).status());
    try (Stream<Path> left = Files.list(empty)) {
      assertEquals(0, left.count());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--broker=a b", "--broker=127.0.0.1:20557", "--controller-address=127.0.0.1:20556", "--host-id=a;b", "--subscribe-port=0", "--broker=h:0"})
  void shouldRefuseWhatNoProgramCouldUse(String option) {
    Invocation run = Invocation.of("init", option, lab().toString());
    assertEquals(2, run.status(), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
    assertFalse(Files.exists(lab()));
  }

  @Test
  void shouldRefuseAPathThatConfigurationFilesCannotName() {
    for (String name : List.of("a,b", "a:b", "a\nb")) {
      Invocation run = Invocation.of("init", folder.resolve(name).toString());
      assertEquals(1, run.status());
      assertEquals(1, run.err().lines().count(), run.err());
    }
  }

  @Test
  void shouldMakeADeploymentOnLoopback() throws Exception {
    Deployment deployment = Deployment.create(folder, 1001, 1002, 1003);
    ReferenceConfig broker = ReferenceConfig.read(deployment.brokerConf(), BrokerDirectives.TABLE);
    assertEquals("127.0.0.1:1001", broker.value("Publish").orElseThrow());
    assertEquals("127.0.0.1:1002", broker.value("Subscribe").orElseThrow());
    ReferenceConfig endpoint = ReferenceConfig.read(deployment.endpointConf(), EndpointDirectives.TABLE);
    assertEquals("127.0.0.1:1002", endpoint.value("BrokerAddr").orElseThrow());
    assertEquals("127.0.0.1/8", endpoint.value("VMemLocalAddrStrIPv4").orElseThrow());
    ReferenceConfig controller = ReferenceConfig.read(deployment.controllerConf(), ManagerDirectives.TABLE);
    assertEquals("127.0.0.1:1003", controller.value("PubControllerAddr").orElseThrow());
    assertEquals("127.0.0.1:1003", deployment.controllerListen());
    assertThrows(IOException.class, () -> Deployment.create(folder, 1, 2, 3));
    assertTrue(Files.exists(deployment.brokerConf()));
  }
}
