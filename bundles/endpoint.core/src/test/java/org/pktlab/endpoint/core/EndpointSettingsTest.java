package org.pktlab.endpoint.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pktlab.cert.CertificateKind;
import org.pktlab.cert.CertificateOptions;
import org.pktlab.cert.CredentialFiles;
import org.pktlab.cert.Ed25519PrivateKey;
import org.pktlab.cert.PassphraseSource;
import org.pktlab.cert.bc.BouncyCastleTrust;
import org.pktlab.protocol.MemoryMap;

/** What the endpoint accepts as its configuration, and what it says otherwise. */
class EndpointSettingsTest {
  private static final CredentialFiles FILES = BouncyCastleTrust.credentialFiles();

  @TempDir Path directory;
  private final Map<String, Object> usual = new HashMap<>();

  @BeforeEach
  void write() throws Exception {
    FILES.writePrivateKey(directory.resolve("ep.key"), TestTrust.ENDPOINT, null, true);
    FILES.writePublicKey(directory.resolve("op.pub"), TestTrust.OPERATOR.publicKey(), true);
    FILES.writePublicKey(directory.resolve("agents.pub"), TestTrust.AGENTS.publicKey(), true);
    certificate("rep.cert", CertificateKind.SUBCMD, TestTrust.OPERATOR, TestTrust.ENDPOINT);
    certificate("other.cert", CertificateKind.SUBCMD, TestTrust.AGENTS, TestTrust.ENDPOINT);
    certificate("agent.cert", CertificateKind.AGENT, TestTrust.AGENTS, TestTrust.ENDPOINT);
    certificate("foreign.cert", CertificateKind.AGENT, TestTrust.AGENTS, TestTrust.BROKER);
    usual.put("TransprotoSup", new String[] {"tcp", "udp"});
    usual.put("VMemLocalAddrStrIPv4", "192.0.2.1/24");
    usual.put("EndpointPrivKey", path("ep.key"));
    usual.put("EndpointOpPubKeyPath", path("op.pub"));
    usual.put("ControllerCertChainPath", path("rep.cert"));
    usual.put("SubPrivCertChainPath", path("rep.cert"));
    usual.put("EndpointAgentCertPath", path("agent.cert"));
    usual.put("BrokerChainRootPath", path("agents.pub"));
    usual.put("BrokerAddr", "broker.example");
    usual.put("AutoExtractChannel", "1");
  }

  private void certificate(String name, CertificateKind kind, Ed25519PrivateKey signer, Ed25519PrivateKey subject) throws Exception {
    FILES.writeCertificate(directory.resolve(name), TestTrust.issue(CertificateOptions.of(kind), signer, subject, Duration.ofHours(1)), true);
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }

