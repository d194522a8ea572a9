package org.pktlab.mlet.packet;

import java.io.IOException;
import java.net.InetAddress;
import org.pktlab.mlet.Arguments;

/**
 * Where an endpoint sends packets from, as far as the user said, and so of which family they are.
 *
 * @param address null for the endpoint's best address
 * @param version 4 or 6; 0 where the user left that open
 */
public record Source(InetAddress address, int version) {
  /**
   * The source that was named, if one was: its family counts where no other was asked for.
   *
   * @param text an address or a name ({@link Targets}), or null
   * @param version 4 or 6 to take only addresses of that family; 0 for any
   * @throws IOException when there is no such address; the message says what was expected
   */
  public static Source of(String text, int version) throws IOException {
    if (text == null) {
      return new Source(null, version);
    }
    InetAddress address = Targets.resolve(text, version);
    return new Source(address, address.getAddress().length == 4 ? 4 : 6);
  }

  /**
   * The family that the flags {@code ipv4} and {@code ipv6} ask for, which the mlet declares with the letters 4 and 6.
   *
   * @return 4 or 6; 0 for any
   * @throws IOException when both are given
   */
  public static int version(Arguments arguments) throws IOException {
    if (arguments.flag("ipv4") && arguments.flag("ipv6")) {
      throw new IOException("-4 and -6 exclude each other");
    }
    return arguments.flag("ipv4") ? 4 : arguments.flag("ipv6") ? 6 : 0;
  }
}
