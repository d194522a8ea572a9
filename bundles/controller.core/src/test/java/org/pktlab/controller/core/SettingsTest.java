package org.pktlab.controller.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pktlab.cert.CertificateKind;
import org.pktlab.cert.CertificateOptions;
import org.pktlab.cert.PassphraseSource;
import org.pktlab.cert.ProgramDigest;
import org.pktlab.cert.bc.BouncyCastleTrust;
import org.pktlab.controller.ExperimentRefusedException;
import org.pktlab.controller.ExperimentRequest;
import org.pktlab.program.WasmProgram;

/** What the controller accepts as its configuration, and what it says otherwise: manager specification, section 2. */
class SettingsTest {
  @TempDir Path directory;
  private Pki pki;
  private Configured usual;

  @BeforeEach
  void write() throws Exception {
    pki = new Pki(directory);
    usual = Configured.usual(pki);
  }

  private static ControllerSettings load(Configured configured) throws SettingsException {
    return ControllerSettings.load(
        configured, BouncyCastleTrust.credentialFiles(), PassphraseSource.NONE, BouncyCastleTrust.verifier(), ControllerRole.epochNs());
  }

  private static void refused(Configured configured, String... parts) {
    String message = assertThrows(SettingsException.class, () -> load(configured)).getMessage();
    for (String part : parts) {
      assertTrue(message.contains(part), "'" + message + "' does not say '" + part + "'");
    }
    assertTrue(message.indexOf('\n') < 0);
  }

  @Test
  void shouldLoadAnEntryWithItsVerifiedChain() throws Exception {
    ControllerSettings settings = load(usual);
    ExperimentEntry entry = settings.entries().get(0);
    assertTrue(entry.isDefault());
    assertNull(entry.sniKey());
    assertArrayEquals(Pki.COMMAND.der(), entry.verified().leaf().der());
    assertEquals(Pki.OPERATOR.publicKey(), entry.verified().rootKey());
    assertEquals(1, entry.channels().size(), "an empty item stands for the operator's channel");
    assertArrayEquals(Pki.OPERATOR.publicKey().keyId().octets(), entry.channels().get(0).octets());
    assertNull(settings.publication());
  }

  @Test
  void shouldPutTheCertificateOfItsKeyFirst() throws Exception {
    String entry = "0:k:" + pki.paths("privilege.cert", "command.cert") + ":" + pki.path("operator.pub") + "::";
    assertArrayEquals(Pki.COMMAND.der(), load(usual.entries(entry)).entries().get(0).chain().get(0));
  }

  @Test
  void shouldSayWhichDirectiveIsWrong() throws Exception {
    refused(usual.with("EnableProxyMode", "1"), "EnableProxyMode is 1", "set it to 0");
    refused(usual.with("EnableProxyMode", "yes"), "EnableProxyMode is 'yes'", "0 or 1");
    refused(usual.with("EnableExpPublication", ""), "EnableExpPublication is ''", "0 or 1");
    refused(usual.with("ControllerPrivkeyPath", ""), "ControllerPrivkeyPath is ''", "private key");
    refused(usual.with("ControllerPrivkeyPath", pki.path("nothing")), "ControllerPrivkeyPath: ", "nothing");
    refused(usual.with("ControllerPrivkeyPath", pki.path("command.cert")), "ControllerPrivkeyPath: ");
    refused(usual.with("Listen", "host:99999"), "Listen is 'host:99999'", "HOST or HOST:PORT");
    refused(usual.with("PubControllerAddr", "a b"), "PubControllerAddr is 'a b'");
    refused(usual.with("GreetPeriodAfterPubEnd", "-1"), "GreetPeriodAfterPubEnd is '-1'", "a number from 0");
    refused(usual.with("GreetPeriodAfterPubEnd", "99999999999999999999"), "GreetPeriodAfterPubEnd");
    refused(usual.with("ProgramDirPath", pki.path("nothing")), "ProgramDirPath: ", "cannot be read");
  }

