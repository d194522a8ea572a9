package org.pktlab.config.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyntaxTest {
  private Fixture fixture;

  @BeforeEach
  void makeFiles(@TempDir Path folder) throws IOException {
    fixture = new Fixture(folder);
  }

  private List<String> warnings(ReferenceConfig config) {
    return config.warnings().stream().map(ConfigWarning::toString).toList();
  }

  @Test
  void shouldTakeTheValueBehindBlanksAndTabsToTheEndOfTheLine() throws ReferenceConfigException {
    assertEquals(Optional.of("a b # c \t"), fixture.endpoint("HostID \t  a b # c \t\n").value("HostID"));
  }

  @Test
  void shouldIgnoreEmptyLinesAndComments() throws ReferenceConfigException {
    ReferenceConfig config = fixture.endpoint("\n\n# HostID a\n#HostID b\n\n");
    assertEquals(Optional.empty(), config.value("HostID"));
    assertEquals(List.of(), config.warnings());
  }

  @Test
  void shouldReadALastLineWithoutLineFeed() throws ReferenceConfigException {
    assertEquals(Optional.of("/s"), fixture.broker("StoreDir /s").value("StoreDir"));
  }

  @Test
  void shouldTreatALineWithLeadingBlanksAsOneWithAnEmptyKey() throws ReferenceConfigException {
    ReferenceConfig config = fixture.endpoint(" HostID a\n \t\n  # x\n");
    assertEquals(Optional.empty(), config.value("HostID"));
    assertEquals("line 1: the line begins with a blank and is ignored", config.warnings().get(0).toString());
    assertEquals(3, config.warnings().size());
  }

  @Test
  void shouldKeepACarriageReturnInTheValue() throws ReferenceConfigException {
    assertEquals(Optional.of("a\r"), fixture.endpoint("HostID a\r\n").value("HostID"));
    ReferenceConfigException e = fixture.refusal("BufMax 5\r\n", EndpointDirectives.TABLE);
    assertEquals(
        "x.conf, line 1: BufMax '5\\x0d': expected a decimal number (the line ends in a carriage return, which is part of the value)",
        e.getMessage());
  }

  @Test
  void shouldCutLinesThatAreTooLong() throws ReferenceConfigException {
    String value = "a".repeat(FileReading.MAX_LINE_OCTETS - "RLimDBPath ".length());
    ReferenceConfig fits = fixture.endpoint("RLimDBPath " + value + "\n");
    assertEquals(Optional.of(value), fits.value("RLimDBPath"));
    assertEquals(List.of(), fits.warnings());
    ReferenceConfig cut = fixture.endpoint("RLimDBPath " + value + "HostID b\n");
    assertEquals(Optional.of(value), cut.value("RLimDBPath"));
    assertEquals(Optional.of("b"), cut.value("HostID"));
    assertEquals(List.of(), fixture.endpoint("RLimDBPath " + value + "# a comment\n").warnings());
  }

  @Test
  void shouldCountLinesOfTheFileAndNotPieces() {
    String content = "# " + "a".repeat(2 * FileReading.MAX_LINE_OCTETS) + "\nBufMax x\n";
    assertEquals(2, fixture.refusal(content, EndpointDirectives.TABLE).line());
  }

  @Test
  void shouldWarnOfUnknownDirectivesAndNameTheClosest() throws ReferenceConfigException {
    ReferenceConfig config = fixture.endpoint("hostid a\nBufferMax 1\n\rX\u001b y\nSomethingElse\nbrokeraddr 1\n");
    assertEquals(
        List.of(
            "line 1: unknown directive 'hostid' is ignored; did you mean HostID?",
            "line 2: unknown directive 'BufferMax' is ignored; did you mean BufMax?",
            "line 3: unknown directive '\\x0dX\\x1b' is ignored",
            "line 4: unknown directive 'SomethingElse' is ignored",
            "line 5: unknown directive 'brokeraddr' is ignored; did you mean BrokerAddr?"),
        warnings(config));
    assertEquals(Optional.empty(), config.value("HostID"));
  }

  @Test
  void shouldBoundTheNumberOfWarnings() throws ReferenceConfigException {
    ReferenceConfig config = fixture.endpoint("x\n".repeat(250));
    assertEquals(FileReading.MAX_WARNINGS + 1, config.warnings().size());
    assertEquals("150 more warnings are left out", config.warnings().get(FileReading.MAX_WARNINGS).toString());
  }

  @Test
  void shouldLetTheLastNonEmptyLineWin() throws ReferenceConfigException {
    ReferenceConfig config = fixture.endpoint("HostID a\nHostID b\nHostID\nHostID \n");
    assertEquals(Optional.of("b"), config.value("HostID"));
    assertEquals(List.of("line 1: HostID is not used, line 2 counts"), warnings(config));
    assertEquals(Optional.empty(), fixture.endpoint("HostID\n").value("HostID"));
    assertEquals("", fixture.endpoint("HostID\n").valueOrDefault("HostID"));
  }

  @Test
  void shouldNotJudgeALineThatALaterOneReplaces() throws ReferenceConfigException {
    assertEquals(Optional.of("9"), fixture.manager("PubPeriod x\nPubPeriod 9\n").value("PubPeriod"));
    assertEquals(6, fixture.refusal(Fixture.MANAGER + "PubPeriod x\nPubPeriod\n", ManagerDirectives.TABLE).line());
  }

  @Test
  void shouldLetTheFirstLineWinWhereItIsSaidSo() throws ReferenceConfigException {
    ReferenceConfig config = fixture.endpoint("BufMax 1\nBufMax 2\n");
    assertEquals(Optional.of("1"), config.value("BufMax"));
    assertEquals(List.of("line 2: BufMax is not used, line 1 counts"), warnings(config));
    assertEquals(2, fixture.refusal("BufMax 1\nBufMax\n", EndpointDirectives.TABLE).line());
  }

  @Test
  void shouldAddUpProtocolsAndIgnoreUnknownOnes() throws ReferenceConfigException {
    ReferenceConfig config = fixture.endpoint("TransprotoSup RAW,sctp\nTransprotoSup\nTransprotoSup Udp,,raw\n");
    assertEquals(List.of("raw", "udp", "tcp"), config.all("TransprotoSup"));
    assertEquals(List.of("line 1: TransprotoSup item 'sctp' is ignored: expected tcp, udp or raw"), warnings(config));
  }

  @Test
  void shouldGiveAMapForConfigurationAdmin() throws ReferenceConfigException {
    ReferenceConfig config = fixture.manager("ExpExec 0:two:sub.cert::01:a=b:c;\n");
    Map<String, Object> values = config.values();
    assertArrayEquals(new String[] {"1:one:sub.cert,rep.cert:root.pub::", "0:two:sub.cert::01:a=b:c;"}, (String[]) values.get("ExpExec"));
    assertEquals("1", values.get("EnableExpPublication"));
    assertEquals(
        List.of("EnableExpPublication", "BrokerAddr", "PubAgentCertPath", "ControllerPrivkeyPath", "ExpExec"),
        List.copyOf(values.keySet()));
    assertThrows(UnsupportedOperationException.class, () -> values.put("a", "b"));
    assertNotSame(values.get("ExpExec"), config.values().get("ExpExec"));
    assertEquals("2", config.valueOrDefault("TargetBacklogConn"));
    assertFalse(values.containsKey("TargetBacklogConn"));
  }

  @Test
  void shouldReadAFileFromTheWorkingDirectory() throws Exception {
    Path file = fixture.folder().resolve("broker.conf");
    String key = fixture.folder().resolve("e.key").toAbsolutePath().toString();
    Files.writeString(file, "PrivKey " + key + "\nCertChainPath " + key + "\n");
    assertEquals(Map.of("PrivKey", key, "CertChainPath", key), ReferenceConfig.read(file, BrokerDirectives.TABLE).values());
    Files.writeString(file, "PrivKey e.key\n");
    ReferenceConfigException e =
        assertThrows(ReferenceConfigException.class, () -> ReferenceConfig.read(file, BrokerDirectives.TABLE));
    assertEquals(file.toString(), e.file());
    assertEquals(1, e.line());
  }

  @Test
  void shouldRefuseFilesThatCannotBeRead() {
    Path none = fixture.folder().resolve("none.conf");
    ReferenceConfigException e = assertThrows(ReferenceConfigException.class, () -> ReferenceConfig.read(none, BrokerDirectives.TABLE));
    assertEquals(none + ": does not exist", e.getMessage());
    assertEquals(0, e.line());
    assertThrows(ReferenceConfigException.class, () -> ReferenceConfig.read(fixture.folder(), BrokerDirectives.TABLE));
  }

  @Test
  void shouldRefuseFilesThatAreTooLong() {
    byte[] content = new byte[ReferenceConfig.MAX_FILE_OCTETS + 1];
    ReferenceConfigException e =
        assertThrows(ReferenceConfigException.class, () -> ReferenceConfig.parse("x", content, BrokerDirectives.TABLE, Path.of("")));
    assertEquals("x: longer than 1048576 octets", e.getMessage());
  }

  @Test
  void shouldNameEverythingInARefusal() {
    ReferenceConfigException e = fixture.refusal("# c\nAutoExtractChannel yes\n", EndpointDirectives.TABLE);
    assertEquals("x.conf, line 2: AutoExtractChannel 'yes': expected 0 or 1", e.getMessage());
    assertEquals("x.conf", e.file());
    assertEquals(2, e.line());
    assertEquals("AutoExtractChannel", e.directive());
    assertEquals("yes", e.value());
    assertEquals("0 or 1", e.expected());
  }

  @Property(tries = 500)
  void shouldGiveAResultOrTheCheckedExceptionForAnyOctets(@ForAll byte[] content) {
    assertResultOrException(content);
  }

  @Property(tries = 1_000)
  void shouldGiveAResultOrTheCheckedExceptionForAnyValue(@ForAll("lines") String content) {
    assertResultOrException(content.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static void assertResultOrException(byte[] content) {
    for (DirectiveTable table : List.of(EndpointDirectives.TABLE, ManagerDirectives.TABLE, BrokerDirectives.TABLE)) {
      try {
        assertTrue(ReferenceConfig.parse("x", content, table, Path.of("")).warnings().size() <= FileReading.MAX_WARNINGS + 1);
      } catch (ReferenceConfigException e) {
        assertTrue(e.getMessage().chars().allMatch(c -> c >= 0x20 && c < 0x7f));
      }
    }
  }

  @Provide
  Arbitrary<String> lines() {
    List<String> names =
        List.of(EndpointDirectives.TABLE, ManagerDirectives.TABLE, BrokerDirectives.TABLE).stream()
            .flatMap(table -> table.directives().stream().map(Directive::name))
            .toList();
    Arbitrary<String> values = Arbitraries.strings().withChars("019aA:,./=;*?[]% \u0000\u001b\u00ff\r").ofMaxLength(20);
    return net.jqwik.api.Combinators.combine(Arbitraries.of(names), values)
        .as((name, value) -> name + " " + value + "\n")
        .list()
        .ofMaxSize(6)
        .map(lines -> String.join("", lines));
  }
}
