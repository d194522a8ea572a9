package org.pktlab.config.reference;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.pktlab.rendezvous.Address;
import org.pktlab.rendezvous.Channels;
import org.pktlab.rendezvous.EndpointAttributes;
import org.pktlab.rendezvous.RendezvousException;
import org.pktlab.rendezvous.Shapes;
import org.pktlab.rendezvous.SniKey;

/** One check per kind of value; each returns silently or says what was expected. */
final class Checks {
  private static final List<String> FACTS = List.of("addresses", "gateway", "resolvers", "dhcp", "mtu", "clock", "external");

  static final Set<String> PROTOCOLS = Set.of("tcp", "udp", "raw");

  private static final int MAX_LOCAL_ADDRESSES = 256;
  private static final int MAX_RESOLVERS = 16;
  private static final int MAX_HOST_ID = 255;
  private static final long MEMORY_SIZE_END = 4_294_967_295L;

  // The kernel's rule for interface names (1 to 15 octets, no '/', no blank), and no address in disguise.
  private static final Pattern INTERFACE = Pattern.compile("(?![0-9.]*$)[!-.0-9;-~]{1,15}");

  private Checks() {}

  static void any(String value, Path folder) {}

  static void bool(String value, Path folder) throws Rejected {
    if (!value.equals("0") && !value.equals("1")) {
      throw new Rejected("0 or 1");
    }
  }

  /** An unsigned number of 64 bits. */
  static long number(String value) throws Rejected {
    boolean digits = !value.isEmpty() && value.chars().allMatch(c -> c >= '0' && c <= '9');
    if (digits) {
      String significant = value.replaceFirst("^0+(?=.)", "");
      try {
        if (significant.length() <= 20) {
          return Long.parseUnsignedLong(significant);
        }
      } catch (NumberFormatException tooLarge) {
        // falls through to the one refusal below
      }
    }
    throw new Rejected(digits ? "a number that fits 64 bits" : "a decimal number");
  }

  static void count(String value, Path folder) throws Rejected {
    long number = number(value);
    if (number <= 0 || number > Integer.MAX_VALUE) {
      throw new Rejected(ValueKind.COUNT.words());
    }
  }

  static void memorySize(String value, Path folder) throws Rejected {
    if (Long.compareUnsigned(number(value), MEMORY_SIZE_END) >= 0) {
      throw new Rejected(ValueKind.MEMORY_SIZE.words());
    }
  }

  static void address(String value, Path folder) throws Rejected {
    try {
      Address.parse(value, 0);
    } catch (RendezvousException e) {
      throw new Rejected("an address, HOST, HOST:PORT or [HOST]:PORT; " + e.getMessage());
    }
  }

  static void file(String value, Path folder) throws Rejected {
    if (value.isEmpty() || !Files.isRegularFile(resolve(value, folder))) {
      throw new Rejected("an existing regular file");
    }
  }

  static void files(String value, Path folder) throws Rejected {
    for (String item : items(value)) {
      if (item.isEmpty() || !Files.isRegularFile(resolve(item, folder))) {
        throw new Rejected("existing regular files, separated by commas without blanks; there is none " + Shown.quoted(item));
      }
    }
  }

  static void folder(String value, Path folder) throws Rejected {
    if (value.isEmpty() || !Files.isDirectory(resolve(value, folder))) {
      throw new Rejected("an existing directory");
    }
  }

  static void newFolder(String value, Path folder) throws Rejected {
    Path path = resolve(value, folder);
    if (value.isEmpty() || Files.exists(path) && !Files.isDirectory(path)) {
      throw new Rejected("a directory, or a name that is free for one");
    }
  }

  static void path(String value, Path folder) throws Rejected {
    if (value.isEmpty() || Files.isDirectory(resolve(value, folder))) {
      throw new Rejected("the name of a file");
    }
  }

  static void hostId(String value, Path folder) throws Rejected {
    if (value.getBytes(StandardCharsets.UTF_8).length > MAX_HOST_ID) {
      throw new Rejected("at most 255 octets");
    }
  }

  static boolean isProtocol(String item) {
    return PROTOCOLS.contains(item.toLowerCase(Locale.ROOT));
  }

  static void localIpv4(String value, Path folder) throws Rejected {
    for (String item : atMost(value, MAX_LOCAL_ADDRESSES)) {
      int slash = item.indexOf('/');
      boolean address = slash > 0 && isIpv4(item.substring(0, slash)) && isPrefix(item.substring(slash + 1), 32);
      if (!address && !INTERFACE.matcher(item).matches()) {
        throw new Rejected("A.B.C.D/LEN or an interface name, not " + Shown.quoted(item));
      }
    }
  }

