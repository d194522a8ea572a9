package org.pktlab.launcher;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.pktlab.cert.CertificateKind;
import org.pktlab.cert.CertificateLimits;
import org.pktlab.cert.CertificateOptions;
import org.pktlab.cert.DelegatedPrivilege;
import org.pktlab.cert.DestinationRange;
import org.pktlab.cert.NamedValue;
import org.pktlab.cert.ProgramDigest;
import org.pktlab.cert.Rate;
import picocli.CommandLine.Option;

/** What a certificate shall say, as options of the command line: those of the certificate tool of the C package (packetlab-trust section 11.1). */
final class CertificateArguments {
  private static final String FILTER = "filter";
  private static final int DIGEST_DIGITS = 64;

  @Option(names = "--pathlen", paramLabel = "N", description = "How many delegations may follow (exppriv, delpriv; default: any number).")
  private Long pathLength;

  @Option(names = "--del_exppriv", description = "Delegates the privilege to run experiments (delpriv).")
  private boolean experiments;

  @Option(names = "--del_reppriv", description = "Delegates the privilege to act as the operator's endpoint (delpriv).")
  private boolean representation;

  @Option(names = "-c", paramLabel = "TEXT", description = "Description, free text.")
  private String description;

  @Option(names = "--aux_info_str", paramLabel = "NAME=VALUE;..", description = "Further pairs of the certificate's information.")
  private List<String> auxiliaryInfo;

  @Option(names = "--filter_digest", paramLabel = "HEX", description = "Digests of filter programs; has no effect any more.")
  private List<String> filters;

  @Option(names = "--opt_filter_digest", paramLabel = "HEX", description = "The same, marked optional.")
  private List<String> optionalFilters;

  @Option(names = "--monitor_digest", paramLabel = "HEX", description = "SHA-256 of programs that must watch the experiment, 64 digits each.")
  private List<String> monitors;

  @Option(names = "--max_num_priority", paramLabel = "N", description = "Largest priority of an experiment.")
  private String priority;

  @Option(names = "--max_socket_count", paramLabel = "N", description = "Sockets that a session may open in total.")
  private String sockets;

  @Option(names = "--max_exp_period", paramLabel = "NS", description = "Total run time, nanoseconds.")
  private String runTime;

  @Option(names = "--max_send_byte", paramLabel = "N", description = "Octets that may be sent in total.")
  private String sendOctets;

  @Option(names = "--max_send_pkt", paramLabel = "N", description = "Packets that may be sent in total.")
  private String sendPackets;

  @Option(names = "--max_recv_byte", paramLabel = "N", description = "Octets that may be received in total.")
  private String receiveOctets;

  @Option(names = "--max_recv_pkt", paramLabel = "N", description = "Packets that may be received in total.")
  private String receivePackets;

  @Option(names = "--max_burst_rate_byte", paramLabel = "N/NS,..", description = "At most N octets in any NS nanoseconds.")
  private List<String> octetRates;

  @Option(names = "--max_burst_rate_pkt", paramLabel = "N/NS,..", description = "At most N packets in any NS nanoseconds.")
  private List<String> packetRates;

  @Option(names = "--valid_dest", paramLabel = "ADDR[/LEN],..", description = "Destinations that are permitted, IPv4 or IPv6.")
  private List<String> destinations;

  @Option(names = "--src_ip_spoofing", paramLabel = "0|1", description = "Whether foreign source addresses are permitted in raw packets.")
  private String spoofing;

  @Option(
      names = "--aux_limit_str",
      paramLabel = "[*]NAME=VALUE;..",
      description = "Further limits; with * whoever does not know the name may ignore it.")
  private List<String> auxiliaryLimits;

  @Option(
      names = {
        "--opt_monitor_digest",
        "--opt_max_num_priority",
        "--opt_max_socket_count",
        "--opt_max_exp_period",
        "--opt_max_send_byte",
        "--opt_max_send_pkt",
        "--opt_max_recv_byte",
        "--opt_max_recv_pkt",
        "--opt_max_burst_rate_byte",
        "--opt_max_burst_rate_pkt",
        "--opt_valid_dest",
        "--opt_src_ip_spoofing"
      },
      hidden = true)
  private List<String> optionalLimits;

