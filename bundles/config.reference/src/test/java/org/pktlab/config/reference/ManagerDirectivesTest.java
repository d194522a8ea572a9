package org.pktlab.config.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
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
import org.junit.jupiter.params.provider.ValueSource;
import org.pktlab.rendezvous.Channel;
import org.pktlab.rendezvous.Descriptor;
import org.pktlab.rendezvous.SniKey;

class ManagerDirectivesTest {
  private Fixture fixture;

  @BeforeEach
  void makeFiles(@TempDir Path folder) throws IOException {
    fixture = new Fixture(folder);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "EnableExpPublication|0",
        "BrokerCertRootPath|root.pub,root.pub",
        "PubControllerAddr|controller.example",
        "PubPeriod|600000000000",
        "PubExpPriority|7",
        "PubCountry|USA,GBR",
        "PubLocation|IO91*,BK29AM,??",
        "GreetPeriodAfterPubEnd|0",
        "ProgramDirPath|programs",
        "EnableProxyMode|1",
        "BacklogConnAgentCertPath|agent.cert",
        "ProxyCertRootPath|root.pub",
        "TargetBacklogConn|5",
        "BacklogConnTimeout|1",
        "BootstrapBacklogTimeout|18446744073709551615"
      })
  void shouldKeepGoodValuesAsTheyAre(String name, String value) throws ReferenceConfigException {
    assertEquals(value, fixture.manager(name + " " + value + "\n").values().get(name));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "EnableExpPublication|yes",
        "PubControllerAddr|[::1",
        "PubPeriod|10s",
        "PubExpPriority|-1",
        "PubCountry|usa",
        "PubCountry|USA,",
        "PubCountry|USAA",
        "PubLocation|io91",
        "PubLocation|IO91,,BK29AM",
        "ProgramDirPath|e.key",
        "ProgramDirPath|nowhere",
        "EnableProxyMode|2",
        "BacklogConnTimeout|99999999999999999999"
      })
  void shouldRefuseBadValues(String name, String value) {
    ReferenceConfigException e = fixture.refusal(Fixture.MANAGER + name + " " + value + "\n", ManagerDirectives.TABLE);
    assertEquals(List.of(name, value, 6), List.of(e.directive(), e.value(), e.line()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "many", "-1"})
  void shouldOnlyWarnOfABadTargetBacklog(String value) throws ReferenceConfigException {
    ReferenceConfig config = fixture.manager("TargetBacklogConn " + value + "\n");
    assertEquals(Optional.empty(), config.value("TargetBacklogConn"));
    assertTrue(config.warnings().get(0).toString().startsWith("line 6: TargetBacklogConn '" + value + "' is ignored: expected "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"EnableExpPublication", "BrokerAddr", "PubAgentCertPath", "ControllerPrivkeyPath", "ExpExec"})
  void shouldRefuseAFileWithoutADirectiveItNeeds(String name) {
    ReferenceConfigException e = fixture.refusal(Fixture.MANAGER.replaceAll(name + " .*", ""), ManagerDirectives.TABLE);
    assertEquals(List.of(name, 0), List.of(e.directive(), e.line()));
  }

  @Test
  void shouldNeedNoBrokerWithoutPublication() throws ReferenceConfigException {
    fixture.parse("EnableExpPublication 0\nControllerPrivkeyPath e.key\nExpExec 1:a:sub.cert::00:\n", ManagerDirectives.TABLE);
  }

  @Test
  void shouldReadAllFieldsOfAnEntry() throws ReferenceConfigException {
    ExpExec entry = ExpExec.read("0:two:sub.cert,rep.cert:root.pub:,0102:a=b:c;hostid=[::1]:5;", fixture.folder());
    assertEquals(false, entry.isDefault());
    assertEquals(Optional.of(new SniKey("two")), entry.sniKey());
    assertEquals(List.of(fixture.folder().resolve("sub.cert"), fixture.folder().resolve("rep.cert")), entry.chain());
    assertEquals(List.of(fixture.folder().resolve("root.pub")), entry.trusted());
    assertEquals(2, entry.channels().size());
    assertEquals(Optional.empty(), entry.channels().get(0));
    assertEquals(Optional.of("0102"), entry.channels().get(1).map(Channel::hex));
    assertEquals("a=b:c;hostid=[::1]:5;", entry.overrides().format());
  }

  @Test
  void shouldReadAnEntryWithEverythingOptionalLeftOut() throws ReferenceConfigException {
    ExpExec entry = ExpExec.read("1::sub.cert::00:", fixture.folder());
    assertEquals(new ExpExec(true, Optional.empty(), entry.chain(), List.of(), entry.channels(), Descriptor.EMPTY), entry);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|six fields between colons, not 1: IS_DEFAULT:SNIKEY:EXPPRIVCHAIN_PATH:TRUSTEDEOP_PATH:PUB_CHANNEL:OVERRIDE_XDESCRNVP",
        "1:a:sub.cert::00|six fields between colons, not 5: "
            + "IS_DEFAULT:SNIKEY:EXPPRIVCHAIN_PATH:TRUSTEDEOP_PATH:PUB_CHANNEL:OVERRIDE_XDESCRNVP",
        "2:a:sub.cert::00:|0 or 1 as IS_DEFAULT, not '2'",
        ":a:sub.cert::00:|0 or 1 as IS_DEFAULT, not ''",
        "1:A:sub.cert::00:|a good SNIKEY; SNI key holds 'A', only a-z and 0-9 are allowed (at octet 0)",
        "1:a:::00:|at least one file as EXPPRIVCHAIN_PATH",
        "1:a:none::00:|as EXPPRIVCHAIN_PATH existing regular files, separated by commas without blanks; there is none 'none'",
        "1:a:sub.cert:none:00:|as TRUSTEDEOP_PATH existing regular files, separated by commas without blanks; there is none 'none'",
        "1:a:sub.cert:::|a TRUSTEDEOP_PATH, because PUB_CHANNEL has an empty or a 64-digit item",
        "1:a:sub.cert::00,:|a TRUSTEDEOP_PATH, because PUB_CHANNEL has an empty or a 64-digit item",
        "1:a:sub.cert::" + Fixture.PRIVATE_CHANNEL + ":|a TRUSTEDEOP_PATH, because PUB_CHANNEL has an empty or a 64-digit item",
        "1:a:sub.cert::0:|a good PUB_CHANNEL; odd number of hex digits (at octet 1)",
        "1:a:sub.cert::00:a=1|a good OVERRIDE_XDESCRNVP; value of a does not end in ';' (at octet 3)",
        "1:a:sub.cert::00:sni_key=b;|a good OVERRIDE_XDESCRNVP; sni_key cannot be overridden",
        "1:a:sub.cert::00:exp_priority=x;|a good OVERRIDE_XDESCRNVP; exp_priority is not a decimal number of 64 bits: 'x'"
      })
  void shouldRefuseBadEntries(String value, String expected) {
    ReferenceConfigException e = fixture.refusal(Fixture.MANAGER + "ExpExec " + value + "\n", ManagerDirectives.TABLE);
    assertEquals(List.of(expected, 6, "ExpExec"), List.of(e.expected(), e.line(), e.directive()));
    ReferenceConfigException alone = assertThrows(ReferenceConfigException.class, () -> ExpExec.read(value, fixture.folder()));
    assertTrue(alone.getMessage().endsWith("expected " + expected), alone.getMessage());
  }

  @Test
  void shouldRefuseTwoDefaults() {
    ReferenceConfigException e = fixture.refusal(Fixture.MANAGER + "ExpExec 1:b:sub.cert::00:\n", ManagerDirectives.TABLE);
    assertEquals("at most one entry with IS_DEFAULT 1; line 5 has it already", e.expected());
  }

  @Test
  void shouldRefuseTwoEntriesOfOneName() throws ReferenceConfigException {
    ReferenceConfigException e = fixture.refusal(Fixture.MANAGER + "ExpExec 0:one:sub.cert::00:\n", ManagerDirectives.TABLE);
    assertEquals("a SNIKEY of its own; line 5 has the same", e.expected());
    assertEquals(3, fixture.manager("ExpExec 0::sub.cert::00:\nExpExec 0::sub.cert::00:\n").all("ExpExec").size());
  }
}