  @Test
  void shouldSayWhatIsWrongWithAnEntry() throws Exception {
    String chain = pki.paths("command.cert", "privilege.cert");
    String operator = pki.path("operator.pub");
    pki.publicKey("other.pub", Pki.AGENTS);
    pki.certificate("foreign.cert", Pki.issue(CertificateOptions.of(CertificateKind.PUBCMD), Pki.EXPERIMENTER, Pki.ENDPOINT));
    Files.writeString(directory.resolve("broken.cert"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    refused(usual.entries(), "ExpExec is ''", "at least one entry");
    refused(usual.entries("0:k:" + chain), "six fields");
    refused(usual.entries("2:k:" + chain + ":" + operator + "::"), "ExpExec is '2'", "0 or 1");
    refused(usual.entries("0:K:" + chain + ":" + operator + "::"), "ExpExec '0:K:");
    refused(usual.entries("0:k::" + operator + "::"), "at least one certificate file");
    refused(usual.entries("0:k:" + pki.path("nothing") + ":" + operator + "::"), "ExpExec: ", "nothing");
    refused(usual.entries("0:k:" + pki.path("broken.cert") + ":" + operator + "::"), "broken.cert: ");
    refused(usual.entries("0:k:" + pki.paths("foreign.cert", "privilege.cert") + ":" + operator + "::"), "ControllerPrivkeyPath");
    refused(usual.entries("0:k:" + pki.path("command.cert") + ":" + operator + "::"), "its chain does not verify");
    refused(usual.entries("0:k:" + chain + ":" + pki.path("other.pub") + "::"), "its chain does not verify");
    refused(usual.entries("0:k:" + chain + ":" + pki.path("nothing") + "::"), "ExpExec: ");
    refused(usual.entries("0:k:" + chain + ":::"), "its channels are private");
    refused(usual.entries("0:k:" + chain + ":::" + "ab".repeat(32) + ":"), "its channels are private");
    refused(usual.entries("0:k:" + chain + ":" + operator + ":xyz:"), "ExpExec '0:k:");
    refused(usual.entries("0:k:" + chain + ":" + operator + "::no-pairs"), "ExpExec '0:k:");
    refused(usual.entries(pki.entry(true, "a", "", ""), pki.entry(true, "b", "", "")), "at most one entry with IS_DEFAULT 1");
    refused(usual.entries(pki.entry(false, "a", "", ""), pki.entry(false, "a", "", "")), "an SNIKEY that no other entry has");
    assertEquals(1, load(usual.entries("0:k:" + chain + "::aabb:")).entries().size(), "a public channel needs no operator");
  }

  @Test
  void shouldSayWhatIsMissingForPublication() throws Exception {
    Configured publishing = Configured.publishing(pki, "127.0.0.1:1");
    assertEquals(20_556, load(publishing.with("BrokerAddr", "broker.example")).publication().broker().port());
    refused(publishing.with("BrokerAddr", ""), "BrokerAddr is ''");
    refused(publishing.with("PubAgentCertPath", ""), "PubAgentCertPath is ''");
    refused(publishing.with("PubAgentCertPath", pki.path("privilege.cert")), "PubAgentCertPath: ", "ControllerPrivkeyPath");
    refused(publishing.with("BrokerCertRootPath", pki.path("nothing")), "BrokerCertRootPath: ");
    refused(publishing.with("PubPeriod", "soon"), "PubPeriod is 'soon'");
    refused(publishing.with("PubExpPriority", "-4"), "PubExpPriority is '-4'");
  }

  @Test
  void shouldLoadProgramsByDigestAndPassOverWhatIsNone() throws Exception {
    byte[] module = {0, 'a', 's', 'm', 1, 0, 0, 0};
    Path programs = Files.createDirectory(directory.resolve("programs"));
    Files.write(programs.resolve("good.wasm"), module);
    Files.write(programs.resolve("bad.wasm"), new byte[] {1, 2, 3});
    Files.writeString(programs.resolve("notes.txt"), "nothing");
    Files.write(programs.resolve(".hidden.wasm"), module);
    Files.write(programs.resolve("long.wasm"), new byte[(1 << 20) + 1]);
    Files.createDirectory(programs.resolve("more.wasm"));
    ControllerSettings settings = load(usual.with("ProgramDirPath", programs.toString()));
    assertTrue(settings.programsConfigured());
    ProgramDigest digest = ProgramDigest.of(org.pktlab.program.Program.parseFile("good.wasm", module).digest());
    assertTrue(settings.programs().containsKey(digest));
    assertArrayEquals(new byte[] {1, 0, 'a', 's', 'm', 1, 0, 0, 0}, settings.programs().get(digest));
    assertTrue(org.pktlab.program.Program.parseFile("good.wasm", module) instanceof WasmProgram);
  }

  @Test
  void shouldAnnounceWhyItDoesNotStartAndRefuseExperimentsWithTheSameWords() {
    Announcements announcements = new Announcements();
    ControllerRole role = Stage.controller(usual.with("EnableProxyMode", "1"), announcements);
    assertEquals(List.of(), announcements.ready);
    String why = announcements.failed.get(0);
    assertTrue(why.contains("EnableProxyMode"));
    assertEquals(why, assertThrows(ExperimentRefusedException.class, () -> role.start(new ExperimentRequest(1, null, null, null), new Stage.Told())).getMessage());
    assertTrue(role.info().get("state").contains(why));
    role.stop();
  }

  @Test
  void shouldAnnounceThatItIsReady() {
    Announcements announcements = new Announcements();
    ControllerRole role = Stage.controller(usual, announcements);
    assertEquals(1, announcements.ready.size());
    assertTrue(announcements.ready.get(0).contains(Pki.CONTROLLER.publicKey().keyId().toString()));
    assertEquals("1", role.info().get("entries"));
    role.stop();
    assertEquals(1, announcements.unregistered);
  }
}