  /**
   * Puts what was given in the place of what is there.
   *
   * @throws CommandFailure if a value is malformed; what does not fit together is for the issuer to find
   */
  CertificateOptions over(CertificateOptions base, CertificateKind kind) throws CommandFailure {
    if (optionalLimits != null) {
      throw CommandFailure.usage(
          "a limit that everybody knows cannot be marked optional: verifiers refuse such a certificate, and the C programs crash on it;"
              + " leave opt_ out, or use --aux_limit_str for a limit of your own");
    }
    CertificateOptions options = base.withKind(kind).withLimits(limits(base.limits()));
    if (pathLength != null) {
      if (pathLength < 0) {
        throw CommandFailure.usage("--pathlen must not be negative");
      }
      options = options.withPathLength(pathLength);
    }
    if (experiments || representation) {
      Set<DelegatedPrivilege> delegated = EnumSet.noneOf(DelegatedPrivilege.class);
      if (experiments) {
        delegated.add(DelegatedPrivilege.EXPPRIV);
      }
      if (representation) {
        delegated.add(DelegatedPrivilege.REPPRIV);
      }
      options = options.withDelegated(delegated);
    }
    if (description != null) {
      options = options.withDescription(description);
    }
    return auxiliaryInfo == null ? options : options.withAuxiliary(pairs("--aux_info_str", auxiliaryInfo, false));
  }

  private CertificateLimits limits(CertificateLimits base) throws CommandFailure {
    CertificateLimits.Builder limits = base.toBuilder();
    if (monitors != null) {
      List<ProgramDigest> digests = new ArrayList<>();
      for (String digest : digests("--monitor_digest", monitors)) {
        digests.add(ProgramDigest.ofHex(digest));
      }
      limits.monitors(digests);
    }
    if (priority != null) {
      limits.maxPriority(number("--max_num_priority", priority));
    }
    if (sockets != null) {
      limits.maxSockets(number("--max_socket_count", sockets));
    }
    if (runTime != null) {
      limits.maxRunTimeNs(number("--max_exp_period", runTime));
    }
    if (sendOctets != null) {
      limits.maxSendOctets(number("--max_send_byte", sendOctets));
    }
    if (sendPackets != null) {
      limits.maxSendPackets(number("--max_send_pkt", sendPackets));
    }
    if (receiveOctets != null) {
      limits.maxReceiveOctets(number("--max_recv_byte", receiveOctets));
    }
    if (receivePackets != null) {
      limits.maxReceivePackets(number("--max_recv_pkt", receivePackets));
    }
    if (octetRates != null) {
      limits.octetRates(rates("--max_burst_rate_byte", octetRates));
    }
    if (packetRates != null) {
      limits.packetRates(rates("--max_burst_rate_pkt", packetRates));
    }
    if (destinations != null) {
      limits.destinations(destinations());
    }
    if (spoofing != null) {
      if (!spoofing.equals("0") && !spoofing.equals("1")) {
        throw CommandFailure.usage("--src_ip_spoofing must be 0 or 1");
      }
      limits.sourceSpoofing(spoofing.equals("1"));
    }
    limits.auxiliary(auxiliary(base.auxiliary()));
    return limits.build();
  }

  private List<NamedValue> auxiliary(List<NamedValue> base) throws CommandFailure {
    List<NamedValue> pairs = new ArrayList<>();
    boolean filtersGiven = filters != null || optionalFilters != null;
    for (NamedValue pair : base) {
      boolean replaced = pair.name().equals(FILTER) ? filtersGiven : auxiliaryLimits != null;
      if (!replaced) {
        pairs.add(pair);
      }
    }
    if (filters != null) {
      pairs.add(new NamedValue(FILTER, String.join("", digests("--filter_digest", filters)), false));
    }
    if (optionalFilters != null) {
      pairs.add(new NamedValue(FILTER, String.join("", digests("--opt_filter_digest", optionalFilters)), true));
    }
    if (auxiliaryLimits != null) {
      pairs.addAll(pairs("--aux_limit_str", auxiliaryLimits, true));
    }
    return pairs;
  }

