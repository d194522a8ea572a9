package org.pktlab.controller.core;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pktlab.cert.Certificate;
import org.pktlab.cert.CertificateRefusedException;
import org.pktlab.cert.ChainMode;
import org.pktlab.cert.ChainRefusedException;
import org.pktlab.cert.ChainVerifier;
import org.pktlab.cert.CredentialException;
import org.pktlab.cert.CredentialFiles;
import org.pktlab.cert.Credentials;
import org.pktlab.cert.Ed25519PrivateKey;
import org.pktlab.cert.Ed25519PublicKey;
import org.pktlab.cert.EffectiveLimits;
import org.pktlab.cert.PassphraseSource;
import org.pktlab.cert.ProgramDigest;
import org.pktlab.cert.VerifiedChain;
import org.pktlab.program.Program;
import org.pktlab.program.ProgramException;
import org.pktlab.program.ProgramFile;
import org.pktlab.rendezvous.Address;
import org.pktlab.rendezvous.Channel;
import org.pktlab.rendezvous.Channels;
import org.pktlab.rendezvous.Descriptor;
import org.pktlab.rendezvous.RendezvousException;
import org.pktlab.rendezvous.SniKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The controller's configuration, checked and loaded.
 *
 * @param key the controller's private key
 * @param entries in the order of the configuration
 * @param publication how to publish, or null when publication is off
 * @param programs encoded monitor programs by digest
 * @param programsConfigured whether a program directory was named
 * @param listen where endpoints are awaited
 * @param published controller address to publish, as configured, or null
 * @param hostId pattern for endpoints' {@code hostid}, or null
 * @param greetAfterNs how long endpoints are accepted after publication, nanoseconds
 */
