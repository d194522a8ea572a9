package org.pktlab.config.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointDirectivesTest {
  private Fixture fixture;

  @BeforeEach
  void makeFiles(@TempDir Path folder) throws IOException {
    fixture = new Fixture(folder);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "BufMax|0",
        "BufMax|18446744073709551615",
        "BufMax|0000000000000000000000000018446744073709551615",
        "RawModeLKM|1",
        "VMemLocalAddrStrIPv4|192.0.2.1/24,eth0,10.0.0.1/0",
        "VMemLocalAddrStrIPv4|wlp0s20f3.100",
        "VMemLocalAddrStrIPv6|2001:db8::1,eth0,fe80::1/64",
        "VMemLocalDNSAddrStrIPv4|192.0.2.53,192.0.2.54",
        "VMemLocalDNSAddrStrIPv6|2001:db8::53",
        "HostID|any text, also with blanks",
        "BrokerAddr|broker.example:20557",
        "BrokerAddr|[::1]:20557",
        "BrokerAddr|::1",
        "BrokerAddr|host:80",
        "BrokerChannel|aabb,,cc",
        "BrokerChannel|" + Fixture.PRIVATE_CHANNEL,
        "AutoExtractChannel|1",
        "EndpointOpPubKeyPath|root.pub,root.pub",
        "EndpointAttr|hostid=host1;endpoint_country=USA;",
        "NoSubMode|0",
        "NoSubModeSNIKey|abc123",
        "RLimDBPath|not/yet/there.rlim",
        "WorkerBusyWaitMode|0",
        "MonitorReportCrash|1",
        "MonitorDeadlineMillsec|100",
        "MonitorMemoryMax|4294967294",
        "MonitorEnableDebug|0",
        "MaxConcurrentExperiments|2147483647",
        "SendRateLimit|none",
        "SendRateLimit|12500000/10000000000",
        "StateDir|not-there-yet",
        "StateDir|programs"
      })
  void shouldKeepGoodValuesAsTheyAre(String name, String value) throws ReferenceConfigException {
    assertEquals(value, fixture.parse(Fixture.ENDPOINT + name + " " + value, EndpointDirectives.TABLE).values().get(name));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "BufMax|-1",
        "BufMax|+1",
        "BufMax|0x10",
        "BufMax|18446744073709551616",
        "BufMax|\"5 \"",
        "RawModeLKM|2",
        "RawModeLKM|01",
        "RawModeLKM|true",
        "VMemLocalAddrStrIPv4|192.0.2.1",
        "VMemLocalAddrStrIPv4|192.0.2.1/33",
        "VMemLocalAddrStrIPv4|192.0.2.256/8",
        "VMemLocalAddrStrIPv4|192.0.2/8",
        "VMemLocalAddrStrIPv4|eth0,",
        "VMemLocalAddrStrIPv4|eth0, eth1",
        "VMemLocalAddrStrIPv4|interface-with-too-long-a-name",
        "VMemLocalAddrStrIPv6|::1::",
        "VMemLocalAddrStrIPv6|::1/129",
        "VMemLocalAddrStrIPv6|[::1]",
        "VMemLocalDNSAddrStrIPv4|resolver.example",
        "VMemLocalDNSAddrStrIPv4|192.0.2.53:53",
        "VMemLocalDNSAddrStrIPv6|192.0.2.53",
        "BrokerAddr|host:port",
        "BrokerAddr|:20557",
        "BrokerChannel|abc",
        "BrokerChannel|0xab",
        "BrokerChannel|" + Fixture.PRIVATE_CHANNEL + "00",
        "AutoExtractChannel|on",
        "EndpointAgentCertPath|none.cert",
        "EndpointAgentCertPath|programs",
        "EndpointAgentCertPath|agent.cert,agent.cert",
        "BrokerChainRootPath|root.pub,",
        "BrokerChainRootPath|root.pub, root.pub",
        "EndpointOpPubKeyPath|~/root.pub",
        "EndpointPrivKey|.",
        "EndpointAttr|a=*;",
        "EndpointAttr|a=1;a=2;",
        "EndpointAttr|a=1",
        "NoSubModeSNIKey|Abc",
        "RLimDBPath|programs",
        "RLimDBPath|a\u0000b",
        "MonitorMemoryMax|4294967295",
        "MonitorDeadlineMillsec|1.5",
        "MaxConcurrentExperiments|0",
        "MaxConcurrentExperiments|2147483648",
        "SendRateLimit|None",
        "SendRateLimit|12500000",
        "SendRateLimit|0/1",
        "SendRateLimit|1/0",
        "SendRateLimit|1/2/3",
        "SendRateLimit|9223372036854775808/1",
        "StateDir|e.key"
      })
  void shouldRefuseBadValues(String name, String value) {
    ReferenceConfigException e = fixture.refusal(Fixture.ENDPOINT + name + " " + value, EndpointDirectives.TABLE);
    assertEquals(List.of(name, value, 9), List.of(e.directive(), e.value(), e.line()));
  }

  @Test
  void shouldBoundListsAndTexts() throws ReferenceConfigException {
    fixture.endpoint("VMemLocalAddrStrIPv6 ::" + ",::".repeat(255) + "\n");
    fixture.refusal("VMemLocalAddrStrIPv6 ::" + ",::".repeat(256) + "\n", EndpointDirectives.TABLE);
    fixture.endpoint("VMemLocalDNSAddrStrIPv4 1.1.1.1" + ",1.1.1.1".repeat(15) + "\n");
    fixture.refusal("VMemLocalDNSAddrStrIPv4 1.1.1.1" + ",1.1.1.1".repeat(16) + "\n", EndpointDirectives.TABLE);
    fixture.endpoint("HostID " + "a".repeat(255) + "\n");
    fixture.refusal("HostID " + "a".repeat(256) + "\n", EndpointDirectives.TABLE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"TransprotoSup", "BrokerAddr", "EndpointAgentCertPath", "BrokerChainRootPath", "SubPrivCertChainPath",
        "ControllerCertChainPath", "EndpointPrivKey"})
  void shouldRefuseAFileWithoutADirectiveItNeeds(String name) {
    ReferenceConfigException e = fixture.refusal(Fixture.ENDPOINT.replaceAll(name + " .*", ""), EndpointDirectives.TABLE);
    assertEquals(List.of(name, 0), List.of(e.directive(), e.line()));
    assertTrue(e.getMessage().startsWith("x.conf: " + name + " is missing (required "), e.getMessage());
  }

  @Test
  void shouldWantOneFamilyOfLocalAddresses() throws ReferenceConfigException {
    assertEquals(
        "x.conf: VMemLocalAddrStrIPv4 or VMemLocalAddrStrIPv6 is missing (required always)",
        fixture.refusal(Fixture.ENDPOINT.replace("VMemLocalAddrStrIPv4 127.0.0.1/8", ""), EndpointDirectives.TABLE).getMessage());
    fixture.parse(Fixture.ENDPOINT.replace("VMemLocalAddrStrIPv4 127.0.0.1/8", "VMemLocalAddrStrIPv6 ::1"), EndpointDirectives.TABLE);
  }

  @Test
  void shouldRefuseAFileThatOnlyNamesUnknownProtocols() {
    String content = Fixture.ENDPOINT.replace("tcp,udp", "sctp");
    assertEquals("TransprotoSup", fixture.refusal(content, EndpointDirectives.TABLE).directive());
  }

  @Test
  void shouldNeedNoBrokerInNoSubMode() throws ReferenceConfigException {
    ReferenceConfig config =
        fixture.parse(
            "NoSubMode 1\nTransprotoSup tcp\nVMemLocalAddrStrIPv6 ::1\nControllerCertChainPath sub.cert\nEndpointPrivKey e.key\n",
            EndpointDirectives.TABLE);
    assertTrue(config.isOn("NoSubMode"));
    assertFalse(config.isOn("AutoExtractChannel"));
  }
}