  /** The usual configuration with one directive changed. */
  private EndpointSettings load(String directive, Object value) throws SettingsException {
    Map<String, Object> changed = new HashMap<>(usual);
    changed.put(directive, value);
    EndpointConfiguration configured =
        (EndpointConfiguration)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {EndpointConfiguration.class},
                (proxy, method, arguments) -> changed.getOrDefault(method.getName(), method.getDefaultValue()));
    return EndpointSettings.load(configured, FILES, PassphraseSource.NONE);
  }

  private void refused(String directive, Object value, String... parts) {
    String message = assertThrows(SettingsException.class, () -> load(directive, value)).getMessage();
    for (String part : parts) {
      assertTrue(message.contains(part), "'" + message + "' does not say '" + part + "'");
    }
    assertTrue(message.contains(directive) && message.indexOf('\n') < 0, message);
  }

  @Test
  void shouldLoadASubscribingEndpointWithTheDefaultsOfTheReference() throws Exception {
    EndpointSettings settings = load("HostID", "h");
    assertEquals(8_388_608, settings.bufferLimit());
    assertEquals(Rig.EVERYTHING, settings.protocols());
    assertEquals(1, settings.maxExperiments());
    assertEquals(new SessionHost.RateLimit(12_500_000, 10_000_000_000L), settings.sendRate());
    assertEquals(20_557, settings.subscription().broker().port());
    assertEquals(TestTrust.OPERATOR.publicKey(), settings.subscription().operatorKey());
    assertArrayEquals(TestTrust.OPERATOR.publicKey().keyId().octets(), settings.subscription().channels().get(0).octets());
    assertNull(settings.direct());
  }

  @Test
  void shouldLoadAnEndpointOfOneController() throws Exception {
    usual.put("NoSubMode", "1");
    EndpointSettings settings = load("NoSubModeSNIKey", "abc");
    assertNull(settings.subscription());
    assertEquals("127.0.0.1:20556", settings.direct().controller().toString());
    assertEquals("abc", settings.direct().sniKey().text());
    refused("NoSubModeSNIKey", "A", "1 to 63 of a-z and 0-9");
    refused("NoSubModeAddr", ":1", "HOST or HOST:PORT");
  }

  @Test
  void shouldReadChannelsAddressesAndLimits() throws Exception {
    assertEquals(3, load("BrokerChannel", "aabb,,cc").subscription().channels().size());
    assertEquals(List.of(Rig.ip("2001:db8::1"), Rig.ip("::1")), load("VMemLocalAddrStrIPv6", "2001:db8::1,::1").exported().ipv6());
    assertEquals(2, load("VMemLocalDNSAddrStrIPv4", "192.0.2.1,192.0.2.2").exported().resolvers4().size());
    assertNull(load("SendRateLimit", "none").sendRate());
    assertEquals(new SessionHost.RateLimit(5, 7), load("SendRateLimit", "5/7").sendRate());
    assertEquals(MemoryMap.PROTOCOL_RAW, load("TransprotoSup", new String[] {"raw", "sctp"}).protocols());
    assertEquals(1, load("VMemLocalAddrStrIPv4", "lo").exported().ipv4().size());
  }

  @Test
  void shouldSayWhichDirectiveIsWrong() {
    refused("NoSubMode", "2", "0 or 1");
    refused("BufMax", 0L, "a positive number of octets");
    refused("MaxConcurrentExperiments", 0, "a positive number");
    refused("TransprotoSup", new String[] {"sctp"}, "at least one of tcp, udp, raw");
    refused("SendRateLimit", "fast", "OCTETS/NANOSECONDS");
    refused("SendRateLimit", "0/5", "OCTETS/NANOSECONDS");
    refused("HostID", "x".repeat(256), "at most 255 octets");
    refused("VMemLocalAddrStrIPv4", "", "at least one address or interface");
    refused("VMemLocalAddrStrIPv4", "192.0.2.1/33", "A.B.C.D/LEN");
    refused("VMemLocalAddrStrIPv4", "nosuch0", "the name of an interface");
    refused("VMemLocalAddrStrIPv4", "192.0.2.1/24,".repeat(257), "at most 256");
    refused("VMemLocalAddrStrIPv6", "192:0:2:1", "an IPv6 address");
    refused("VMemLocalDNSAddrStrIPv4", "1.2.3.4.5", "an IPv4 address");
    refused("VMemLocalDNSAddrStrIPv6", "192.0.2.1", "an IPv6 address");
    refused("EndpointPrivKey", "", "private key");
    refused("EndpointPrivKey", path("nothing"), "nothing");
    refused("EndpointOpPubKeyPath", path("agents.pub"), "none of its keys signed the last certificate");
    refused("EndpointOpPubKeyPath", path("nothing"), "nothing");
    refused("ControllerCertChainPath", "", "at least one certificate file");
    refused("ControllerCertChainPath", path("foreign.cert"), "EndpointPrivKey");
    refused("SubPrivCertChainPath", path("ep.key"), "ep.key");
    refused("EndpointAgentCertPath", path("foreign.cert"), "EndpointPrivKey");
    refused("BrokerChainRootPath", "", "at least one public key file");
    refused("BrokerAddr", "", "HOST or HOST:PORT");
    refused("BrokerChannel", "xyz");
    refused("AutoExtractChannel", "0", "AutoExtractChannel 1");
    refused("EndpointAttr", "nothing");
  }
}
