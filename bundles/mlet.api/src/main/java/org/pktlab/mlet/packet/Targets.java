package org.pktlab.mlet.packet;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** Reads destinations: addresses as they are, names by the controller's resolver. */
public final class Targets {
  private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
  private static final Pattern IPV4 = Pattern.compile(OCTET + "(?:\\." + OCTET + "){3}");
  private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
  private static final Pattern NAME = Pattern.compile("(?=.{1,253}\\.?$)[0-9A-Za-z_-]{1,63}(?:\\.[0-9A-Za-z_-]{1,63})*\\.?");

  private Targets() {}

  /**
   * The address meant.
   *
   * @param text an address, or a name
   * @param version 4 or 6 to take only addresses of that family; 0 for any, where a name's first address counts
   * @throws IOException when it is neither, or has no address of that family; the message says what was expected
   */
  public static InetAddress resolve(String text, int version) throws IOException {
    InetAddress[] found = all(text);
    for (InetAddress address : found) {
      if (version == 0 || address.getAddress().length == (version == 4 ? 4 : 16)) {
        return address;
      }
    }
    throw new UnknownHostException("'" + text + "' has no IPv" + version + " address");
  }

  private static InetAddress[] all(String text) throws UnknownHostException {
    if (text.length() <= 64 && (IPV4.matcher(text).matches() || IPV6.matcher(text).matches())) {
      try {
        return new InetAddress[] {InetAddress.getByName(text)};
      } catch (UnknownHostException e) {
        throw new UnknownHostException("'" + text + "' is no address");
      }
    }
    // A name of digits and dots only would be a misspelled address, which some resolvers take for another one.
    if (!NAME.matcher(text).matches() || text.matches("[0-9.]*")) {
      throw new UnknownHostException("'" + (text.length() > 60 ? text.substring(0, 60) + "..." : text) + "' is neither an address nor a name");
    }
    try {
      return InetAddress.getAllByName(text);
    } catch (UnknownHostException e) {
      throw new UnknownHostException("'" + text + "' has no address, says the controller's resolver");
    }
  }
}
