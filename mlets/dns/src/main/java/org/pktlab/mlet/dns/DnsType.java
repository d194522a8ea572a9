package org.pktlab.mlet.dns;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Record types and response codes by name. */
final class DnsType {
  static final int A = 1;
  static final int NS = 2;
  static final int CNAME = 5;
  static final int SOA = 6;
  static final int PTR = 12;
  static final int MX = 15;
  static final int TXT = 16;
  static final int AAAA = 28;
  static final int SRV = 33;
  static final int DNAME = 39;
  static final int OPT = 41;
  static final int CAA = 257;

  private static final Map<String, Integer> NUMBERS = new TreeMap<>();
  private static final String[] CODES = {
    "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE"
  };

  static {
    NUMBERS.putAll(Map.of("A", A, "NS", NS, "CNAME", CNAME, "SOA", SOA, "PTR", PTR, "MX", MX, "TXT", TXT, "AAAA", AAAA, "SRV", SRV, "CAA",
        CAA));
    NUMBERS.putAll(Map.of("DNAME", DNAME, "HINFO", 13, "NAPTR", 35, "DS", 43, "SSHFP", 44, "RRSIG", 46, "NSEC", 47, "DNSKEY", 48, "NSEC3",
        50));
    NUMBERS.putAll(Map.of("TLSA", 52, "SVCB", 64, "HTTPS", 65, "LOC", 29, "ANY", 255));
  }

  private DnsType() {}

  /** The number of a type name or {@code TYPEnnn}, or -1. */
  static int number(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    Integer known = NUMBERS.get(upper);
    if (known != null) {
      return known;
    }
    if (upper.matches("TYPE[0-9]{1,5}")) {
      int number = Integer.parseInt(upper.substring(4));
      return number <= 0xFFFF ? number : -1;
    }
    return -1;
  }

  /** All names, for messages. */
  static String names() {
    return String.join(", ", NUMBERS.keySet()) + ", TYPEnnn";
  }

  static String name(int number) {
    for (Map.Entry<String, Integer> entry : NUMBERS.entrySet()) {
      if (entry.getValue() == number) {
        return entry.getKey();
      }
    }
    return "TYPE" + number;
  }

  /** The name of a response code, or {@code RCODEnnn}. */
  static String code(int rcode) {
    return rcode < CODES.length ? CODES[rcode] : rcode == 16 ? "BADVERS" : rcode == 23 ? "BADCOOKIE" : "RCODE" + rcode;
  }
}
