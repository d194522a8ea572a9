package org.pktlab.cert.bc;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.pktlab.cert.CertificateKind;
import org.pktlab.cert.CertificateLimits;
import org.pktlab.cert.CertificateOptions;
import org.pktlab.cert.DelegatedPrivilege;
import org.pktlab.cert.DestinationRange;
import org.pktlab.cert.IssueRefusedException;
import org.pktlab.cert.NamedValue;

/** The name-value strings of new certificates, in the writer's order and as strict as the writer is (packetlab-trust section 5). */
final class ProfileText {
  private static final Set<String> INFO_NAMES =
      Set.of(BasicCertificate.TYPE, BasicCertificate.DELEGATED, BasicCertificate.DESCRIPTION);

  /** Has no meaning any more, but the writer puts it first. */
  private static final String FILTER = "filter";

  private ProfileText() {}

  /** Checks what belongs together and returns the text of {@code cert_info}. */
  static String info(CertificateOptions options) throws IssueRefusedException {
    CertificateKind kind = options.kind();
    if ((kind == CertificateKind.DELPRIV) == options.delegated().isEmpty()) {
      throw new IssueRefusedException("delpriv, and nothing else, delegates at least one privilege");
    }
    if (!kind.isPrivilege() && (options.pathLength() >= 0 || !options.limits().isEmpty())) {
      throw new IssueRefusedException(kind.text() + " takes neither a path length nor limits; only exppriv and delpriv do");
    }
    StringBuilder text = new StringBuilder();
    append(text, BasicCertificate.TYPE, kind.text());
    if (kind == CertificateKind.DELPRIV) {
      String items =
          options.delegated().stream().sorted().map(DelegatedPrivilege::text).collect(Collectors.joining(","));
      append(text, BasicCertificate.DELEGATED, items);
    }
    if (options.description() != null) {
      if (!NameValueText.isValue(options.description())) {
        throw new IssueRefusedException("the description has characters that a certificate cannot carry");
      }
      append(text, BasicCertificate.DESCRIPTION, options.description());
    }
    appendAuxiliary(text, options.auxiliary(), INFO_NAMES, false);
    return text.toString();
  }

  /** Returns the text of {@code cert_limit}, or null if there is nothing to limit. */
  static String limit(CertificateLimits limits) throws IssueRefusedException {
    List<NamedValue> filters = new ArrayList<>();
    List<NamedValue> others = new ArrayList<>();
    for (NamedValue pair : limits.auxiliary()) {
      (pair.name().equals(FILTER) ? filters : others).add(pair);
    }
    for (DestinationRange range : limits.destinations()) {
      if (range.hasHostBits()) {
        throw new IssueRefusedException("the destination " + range + " has bits set behind its prefix and would never match");
      }
    }
    StringBuilder text = new StringBuilder();
    appendAuxiliary(text, filters, LimitFields.KNOWN, true);
    appendList(text, LimitFields.MONITOR, limits.monitors(), "");
    appendNumber(text, LimitFields.MAX_PRIORITY, limits.maxPriority());
    appendNumber(text, LimitFields.MAX_SOCKETS, limits.maxSockets());
    appendNumber(text, LimitFields.MAX_RUN_TIME, limits.maxRunTimeNs());
    appendNumber(text, LimitFields.MAX_SEND_OCTETS, limits.maxSendOctets());
    appendNumber(text, LimitFields.MAX_SEND_PACKETS, limits.maxSendPackets());
    appendNumber(text, LimitFields.MAX_RECEIVE_OCTETS, limits.maxReceiveOctets());
    appendNumber(text, LimitFields.MAX_RECEIVE_PACKETS, limits.maxReceivePackets());
    appendList(text, LimitFields.OCTET_RATE, limits.octetRates(), ",");
    appendList(text, LimitFields.PACKET_RATE, limits.packetRates(), ",");
    appendList(text, LimitFields.DESTINATIONS, limits.destinations(), ",");
    if (limits.sourceSpoofing() != null) {
      append(text, LimitFields.SPOOFING, limits.sourceSpoofing() ? "1" : "0");
    }
    appendAuxiliary(text, others, LimitFields.KNOWN, true);
    return text.length() == 0 ? null : text.toString();
  }

  private static void append(StringBuilder text, String name, String value) {
    text.append(name).append('=').append(value).append(';');
  }

  private static void appendNumber(StringBuilder text, String name, Long value) {
    if (value != null) {
      append(text, name, Long.toUnsignedString(value));
    }
  }

  private static void appendList(StringBuilder text, String name, List<?> items, String separator) {
    if (!items.isEmpty()) {
      append(text, name, items.stream().map(Object::toString).collect(Collectors.joining(separator)));
    }
  }

  private static void appendAuxiliary(StringBuilder text, List<NamedValue> pairs, Set<String> reserved, boolean stars)
      throws IssueRefusedException {
    Set<String> seen = new HashSet<>();
    for (NamedValue pair : pairs) {
      String name = (pair.optional() ? "*" : "") + pair.name();
      boolean wellFormed = NameValueText.isName(pair.name()) && NameValueText.isValue(pair.value()) && (stars || !pair.optional());
      if (!wellFormed) {
        throw new IssueRefusedException("the auxiliary pair '" + name + "' has characters that a certificate cannot carry");
      }
      if (reserved.contains(pair.name()) || !seen.add(name)) {
        throw new IssueRefusedException("the auxiliary pair '" + name + "' has a reserved name or occurs twice");
      }
      text.append(pair.text());
    }
  }
}
