package org.pktlab.launcher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.pktlab.cert.Certificate;
import org.pktlab.cert.CertificateRefusedException;
import org.pktlab.cert.ChainMode;
import org.pktlab.cert.ChainRefusedException;
import org.pktlab.cert.ChainVerifier;
import org.pktlab.cert.ChannelRefusedException;
import org.pktlab.cert.CredentialException;
import org.pktlab.cert.CredentialFiles;
import org.pktlab.cert.DestinationRange;
import org.pktlab.cert.Ed25519PrivateKey;
import org.pktlab.cert.Ed25519PublicKey;
import org.pktlab.cert.EffectiveLimits;
import org.pktlab.cert.PassphraseSource;
import org.pktlab.cert.PermittedChannels;
import org.pktlab.cert.Rate;
import org.pktlab.cert.TrustRefusedException;
import org.pktlab.cert.VerifiedChain;
import org.pktlab.cert.bc.BouncyCastleTrust;

/** The cases of {@code pktlab cert verify --batch} (packetlab-trust section 12), with files in the place of names. */
final class CertCases {
  /** The longest line of a batch, in octets. */
  static final int LONGEST_LINE = 1 << 20;

  private static final String SUCCESS = "SUCCESS";
  private static final int MOST_ROOTS = 1024;
  private static final int MOST_CHECKS = 10_000;

  private final ObjectNode one;
  private final ObjectNode answer = JsonLines.MAPPER.createObjectNode();

  private CertCases(ObjectNode one) {
    this.one = one;
  }

  /** Judges one case. */
  static ObjectNode answer(ObjectNode one) throws CaseException {
    CertCases judge = new CertCases(one);
    try {
      judge.judge(text("operation", one.get("operation")));
    } catch (TrustRefusedException e) {
      refuse(judge.answer, e);
    }
    return judge.answer;
  }

  /** Says in an answer that and why something is refused. */
  static void refuse(ObjectNode answer, TrustRefusedException e) {
    answer.put("verdict", "reject").put("name", e.reason());
    if (e.code() >= 0) {
      answer.put("code", e.code());
    }
    answer.put("why", e.getMessage());
  }

  private void judge(String operation) throws CaseException, TrustRefusedException {
    switch (operation) {
      case "decode_certificate" -> decode();
      case "verify_chain" -> verify(answer, mode(text("mode", one.get("mode"))), certificates(), roots(), at());
      case "broker_check_publication" -> channels(true);
      case "broker_check_subscription" -> channels(false);
      case "endpoint_effective_limits" -> limits();
      default -> throw CaseException.malformed("there is no operation " + operation + " in a batch");
    }
  }

  private void decode() throws CaseException, CertificateRefusedException {
    List<byte[]> certificates = certificates();
    if (certificates.size() != 1) {
      throw CaseException.malformed("decode_certificate takes one certificate, not " + certificates.size());
    }
    Ed25519PublicKey signer = isAbsent("signing_key") ? null : key("signing_key");
    if (signer == null) {
      BouncyCastleTrust.decoder().decode(certificates.get(0));
    } else {
      BouncyCastleTrust.decoder().decode(certificates.get(0), signer);
    }
    accept();
  }

  /** Verifies a chain and puts the outcome into the answer. */
  static VerifiedChain verify(ObjectNode answer, ChainMode mode, List<byte[]> certificates, List<Ed25519PublicKey> roots, long nowNs)
      throws ChainRefusedException {
    VerifiedChain chain = BouncyCastleTrust.verifier().verify(mode, certificates, roots, nowNs);
    answer.put("verdict", "accept").put("name", SUCCESS);
    ArrayNode order = answer.putArray("verified_order");
    chain.positions().forEach(order::add);
    answer.put("used_root_index", chain.rootIndex() < 0 ? null : Integer.valueOf(chain.rootIndex()));
    return chain;
  }