record ControllerSettings(
    Ed25519PrivateKey key,
    List<ExperimentEntry> entries,
    PublicationSettings publication,
    Map<ProgramDigest, byte[]> programs,
    boolean programsConfigured,
    Address listen,
    String published,
    String hostId,
    long greetAfterNs) {
  private static final Logger LOG = LoggerFactory.getLogger(ControllerSettings.class);
  private static final int EXP_EXEC_FIELDS = 6;
  private static final int LARGEST_PROGRAM = 1 << 20;

  /**
   * How to publish.
   *
   * @param broker its address
   * @param agentChain shown to it, DER
   * @param roots its certificate's trusted signers; empty means any
   * @param periodNs length of the publication, or -1
   * @param priority or -1
   * @param countries wanted
   * @param locations wanted
   */
  record PublicationSettings(
      Address broker,
      List<byte[]> agentChain,
      List<Ed25519PublicKey> roots,
      long periodNs,
      long priority,
      List<String> countries,
      List<String> locations) {}

  static ControllerSettings load(
      ControllerConfiguration configured, CredentialFiles files, PassphraseSource passphrases, ChainVerifier verifier, long nowNs)
      throws SettingsException {
    if (flag("EnableProxyMode", configured.EnableProxyMode())) {
      throw new SettingsException("EnableProxyMode is 1, but this controller reaches endpoints directly only; set it to 0");
    }
    if (configured.ControllerPrivkeyPath().isEmpty()) {
      throw wrong("ControllerPrivkeyPath", "", "the file of the controller's private key");
    }
    Ed25519PrivateKey key;
    try {
      key = files.readPrivateKey(Path.of(configured.ControllerPrivkeyPath()), passphrases);
    } catch (CredentialException e) {
      throw new SettingsException("ControllerPrivkeyPath: " + e.getMessage());
    }
    boolean publish = flag("EnableExpPublication", configured.EnableExpPublication());
    List<ExperimentEntry> entries = entries(configured.ExpExec(), key, files, verifier, nowNs);
    String published = configured.Published().isEmpty() ? configured.PubControllerAddr() : configured.Published();
    if (!published.isEmpty()) {
      address("PubControllerAddr", published, Address.EXPERIMENT_PORT);
    }
    return new ControllerSettings(
        key,
        entries,
        publish ? publication(configured, key, files) : null,
        configured.ProgramDirPath().isEmpty() ? Map.of() : programs(Path.of(configured.ProgramDirPath())),
        !configured.ProgramDirPath().isEmpty(),
        address("Listen", configured.Listen(), Address.EXPERIMENT_PORT),
        published.isEmpty() ? null : published,
        configured.HostId().isEmpty() ? null : configured.HostId(),
        number("GreetPeriodAfterPubEnd", configured.GreetPeriodAfterPubEnd(), 0));
  }

  private static PublicationSettings publication(ControllerConfiguration configured, Ed25519PrivateKey key, CredentialFiles files)
      throws SettingsException {
    return new PublicationSettings(
        address("BrokerAddr", configured.BrokerAddr(), Address.PUBLICATION_PORT),
        ordered("PubAgentCertPath", configured.PubAgentCertPath(), key, files).der(),
        publicKeys("BrokerCertRootPath", configured.BrokerCertRootPath(), files),
        number("PubPeriod", configured.PubPeriod(), -1),
        number("PubExpPriority", configured.PubExpPriority(), -1),
        items(configured.PubCountry()),
        items(configured.PubLocation()));
  }

  private static List<ExperimentEntry> entries(
      String[] values, Ed25519PrivateKey key, CredentialFiles files, ChainVerifier verifier, long nowNs) throws SettingsException {
    List<ExperimentEntry> entries = new ArrayList<>();
    Set<String> keys = new HashSet<>();
    boolean anyDefault = false;
    for (String value : values) {
      ExperimentEntry entry = entry(value, key, files, verifier, nowNs);
      if (entry.isDefault() && anyDefault) {
        throw wrong("ExpExec", value, "at most one entry with IS_DEFAULT 1");
      }
      anyDefault |= entry.isDefault();
      if (entry.sniKey() != null && !keys.add(entry.sniKey().text())) {
        throw wrong("ExpExec", value, "an SNIKEY that no other entry has");
      }
      entries.add(entry);
    }
    if (entries.isEmpty()) {
      throw wrong("ExpExec", "", "at least one entry IS_DEFAULT:SNIKEY:CHAIN:OPERATORS:CHANNELS:OVERRIDES");
    }
    return entries;
  }

  private static ExperimentEntry entry(String value, Ed25519PrivateKey key, CredentialFiles files, ChainVerifier verifier, long nowNs)
      throws SettingsException {
    String[] fields = value.split(":", EXP_EXEC_FIELDS);
    if (fields.length != EXP_EXEC_FIELDS) {
      throw wrong("ExpExec", value, "six fields IS_DEFAULT:SNIKEY:CHAIN:OPERATORS:CHANNELS:OVERRIDES");
    }
    List<Ed25519PublicKey> operators = publicKeys("ExpExec", fields[3], files);
    Credentials credentials = ordered("ExpExec", fields[2], key, files);
    VerifiedChain verified;
    try {
      verified = verifier.verify(ChainMode.ENDPOINT_JUDGES_CONTROLLER, credentials.der(), operators, nowNs);
    } catch (ChainRefusedException e) {
      throw new SettingsException("ExpExec '" + value + "': its chain does not verify: " + e.getMessage());
    }
    try {
      List<Optional<Channel>> channels = Channels.parseConfigured(fields[4]);
      boolean privateChannel = channels.stream().anyMatch(channel -> channel.isEmpty() || channel.get().isPrivate());
      if (operators.isEmpty() && privateChannel) {
        throw wrong("ExpExec", value, "operators in the fourth field, because its channels are private");
      }
      List<Channel> own = operators.isEmpty() ? List.of() : List.of(Channel.of(verified.last().authorityKeyId().octets()));
      return new ExperimentEntry(
          flag("ExpExec", fields[0]),
          fields[1].isEmpty() ? null : SniKey.parse(fields[1]),
          credentials.der(),
          verified,
          operators,
          Channels.resolve(channels, own),
          Descriptor.parse(fields[5]),
          EffectiveLimits.of(verified.certificates(), nowNs).monitors());
    } catch (RendezvousException e) {
      throw new SettingsException("ExpExec '" + value + "': " + e.getMessage());
    }
  }

  private static Credentials ordered(String directive, String list, Ed25519PrivateKey key, CredentialFiles files) throws SettingsException {
    List<Certificate> certificates = new ArrayList<>();
    for (String file : items(list)) {
      try {
        certificates.add(files.readCertificate(Path.of(file)));
      } catch (CredentialException | CertificateRefusedException e) {
        throw new SettingsException(directive + ": " + file + ": " + e.getMessage());
      }
    }
    if (certificates.isEmpty()) {
      throw wrong(directive, list, "at least one certificate file");
    }
    try {
      return Credentials.ordered(key, certificates);
    } catch (CredentialException e) {
      throw new SettingsException(directive + ": " + e.getMessage() + " (ControllerPrivkeyPath)");
    }
  }

  private static List<Ed25519PublicKey> publicKeys(String directive, String list, CredentialFiles files) throws SettingsException {
    List<Ed25519PublicKey> keys = new ArrayList<>();
    for (String file : items(list)) {
      try {
        keys.add(files.readPublicKey(Path.of(file)));
      } catch (CredentialException e) {
        throw new SettingsException(directive + ": " + e.getMessage());
      }
    }
    return keys;
  }

  private static Map<ProgramDigest, byte[]> programs(Path directory) throws SettingsException {
    Map<ProgramDigest, byte[]> programs = new HashMap<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      for (Path file : stream) {
        String name = file.getFileName().toString();
        ProgramFile kind = ProgramFile.of(name);
        if (kind == ProgramFile.UNKNOWN) {
          LOG.warn("Unknown program file extension for {}, skipping", name);
        }
        if (!Files.isRegularFile(file) || kind == ProgramFile.HIDDEN || kind == ProgramFile.UNKNOWN) {
          continue;
        }
        if (Files.size(file) > LARGEST_PROGRAM) {
          LOG.warn("program {} is longer than {} octets, skipping", name, LARGEST_PROGRAM);
          continue;
        }
        try {
          Program program = Program.parseFile(name, Files.readAllBytes(file));
          programs.put(ProgramDigest.of(program.digest()), program.encode());
        } catch (ProgramException e) {
          LOG.warn("Failed to load program {}, skipping: {}", name, e.getMessage());
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      throw new SettingsException("ProgramDirPath: " + directory + " cannot be read: " + e.getMessage());
    }
    return programs;
  }

  static Address address(String directive, String text, int port) throws SettingsException {
    try {
      return Address.parse(text, port);
    } catch (RendezvousException e) {
      throw wrong(directive, text, "HOST or HOST:PORT (" + e.reason() + ")");
    }
  }

  private static long number(String directive, String text, long absent) throws SettingsException {
    if (text.isEmpty()) {
      return absent;
    }
    try {
      long value = Long.parseLong(text);
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      LOG.debug("{} is not a number", directive);
    }
    throw wrong(directive, text, "a number from 0 to " + Long.MAX_VALUE);
  }

  private static boolean flag(String directive, String text) throws SettingsException {
    if (!text.equals("0") && !text.equals("1")) {
      throw wrong(directive, text, "0 or 1");
    }
    return text.equals("1");
  }

  private static List<String> items(String list) {
    return list.isEmpty() ? List.of() : List.of(list.split(",", -1)).stream().filter(item -> !item.isEmpty()).toList();
  }

  private static SettingsException wrong(String directive, String value, String expected) {
    return new SettingsException(directive + " is '" + value + "'; expected " + expected);
  }
}
