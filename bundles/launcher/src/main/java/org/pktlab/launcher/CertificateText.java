package org.pktlab.launcher;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.pktlab.cert.Certificate;
import org.pktlab.cert.CertificateKind;
import org.pktlab.cert.CertificateLimits;
import org.pktlab.cert.CertificateOptions;
import org.pktlab.cert.CertificateRequest;
import org.pktlab.cert.DelegatedPrivilege;
import org.pktlab.cert.DestinationRange;
import org.pktlab.cert.NamedValue;
import org.pktlab.cert.Rate;

/** Certificates and requests for people, and as JSON. */
final class CertificateText {
  private static final int LABEL = 18;

  private final StringBuilder text = new StringBuilder();

  private CertificateText() {}

  /** Returns kind and keys in one line. */
  static String line(Certificate certificate) {
    return certificate.kind().text() + " on key " + shortened(certificate.subjectKeyId()) + " signed by key " + shortened(certificate.authorityKeyId());
  }

  /** Returns everything that a certificate says, a line for each thing; ends in a line feed. */
  static String table(Certificate certificate) {
    CertificateText out = new CertificateText();
    out.row("kind", certificate.kind().text() + ": " + meaning(certificate.kind()));
    out.row("subject key", certificate.publicKey().toString());
    out.row("subject key id", certificate.subjectKeyId().toString());
    boolean self = certificate.subjectKeyId().equals(certificate.authorityKeyId());
    out.row("signer's key id", certificate.authorityKeyId() + (self ? " (itself)" : ""));
    out.row("serial", HexFormat.of().formatHex(certificate.serial()));
    out.row("valid from", Moments.text(certificate.notBeforeNs()));
    out.row("valid until", certificate.notAfterNs() == -1 ? "beyond 2554" : Moments.text(certificate.notAfterNs()));
    long now = Moments.now();
    if (!certificate.isValidAt(now)) {
      out.row("", Long.compareUnsigned(now, certificate.notBeforeNs()) < 0 ? "NOT VALID YET" : "EXPIRED");
    }
    CertificateOptions options =
        new CertificateOptions(
            certificate.kind(),
            certificate.delegated(),
            certificate.pathLength(),
            certificate.description(),
            certificate.auxiliary(),
            certificate.limits());
    out.rows(options);
    out.row("cert_info", certificate.certInfo());
    if (certificate.hasLimits()) {
      out.row("cert_limit", certificate.certLimit());
    }
    out.row("SHA-256 of DER", sha256(certificate.der()));
    return out.text.toString();
  }

  /** Returns everything that a request asks for, a line for each thing; ends in a line feed. */
  static String table(CertificateRequest request) {
    CertificateText out = new CertificateText();
    out.row("request for", request.options().kind().text() + ": " + meaning(request.options().kind()));
    out.row("subject key", request.publicKey().toString());
    out.row("subject key id", request.publicKey().keyId().toString());
    out.rows(request.options());
    out.row("SHA-256 of DER", sha256(request.der()));
    return out.text.toString();
  }

  private void rows(CertificateOptions options) {
    if (options.kind() == CertificateKind.DELPRIV) {
      row("delegates", options.delegated().stream().sorted().map(DelegatedPrivilege::text).collect(Collectors.joining(", ")));
    }
    if (options.kind().isPrivilege()) {
      row("path length", options.pathLength() < 0 ? "any number of delegations may follow" : options.pathLength() + " delegations may follow");
    }
    if (options.description() != null) {
      row("description", options.description());
    }
    for (NamedValue pair : options.auxiliary()) {
      row("auxiliary", pair.text());
    }
    if (options.kind().isPrivilege()) {
      limits(options.limits());
    }
  }

  private void limits(CertificateLimits limits) {
    List<String> lines = new ArrayList<>();
    limit(lines, limits.maxPriority(), "priority at most %s");
    limit(lines, limits.maxSockets(), "at most %s sockets opened in a session");
    limit(lines, limits.maxRunTimeNs(), "run time at most %s ns");
    limit(lines, limits.maxSendOctets(), "at most %s octets sent");
    limit(lines, limits.maxSendPackets(), "at most %s packets sent");
    limit(lines, limits.maxReceiveOctets(), "at most %s octets received");
    limit(lines, limits.maxReceivePackets(), "at most %s packets received");
    limits.octetRates().forEach(rate -> lines.add(rate(rate, "octets")));
    limits.packetRates().forEach(rate -> lines.add(rate(rate, "packets")));
    if (!limits.destinations().isEmpty()) {
      lines.add("destinations " + limits.destinations().stream().map(DestinationRange::toString).collect(Collectors.joining(", ")));
    }
    limits.destinations().stream()
        .filter(DestinationRange::hasHostBits)
        .forEach(range -> lines.add("  " + range + " has bits behind its prefix: never matches"));
    if (limits.sourceSpoofing() != null) {
      lines.add("foreign source addresses " + (limits.sourceSpoofing() ? "granted" : "refused"));
    }
    limits.monitors().forEach(digest -> lines.add("monitor " + digest));
    limits.auxiliary().forEach(pair -> lines.add("unknown, ignored: " + pair.text()));
    row("limits", lines.isEmpty() ? "none" : lines.get(0));
    lines.stream().skip(1).forEach(line -> row("", line));
  }

  private static void limit(List<String> lines, Long value, String format) {
    if (value != null) {
      lines.add(String.format(format, Long.toUnsignedString(value)));
    }
  }