  private void channels(boolean publication) throws CaseException, ChannelRefusedException {
    List<byte[]> certificates = certificates();
    Ed25519PublicKey root = isAbsent("root_key") ? null : key("root_key");
    List<byte[]> requested = new ArrayList<>();
    for (JsonNode channel : list("requested_channels")) {
      requested.add(FrameCases.octets(text("requested_channels", channel)));
      if (requested.get(requested.size() - 1).length == 0) {
        throw CaseException.malformed("a channel has 1 to 32 octets");
      }
    }
    ChainVerifier verifier = BouncyCastleTrust.verifier();
    PermittedChannels permitted;
    if (publication) {
      Ed25519PublicKey leaf = isAbsent("leaf_key") ? null : key("leaf_key");
      permitted = verifier.permittedPublicationChannels(certificates, leaf, root, at());
    } else {
      permitted = verifier.permittedSubscriptionChannels(certificates, key("leaf_key"), root, at());
    }
    // The name is that of the chain's judgement: the reference has none for a channel that is asked for in vain.
    answer.put("verdict", permitted.permitsAll(requested) ? "accept" : "reject").put("name", SUCCESS);
    ArrayNode channels = answer.putArray("permitted_private_channels");
    permitted.channels().forEach(channel -> channels.add(channel.toString()));
    if (!permitted.permitsAll(requested)) {
      ArrayNode denied = answer.putArray("denied_channels");
      requested.stream().filter(channel -> !permitted.permits(channel)).forEach(channel -> denied.add(HexFormat.of().formatHex(channel)));
      answer.put("why", "the chain is good, but does not cover every private channel that is asked for");
    }
  }

  private void limits() throws CaseException, CertificateRefusedException {
    long nowNs = isAbsent("now_ns") ? at() : nanoseconds(one.get("now_ns"));
    List<Certificate> chain = new ArrayList<>();
    for (byte[] der : certificates()) {
      chain.add(BouncyCastleTrust.decoder().decode(der));
    }
    EffectiveLimits limits = EffectiveLimits.of(chain, nowNs);
    accept();
    CertificateText.putUnsigned(answer, "endtime_ns", limits.endTimeNs());
    CertificateText.putUnsigned(answer, "sndpkt", limits.counters().sendPackets());
    CertificateText.putUnsigned(answer, "rcvpkt", limits.counters().receivePackets());
    CertificateText.putUnsigned(answer, "sndbyte", limits.counters().sendOctets());
    CertificateText.putUnsigned(answer, "rcvbyte", limits.counters().receiveOctets());
    CertificateText.putUnsigned(answer, "runtime", limits.counters().runTimeNs());
    answer.put("sktcnt", limits.maxSockets()).put("max_priority", limits.maxPriority()).put("spoof", limits.sourceSpoofing());
    rates(answer.putArray("byte_rates"), limits.octetRates());
    rates(answer.putArray("pkt_rates"), limits.packetRates());
    ObjectNode checks = answer.putObject("checks");
    if (isAbsent("checks")) {
      return;
    }
    JsonNode asked = list("checks");
    if (asked.size() > MOST_CHECKS) {
      throw CaseException.malformed("more than " + MOST_CHECKS + " checks");
    }
    for (JsonNode check : asked) {
      checks.put(text("checks", check), check(limits, text("checks", check)));
    }
  }

  private static boolean check(EffectiveLimits limits, String check) throws CaseException {
    String value = check.substring(check.indexOf(':') + 1);
    try {
      if (check.startsWith("prio:")) {
        return limits.permitsPriority(Long.parseUnsignedLong(value));
      }
      if (check.startsWith("send:")) {
        return limits.permitsFirstSend(Long.parseUnsignedLong(value));
      }
    } catch (NumberFormatException e) {
      throw CaseException.malformed("the check '" + check + "' has no number below 2^64");
    }
    if (check.startsWith("dst:")) {
      byte[] address =
          DestinationRange.parseAddress(value).orElseThrow(() -> CaseException.malformed("the check '" + check + "' has no numeric address"));
      return limits.permitsDestination(address);
    }
    if (check.equals("spoof")) {
      return limits.sourceSpoofing();
    }
    throw CaseException.malformed("there is no check '" + check + "'; there are prio:N, dst:ADDRESS, send:N and spoof");
  }