  static void localIpv6(String value, Path folder) throws Rejected {
    for (String item : atMost(value, MAX_LOCAL_ADDRESSES)) {
      int slash = item.indexOf('/');
      boolean prefix = slash < 0 || isPrefix(item.substring(slash + 1), 128);
      boolean address = prefix && isIpv6(slash < 0 ? item : item.substring(0, slash));
      if (!address && !INTERFACE.matcher(item).matches()) {
        throw new Rejected("an IPv6 address or an interface name, not " + Shown.quoted(item));
      }
    }
  }

  static void resolversIpv4(String value, Path folder) throws Rejected {
    for (String item : atMost(value, MAX_RESOLVERS)) {
      if (!isIpv4(item)) {
        throw new Rejected("an IPv4 address, not " + Shown.quoted(item));
      }
    }
  }

  static void resolversIpv6(String value, Path folder) throws Rejected {
    for (String item : atMost(value, MAX_RESOLVERS)) {
      if (!isIpv6(item)) {
        throw new Rejected("an IPv6 address, not " + Shown.quoted(item));
      }
    }
  }

  static void channels(String value, Path folder) throws Rejected {
    try {
      Channels.parseConfigured(value);
    } catch (RendezvousException e) {
      throw new Rejected(ValueKind.CHANNELS.words() + "; " + e.getMessage());
    }
  }

  static void attributes(String value, Path folder) throws Rejected {
    try {
      EndpointAttributes.parse(value);
    } catch (RendezvousException e) {
      throw new Rejected(ValueKind.ATTRIBUTES.words() + "; " + e.getMessage());
    }
  }

  static void sni(String value, Path folder) throws Rejected {
    try {
      SniKey.parse(value);
    } catch (RendezvousException e) {
      throw new Rejected("an SNI key, " + ValueKind.SNI.words() + "; " + e.getMessage());
    }
  }

  static void countries(String value, Path folder) throws Rejected {
    for (String item : items(value)) {
      if (!Shapes.isCountry(item)) {
        throw new Rejected("three capital letters, not " + Shown.quoted(item));
      }
    }
  }

  static void locators(String value, Path folder) throws Rejected {
    for (String item : items(value)) {
      if (!Shapes.isLocator(item)) {
        throw new Rejected("a locator of capitals, digits, '*' and '?', not " + Shown.quoted(item));
      }
    }
  }

  static void facts(String value, Path folder) throws Rejected {
    for (String item : items(value)) {
      if (!FACTS.contains(item)) {
        throw new Rejected("any of " + String.join(", ", FACTS) + ", not " + Shown.quoted(item));
      }
    }
  }

  static void rate(String value, Path folder) throws Rejected {
    if (value.equals("none")) {
      return;
    }
    int slash = value.indexOf('/');
    if (slash < 0) {
      throw new Rejected(ValueKind.RATE.words());
    }
    try {
      // Signed 64 bits suffice for any clock and any link, and spare every reader the unsigned case.
      if (number(value.substring(0, slash)) <= 0 || number(value.substring(slash + 1)) <= 0) {
        throw new Rejected(ValueKind.RATE.words());
      }
    } catch (Rejected e) {
      throw new Rejected(ValueKind.RATE.words());
    }
  }

  /** A relative name starts at the folder; a name that no file can have is refused. */
  static Path resolve(String name, Path folder) throws Rejected {
    try {
      return folder.resolve(name);
    } catch (InvalidPathException e) {
      throw new Rejected("a name that a file can have");
    }
  }

  /** The items between commas; an empty item stays. */
  static String[] items(String value) {
    return value.split(",", -1);
  }

  private static String[] atMost(String value, int limit) throws Rejected {
    String[] items = items(value);
    if (items.length > limit) {
      throw new Rejected("at most " + limit + " items, not " + items.length);
    }
    return items;
  }

  private static boolean isIpv4(String text) {
    String[] parts = text.split("\\.", -1);
    for (String part : parts) {
      if (!isPrefix(part, 255)) {
        return false;
      }
    }
    return parts.length == 4;
  }

  private static boolean isIpv6(String text) {
    try {
      return text.indexOf(':') >= 0 && text.indexOf('[') < 0 && Address.parse("[" + text + "]", 0).isIpv6Literal();
    } catch (RendezvousException e) {
      return false;
    }
  }

  private static boolean isPrefix(String text, int largest) {
    return !text.isEmpty()
        && text.length() <= 3
        && text.chars().allMatch(c -> c >= '0' && c <= '9')
        && Integer.parseInt(text) <= largest;
  }
}
