package org.pktlab.bench.mlets;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Reads {@code ADDRESS:PORT} as it is given to the mlets here. */
final class Destination {
  private Destination() {}

  static InetSocketAddress of(String text) throws IOException {
    int colon = text.lastIndexOf(':');
    try {
      return new InetSocketAddress(InetAddress.getByName(text.substring(0, Math.max(0, colon))), Integer.parseInt(text.substring(colon + 1)));
    } catch (IllegalArgumentException e) {
      throw new IOException("'" + text + "' is not of the form ADDRESS:PORT");
    }
  }
}