  private static void rates(ArrayNode array, List<Rate> rates) {
    for (Rate rate : rates) {
      array.addArray().add(new BigInteger(Long.toUnsignedString(rate.count()))).add(new BigInteger(Long.toUnsignedString(rate.windowNs())));
    }
  }

  private void accept() {
    answer.put("verdict", "accept").put("name", SUCCESS);
  }

  /** Reads the certificates; of a list that is too long, one more than any verifier takes. */
  private List<byte[]> certificates() throws CaseException {
    List<byte[]> certificates = new ArrayList<>();
    for (JsonNode name : list("certs")) {
      if (certificates.size() > ChainVerifier.MAX_CHAIN) {
        break;
      }
      certificates.add(certificate(file("certs", name)));
    }
    return certificates;
  }

  /** Reads a certificate; a file that is there but holds none is an empty one, which every judge refuses. */
  static byte[] certificate(Path file) {
    try {
      return BouncyCastleTrust.credentialFiles().readCertificateOctets(file);
    } catch (CredentialException e) {
      return new byte[0];
    }
  }

  private List<Ed25519PublicKey> roots() throws CaseException {
    List<Ed25519PublicKey> roots = new ArrayList<>();
    JsonNode names = list("roots");
    if (names.size() > MOST_ROOTS) {
      throw CaseException.malformed("more than " + MOST_ROOTS + " roots");
    }
    for (JsonNode name : names) {
      roots.add(key(file("roots", name)));
    }
    return roots;
  }

  private Ed25519PublicKey key(String field) throws CaseException {
    return key(file(field, one.get(field)));
  }

  private static Ed25519PublicKey key(Path file) throws CaseException {
    CredentialFiles files = BouncyCastleTrust.credentialFiles();
    try {
      return files.readPublicKey(file);
    } catch (CredentialException e) {
      try {
        Ed25519PrivateKey key = files.readPrivateKey(file, PassphraseSource.NONE);
        key.destroy();
        return key.publicKey();
      } catch (CredentialException noPrivateKeyEither) {
        throw CaseException.malformed(e.getMessage());
      }
    }
  }

  private static Path file(String field, JsonNode name) throws CaseException {
    String text = text(field, name);
    try {
      Path file = Path.of(text);
      if (Files.isReadable(file) && !Files.isDirectory(file)) {
        return file;
      }
    } catch (InvalidPathException e) {
      // no such file either
    }
    throw CaseException.lacking("the case lacks its input: " + field + " names " + text + ", which cannot be read");
  }

  private long at() throws CaseException {
    if (isAbsent("at")) {
      return Moments.now();
    }
    String text = text("at", one.get("at"));
    try {
      return Moments.nanoseconds(Moments.rfc3339(text));
    } catch (DateTimeException | IllegalArgumentException e) {
      throw CaseException.malformed("at must be a time of RFC 3339 between 1970 and 2554, not '" + text + "'");
    }
  }

  private static long nanoseconds(JsonNode node) throws CaseException {
    BigInteger value = node.isIntegralNumber() ? node.bigIntegerValue() : BigInteger.valueOf(-1);
    if (value.signum() < 0 || value.bitLength() > Long.SIZE) {
      throw CaseException.malformed("now_ns must be an integer from 0 to 2^64-1");
    }
    return value.longValue();
  }

  private static ChainMode mode(String name) throws CaseException {
    for (ChainMode mode : ChainMode.values()) {
      if (mode.name().toLowerCase(Locale.ROOT).equals(name)) {
        return mode;
      }
    }
    throw CaseException.malformed("there is no mode " + name);
  }

  private boolean isAbsent(String field) {
    return one.get(field) == null || one.get(field).isNull();
  }

  private JsonNode list(String field) throws CaseException {
    JsonNode list = one.get(field);
    if (list == null || !list.isArray()) {
      throw CaseException.lacking("the case lacks its input: " + field + " must be a list");
    }
    return list;
  }

  private static String text(String field, JsonNode node) throws CaseException {
    if (node == null || !node.isTextual()) {
      throw CaseException.lacking("the case lacks its input: " + field + " must be text");
    }
    return node.asText();
  }
}
