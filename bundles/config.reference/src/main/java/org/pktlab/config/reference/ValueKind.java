package org.pktlab.config.reference;

import java.nio.file.Path;

/** The shapes of values (packetlab-rendezvous.md section 13). Names are not resolved and contents of files not looked at. */
public enum ValueKind {
  BOOLEAN("0 or 1", Checks::bool),
  NUMBER("decimal number, 64 bits", (value, folder) -> Checks.number(value)),
  NANOSECONDS("decimal number of nanoseconds, 64 bits", (value, folder) -> Checks.number(value)),
  MILLISECONDS("decimal number of milliseconds, 64 bits", (value, folder) -> Checks.number(value)),
  COUNT("decimal number from 1 to 2147483647", Checks::count),
  /** As {@link #COUNT}, but a bad value is only warned about and the default holds, as in the reference. */
  LENIENT_COUNT("decimal number from 1 to 2147483647", Checks::count),
  MEMORY_SIZE("decimal number of octets below 4294967295", Checks::memorySize),
  ADDRESS("HOST, HOST:PORT or [HOST]:PORT", Checks::address),
  FILE("name of an existing file", Checks::file),
  FILES("names of existing files, separated by commas", Checks::files),
  FOLDER("name of an existing directory", Checks::folder),
  NEW_FOLDER("name of a directory, made when missing", Checks::newFolder),
  PATH("name of a file", Checks::path),
  HOST_ID("text of at most 255 octets", Checks::hostId),
  PROTOCOLS("list of tcp, udp and raw, any case", Checks::any),
  LOCAL_IPV4("list of A.B.C.D/LEN or interface names, at most 256", Checks::localIpv4),
  LOCAL_IPV6("list of IPv6 addresses or interface names, at most 256", Checks::localIpv6),
  RESOLVERS_IPV4("list of IPv4 addresses, at most 16", Checks::resolversIpv4),
  RESOLVERS_IPV6("list of IPv6 addresses, at most 16", Checks::resolversIpv6),
  CHANNELS("list of channels, 2 to 64 hex digits each; an item may be empty", Checks::channels),
  ATTRIBUTES("pairs name=value; with different names", Checks::attributes),
  SNI("1 to 63 of a-z 0-9", Checks::sni),
  COUNTRIES("list of three capital letters each", Checks::countries),
  LOCATORS("list of locators of capitals, digits, * and ?", Checks::locators),
  FACTS("list of addresses, gateway, resolvers, dhcp, mtu, clock and external", Checks::facts),
  RATE("OCTETS/NANOSECONDS, both above 0, or none", Checks::rate),
  EXP_EXEC("IS_DEFAULT:SNIKEY:EXPPRIVCHAIN_PATH:TRUSTEDEOP_PATH:PUB_CHANNEL:OVERRIDE_XDESCRNVP", ExpExec::parse);

  /** Looks at one value; relative file names start at the folder. */
  interface Check {
    void check(String value, Path folder) throws Rejected;
  }

  private final String words;
  private final Check check;

  ValueKind(String words, Check check) {
    this.words = words;
    this.check = check;
  }

  /** The shape in words, for help and for messages. */
  public String words() {
    return words;
  }

  void check(String value, Path folder) throws Rejected {
    check.check(value, folder);
  }
}
