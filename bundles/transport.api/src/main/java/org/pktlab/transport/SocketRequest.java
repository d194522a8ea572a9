package org.pktlab.transport;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * What socket to open.
 *
 * @param local the local address (the unspecified address of the family for "any") and port (0 for any)
 * @param remote the address to connect to, or null for a socket that is not connected
 * @param epochNs the endpoint's clock: nanoseconds since 1970, unsigned; read right after each receive and send call
 */
public record SocketRequest(InetSocketAddress local, InetSocketAddress remote, LongSupplier epochNs) {
  /** Checks that the addresses are resolved and of one family. */
  public SocketRequest {
    Objects.requireNonNull(epochNs);
    InetAddress address = Objects.requireNonNull(local.getAddress(), "local address is not resolved");
    if (remote != null && !address.getClass().equals(Objects.requireNonNull(remote.getAddress(), "remote address is not resolved").getClass())) {
      throw new IllegalArgumentException("local and remote address are of different families");
    }
  }
}