  /** Returns digests of 64 lower-case digits each; 0x before them is passed over. */
  private static List<String> digests(String option, List<String> values) throws CommandFailure {
    List<String> digests = new ArrayList<>();
    for (String value : values) {
      for (String item : value.split(",", -1)) {
        String digits = item.startsWith("0x") ? item.substring(2) : item;
        if (digits.isEmpty() || digits.length() % DIGEST_DIGITS != 0 || !digits.matches("[0-9A-Fa-f]*")) {
          throw CommandFailure.usage(option + " must be digests of 64 hexadecimal digits each, not '" + item + "'");
        }
        for (int i = 0; i < digits.length(); i += DIGEST_DIGITS) {
          digests.add(digits.substring(i, i + DIGEST_DIGITS).toLowerCase(Locale.ROOT));
        }
      }
    }
    return digests;
  }

  private static long number(String option, String text) throws CommandFailure {
    if (text.matches("[0-9]{1,40}")) {
      BigInteger value = new BigInteger(text);
      if (value.bitLength() <= Long.SIZE) {
        return value.longValue();
      }
    }
    throw CommandFailure.usage(option + " must be a decimal number below 2^64, not '" + text + "'");
  }

  private static List<Rate> rates(String option, List<String> values) throws CommandFailure {
    List<Rate> rates = new ArrayList<>();
    for (String value : values) {
      for (String item : value.split(",", -1)) {
        int slash = item.indexOf('/');
        if (slash < 0) {
          throw CommandFailure.usage(option + " must be COUNT/NANOSECONDS, not '" + item + "'");
        }
        long window = number(option, item.substring(slash + 1));
        if (window == 0) {
          throw CommandFailure.usage(option + ": the nanoseconds of a rate must not be 0");
        }
        rates.add(new Rate(number(option, item.substring(0, slash)), window));
      }
    }
    return rates;
  }

  private List<DestinationRange> destinations() throws CommandFailure {
    List<DestinationRange> ranges = new ArrayList<>();
    for (String value : destinations) {
      for (String item : value.split(",", -1)) {
        int slash = item.indexOf('/');
        byte[] address = DestinationRange.parseAddress(slash < 0 ? item : item.substring(0, slash)).orElse(null);
        String prefix = slash < 0 ? "" : item.substring(slash + 1);
        boolean good = address != null && (slash < 0 || prefix.matches("[0-9]{1,3}") && Integer.parseInt(prefix) <= address.length * 8);
        if (!good) {
          throw CommandFailure.usage("--valid_dest must be a numeric address, with or without /LEN, not '" + item + "'");
        }
        ranges.add(new DestinationRange(address, slash < 0 ? address.length * 8 : Integer.parseInt(prefix)));
      }
    }
    return ranges;
  }

  private static List<NamedValue> pairs(String option, List<String> values, boolean stars) throws CommandFailure {
    List<NamedValue> pairs = new ArrayList<>();
    for (String value : values) {
      for (String item : (value.endsWith(";") ? value.substring(0, value.length() - 1) : value).split(";", -1)) {
        int equals = item.indexOf('=');
        if (equals < 0) {
          throw CommandFailure.usage(option + " must be NAME=VALUE pairs with a semicolon between them, not '" + item + "'");
        }
        boolean optional = stars && item.startsWith("*");
        pairs.add(new NamedValue(item.substring(optional ? 1 : 0, equals), item.substring(equals + 1), optional));
      }
    }
    return pairs;
  }

  /** Returns the kind that a word names. */
  static CertificateKind kind(String word) throws CommandFailure {
    return CertificateKind.ofText(word)
        .orElseThrow(
            () ->
                CommandFailure.usage(
                    "there is no kind of certificate '" + word + "'; TYPE is one of "
                        + List.of(CertificateKind.values()).stream().map(CertificateKind::text).collect(Collectors.joining(", "))));
  }
}
