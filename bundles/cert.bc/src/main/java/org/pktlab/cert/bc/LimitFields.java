package org.pktlab.cert.bc;

import static org.pktlab.cert.bc.NameValueText.shortened;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.pktlab.cert.CertificateFault;
import org.pktlab.cert.CertificateLimits;
import org.pktlab.cert.CertificateRefusedException;
import org.pktlab.cert.DestinationRange;
import org.pktlab.cert.NamedValue;
import org.pktlab.cert.ProgramDigest;
import org.pktlab.cert.Rate;

/** The fields of {@code cert_limit}, read as leniently as other verifiers do (packetlab-trust sections 3, 5.2 and 6, check 15). */
final class LimitFields {
  static final String MONITOR = "monitor";
  static final String MAX_PRIORITY = "max_num_priority";
  static final String MAX_SOCKETS = "max_socket_count";
  static final String MAX_RUN_TIME = "max_exp_period";
  static final String MAX_SEND_OCTETS = "max_send_byte";
  static final String MAX_SEND_PACKETS = "max_send_pkt";
  static final String MAX_RECEIVE_OCTETS = "max_recv_byte";
  static final String MAX_RECEIVE_PACKETS = "max_recv_pkt";
  static final String OCTET_RATE = "max_burst_rate_byte";
  static final String PACKET_RATE = "max_burst_rate_pkt";
  static final String DESTINATIONS = "valid_dest";
  static final String SPOOFING = "src_ip_spoofing";

  /** Every name that has a meaning. */
  static final Set<String> KNOWN =
      Set.of(
          MONITOR,
          MAX_PRIORITY,
          MAX_SOCKETS,
          MAX_RUN_TIME,
          MAX_SEND_OCTETS,
          MAX_SEND_PACKETS,
          MAX_RECEIVE_OCTETS,
          MAX_RECEIVE_PACKETS,
          OCTET_RATE,
          PACKET_RATE,
          DESTINATIONS,
          SPOOFING);

  private static final int DIGEST_DIGITS = 64;
  private static final Pattern HEX = Pattern.compile("[0-9A-Fa-f]*");

  private LimitFields() {}

  /** Refuses known limits that are marked optional: the mark has no sense there, and the C library does not survive it. */
  static void checkMarks(List<NamedValue> pairs) throws CertificateRefusedException {
    for (NamedValue pair : pairs) {
      if (pair.optional() && KNOWN.contains(pair.name())) {
        throw new CertificateRefusedException(CertificateFault.BAD_CERT_LIMIT, "the known limit " + pair.name() + " is marked optional");
      }
    }
  }

  /** Reads the fields in the order of the specification; the first bad one decides. */
  static CertificateLimits read(List<NamedValue> pairs) throws CertificateRefusedException {
    Map<String, String> known = new HashMap<>();
    List<NamedValue> auxiliary = new ArrayList<>();
    for (NamedValue pair : pairs) {
      if (!pair.optional() && KNOWN.contains(pair.name())) {
        known.put(pair.name(), pair.value());
      } else {
        auxiliary.add(pair);
      }
    }
    CertificateLimits.Builder limits = CertificateLimits.builder().auxiliary(auxiliary);
    limits.monitors(monitors(known.get(MONITOR)));
    limits.maxPriority(number(known, MAX_PRIORITY, CertificateFault.BAD_MAX_NUM_PRIORITY));
    limits.maxSockets(number(known, MAX_SOCKETS, CertificateFault.BAD_MAX_SOCKET_COUNT));
    limits.maxRunTimeNs(number(known, MAX_RUN_TIME, CertificateFault.BAD_MAX_EXP_PERIOD));
    limits.maxSendOctets(number(known, MAX_SEND_OCTETS, CertificateFault.BAD_MAX_SEND_BYTE));
    limits.maxSendPackets(number(known, MAX_SEND_PACKETS, CertificateFault.BAD_MAX_SEND_PKT));
    limits.maxReceiveOctets(number(known, MAX_RECEIVE_OCTETS, CertificateFault.BAD_MAX_RECV_BYTE));
    limits.maxReceivePackets(number(known, MAX_RECEIVE_PACKETS, CertificateFault.BAD_MAX_RECV_PKT));
    limits.sourceSpoofing(spoofing(known));
    limits.destinations(destinations(known.get(DESTINATIONS)));
    limits.octetRates(rates(known.get(OCTET_RATE), OCTET_RATE));
    limits.packetRates(rates(known.get(PACKET_RATE), PACKET_RATE));
    return limits.build();
  }