  private static String rate(Rate rate, String what) {
    return "at most " + Long.toUnsignedString(rate.count()) + " " + what + " in any " + Long.toUnsignedString(rate.windowNs()) + " ns";
  }

  private void row(String label, String value) {
    text.append(label).append(" ".repeat(Math.max(1, LABEL - label.length()))).append(value).append('\n');
  }

  static String meaning(CertificateKind kind) {
    return switch (kind) {
      case EXPPRIV -> "the subject may run experiments on the signer's endpoints";
      case DELPRIV -> "the subject may use and hand on privileges of the signer";
      case PUBCMD -> "the subject, a controller, may run the signer's experiments";
      case SUBCMD -> "the subject, an endpoint, may act for the signer";
      case AGENT -> "the subject, a program, speaks for itself";
    };
  }

  /** Returns everything that a certificate says as JSON. */
  static ObjectNode json(Certificate certificate) {
    ObjectNode json = JsonLines.MAPPER.createObjectNode();
    json.put("serial", HexFormat.of().formatHex(certificate.serial()));
    putUnsigned(json, "not_before_ns", certificate.notBeforeNs());
    putUnsigned(json, "not_after_ns", certificate.notAfterNs());
    json.put("publickey", certificate.publicKey().toString());
    json.put("aki", certificate.authorityKeyId().toString()).put("ski", certificate.subjectKeyId().toString());
    json.put("pathlen", certificate.pathLength()).put("cert_info", certificate.certInfo()).put("cert_limit", certificate.certLimit());
    json.put("sha256_of_der", sha256(certificate.der()));
    ObjectNode fields = json.putObject("fields");
    fields(fields, certificate.kind(), certificate.delegated().stream().mapToInt(privilege -> 1 << privilege.ordinal()).sum());
    fields.put("cert_desc", certificate.description());
    pairs(fields.putArray("aux_info"), certificate.auxiliary());
    limits(fields, certificate.limits());
    return json;
  }

  /** Returns everything that a request asks for as JSON. */
  static ObjectNode json(CertificateRequest request) {
    CertificateOptions options = request.options();
    ObjectNode json = JsonLines.MAPPER.createObjectNode();
    json.put("publickey", request.publicKey().toString()).put("ski", request.publicKey().keyId().toString()).put("pathlen", options.pathLength());
    json.put("sha256_of_der", sha256(request.der()));
    ObjectNode fields = json.putObject("fields");
    fields(fields, options.kind(), options.delegated().stream().mapToInt(privilege -> 1 << privilege.ordinal()).sum());
    fields.put("cert_desc", options.description());
    pairs(fields.putArray("aux_info"), options.auxiliary());
    limits(fields, options.limits());
    return json;
  }

  private static void fields(ObjectNode fields, CertificateKind kind, int delegated) {
    fields.put("cert_type", kind.text()).put("del_type", delegated);
  }

  private static void limits(ObjectNode fields, CertificateLimits limits) {
    ArrayNode monitors = fields.putArray("monitor_digests");
    limits.monitors().forEach(digest -> monitors.add(digest.toString()));
    number(fields, "max_num_priority", limits.maxPriority());
    number(fields, "max_socket_count", limits.maxSockets());
    number(fields, "max_exp_period", limits.maxRunTimeNs());
    number(fields, "max_send_byte", limits.maxSendOctets());
    number(fields, "max_send_pkt", limits.maxSendPackets());
    number(fields, "max_recv_byte", limits.maxReceiveOctets());
    number(fields, "max_recv_pkt", limits.maxReceivePackets());
    fields.put("src_ip_spoofing", limits.sourceSpoofing() == null ? null : limits.sourceSpoofing() ? Integer.valueOf(1) : Integer.valueOf(0));
    rates(fields.putArray("max_burst_rate_byte"), limits.octetRates());
    rates(fields.putArray("max_burst_rate_pkt"), limits.packetRates());
    ArrayNode destinations = fields.putArray("valid_dest");
    for (DestinationRange range : limits.destinations()) {
      destinations
          .addObject()
          .put("family", range.isIpv6() ? 6 : 4)
          .put("addr", HexFormat.of().formatHex(range.address()))
          .put("mask", HexFormat.of().formatHex(range.mask()));
    }
    pairs(fields.putArray("aux_limit"), limits.auxiliary());
  }

  private static void rates(ArrayNode array, List<Rate> rates) {
    for (Rate rate : rates) {
      ObjectNode one = array.addObject();
      putUnsigned(one, "cnt", rate.count());
      putUnsigned(one, "win", rate.windowNs());
    }
  }

  private static void pairs(ArrayNode array, List<NamedValue> pairs) {
    pairs.forEach(pair -> array.addObject().put("name", pair.name()).put("value", pair.value()).put("optional", pair.optional()));
  }

  private static void number(ObjectNode fields, String name, Long value) {
    if (value == null) {
      fields.putNull(name);
    } else {
      putUnsigned(fields, name, value);
    }
  }

  /** Adds an unsigned number of 64 bits. */
  static void putUnsigned(ObjectNode node, String name, long value) {
    node.put(name, new BigInteger(Long.toUnsignedString(value)));
  }

  private static String sha256(byte[] octets) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(octets));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static String shortened(Object keyId) {
    return keyId.toString().substring(0, 16) + "..";
  }
}
