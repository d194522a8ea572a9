package org.pktlab.config.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DirectiveTableTest {
  private Fixture fixture;

  @BeforeEach
  void makeFiles(@TempDir Path folder) throws IOException {
    fixture = new Fixture(folder);
  }

  @Test
  void shouldKnowEveryDirectiveOfTheSpecification() {
    assertEquals(31, EndpointDirectives.TABLE.directives().size());
    assertEquals(19, ManagerDirectives.TABLE.directives().size());
    assertEquals(6, BrokerDirectives.TABLE.directives().size());
    assertEquals("endpoint", EndpointDirectives.TABLE.program());
    assertEquals("controller", ManagerDirectives.TABLE.program());
    assertEquals("broker", BrokerDirectives.TABLE.program());
  }

  @Test
  void shouldLetFirstLinesWinExactlyWhereTheSpecificationSaysSo() {
    List<String> first =
        EndpointDirectives.TABLE.directives().stream().filter(d -> d.repeat() == Repeat.FIRST).map(Directive::name).toList();
    assertEquals(
        List.of("BufMax", "RawModeLKM", "AutoExtractChannel", "NoSubMode", "WorkerBusyWaitMode", "MonitorReportCrash",
            "MonitorDeadlineMillsec", "MonitorMemoryMax", "MonitorEnableDebug"),
        first);
    assertTrue(ManagerDirectives.TABLE.directives().stream().noneMatch(d -> d.repeat() == Repeat.FIRST));
  }

  @Test
  void shouldHaveDefaultsThatPassTheirOwnCheck() throws Rejected {
    for (DirectiveTable table : List.of(EndpointDirectives.TABLE, ManagerDirectives.TABLE, BrokerDirectives.TABLE)) {
      for (Directive directive : table.directives()) {
        if (!directive.defaultValue().isEmpty()) {
          directive.kind().check(directive.defaultValue(), fixture.folder());
        }
      }
    }
  }

  @Test
  void shouldSayItIsNeededExactlyWhereAFileWithoutItIsRefused() {
    for (DirectiveTable table : List.of(EndpointDirectives.TABLE, ManagerDirectives.TABLE, BrokerDirectives.TABLE)) {
      List<String> said = table.directives().stream().filter(d -> !d.need().isEmpty()).map(Directive::name).sorted().toList();
      assertEquals(said, table.needs().stream().flatMap(need -> need.anyOf().stream()).sorted().toList());
    }
  }

  @ParameterizedTest
  @CsvSource({"HOSTID,HostID", "BrokerAdr,BrokerAddr", "MonitorDeadlineMillisec,MonitorDeadlineMillsec", "Bufmax,BufMax"})
  void shouldFindTheClosest(String typed, String meant) {
    assertEquals(Optional.of(meant), EndpointDirectives.TABLE.closest(typed).map(Directive::name));
  }

  @Test
  void shouldNotGuessWildly() {
    assertEquals(Optional.empty(), EndpointDirectives.TABLE.closest(""));
    assertEquals(Optional.empty(), EndpointDirectives.TABLE.closest("x"));
    assertEquals(Optional.empty(), EndpointDirectives.TABLE.closest("ListenAddress"));
    assertEquals(Optional.empty(), EndpointDirectives.TABLE.closest("HostID" + "x".repeat(5_000)));
  }

  @Test
  void shouldRenderAMarkdownTable() {
    String[] lines = BrokerDirectives.TABLE.toMarkdown().split("\n");
    assertEquals(8, lines.length);
    assertEquals("| Directive | Value | Default | Repeated | Required | Meaning |", lines[0]);
    assertEquals(
        "| `Publish` | HOST, HOST:PORT or [HOST]:PORT | `127.0.0.1:20556` | last non-empty line wins | no "
            + "| Where to listen for managers, default port 20556 |",
        lines[2]);
    assertTrue(lines[4].startsWith("| `PrivKey` | name of an existing file | - | last non-empty line wins | always |"));
    for (String line : ManagerDirectives.TABLE.toMarkdown().split("\n")) {
      assertEquals(7, line.chars().filter(c -> c == '|').count());
    }
    assertTrue(EndpointDirectives.TABLE.toMarkdown().endsWith("|\n"));
  }

  @Test
  void shouldReadABrokersFile() throws ReferenceConfigException {
    ReferenceConfig config = fixture.broker("Publish [::1]:1\nSubscribe 0.0.0.0\nClientRootPath\nStoreDir store\n");
    assertEquals(List.of("Publish", "Subscribe", "PrivKey", "CertChainPath", "StoreDir"), List.copyOf(config.values().keySet()));
    assertEquals("127.0.0.1:20557", fixture.broker("").valueOrDefault("Subscribe"));
    assertFalse(fixture.broker("").isOn("Subscribe"));
    assertEquals("CertChainPath", fixture.refusal("PrivKey e.key\n", BrokerDirectives.TABLE).directive());
    assertEquals("StoreDir", fixture.refusal(Fixture.BROKER + "StoreDir e.key\n", BrokerDirectives.TABLE).directive());
    assertEquals("ClientRootPath", fixture.refusal(Fixture.BROKER + "ClientRootPath no\n", BrokerDirectives.TABLE).directive());
  }
}