  private static List<ProgramDigest> monitors(String value) throws CertificateRefusedException {
    if (value == null) {
      return List.of();
    }
    if (value.length() % DIGEST_DIGITS != 0 || !HEX.matcher(value).matches()) {
      throw bad(CertificateFault.BAD_MONITOR_DIGESTS, MONITOR, value, "whole digests of 64 hexadecimal digits");
    }
    List<ProgramDigest> digests = new ArrayList<>();
    for (int i = 0; i < value.length(); i += DIGEST_DIGITS) {
      digests.add(ProgramDigest.ofHex(value.substring(i, i + DIGEST_DIGITS)));
    }
    return digests;
  }

  private static Long number(Map<String, String> known, String name, CertificateFault fault) throws CertificateRefusedException {
    String value = known.get(name);
    if (value == null) {
      return null;
    }
    Long number = LenientNumber.parse(value);
    if (number == null) {
      throw bad(fault, name, value, "a decimal number of 64 bits");
    }
    return number;
  }

  private static Boolean spoofing(Map<String, String> known) throws CertificateRefusedException {
    Long number = number(known, SPOOFING, CertificateFault.BAD_SRC_IP_SPOOFING);
    if (number == null) {
      return null;
    }
    if (number != 0 && number != 1) {
      throw bad(CertificateFault.BAD_SRC_IP_SPOOFING, SPOOFING, known.get(SPOOFING), "0 or 1");
    }
    return number == 1;
  }

  private static List<Rate> rates(String value, String name) throws CertificateRefusedException {
    if (value == null) {
      return List.of();
    }
    List<Rate> rates = new ArrayList<>();
    for (String item : value.split(",", -1)) {
      int slash = item.indexOf('/');
      Long count = slash < 0 ? null : LenientNumber.parse(item.substring(0, slash));
      Long window = slash < 0 ? null : LenientNumber.parse(item.substring(slash + 1));
      if (count == null || window == null || window == 0) {
        throw bad(CertificateFault.BAD_MAX_BURST_RATE, name, item, "count/window with a window above zero");
      }
      rates.add(new Rate(count, window));
    }
    return rates;
  }

  private static List<DestinationRange> destinations(String value) throws CertificateRefusedException {
    if (value == null) {
      return List.of();
    }
    List<DestinationRange> ranges = new ArrayList<>();
    for (String item : value.split(",", -1)) {
      int slash = item.indexOf('/');
      byte[] address = DestinationRange.parseAddress(slash < 0 ? item : item.substring(0, slash)).orElse(null);
      if (address == null) {
        throw bad(CertificateFault.BAD_VALID_DEST, DESTINATIONS, item, "a numeric address, with or without a prefix");
      }
      int bits = address.length * 8;
      int prefix = slash < 0 ? bits : LenientNumber.prefix(item.substring(slash + 1));
      if (prefix < 0 || prefix > bits) {
        throw bad(CertificateFault.BAD_VALID_DEST, DESTINATIONS, item, "a prefix of 0 to " + bits + " bits");
      }
      ranges.add(new DestinationRange(address, prefix));
    }
    return ranges;
  }

  private static CertificateRefusedException bad(CertificateFault fault, String name, String value, String wanted) {
    return new CertificateRefusedException(fault, name + " must be " + wanted + ", not '" + shortened(value) + "'");
  }
}
