package org.pktlab.endpoint.core;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the addresses of a name. The platform blocks meanwhile, so this happens on a thread of its own. */
final class NameResolution {
  private static final Logger LOG = LoggerFactory.getLogger(NameResolution.class);

  private NameResolution() {}

  /**
   * Looks a name up.
   *
   * @param conductor where {@code told} runs
   * @param told given the addresses in the platform's order; none when the name does not resolve
   */
  static void of(String host, Executor conductor, Consumer<List<InetAddress>> told) {
    Thread thread =
        new Thread(
            () -> {
              List<InetAddress> found = lookUp(host);
              try {
                conductor.execute(() -> told.accept(found));
              } catch (RejectedExecutionException e) {
                LOG.trace("nobody waits for the address of {} any more", host);
              }
            },
            "pktlab-resolve");
    thread.setDaemon(true);
    thread.start();
  }

  private static List<InetAddress> lookUp(String host) {
    try {
      return List.of(InetAddress.getAllByName(host));
    } catch (UnknownHostException e) {
      return List.of();
    }
  }
}
