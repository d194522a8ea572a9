package org.pktlab.bench.driver;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The programs of the C reference package, which are not part of this project.
 *
 * @param folder where they were built: {@code bin/pktendpt}
 */
record Peer(Path folder) {
  /** Its endpoint. */
  Path endpoint() {
    return folder.toAbsolutePath().resolve("bin").resolve("pktendpt");
  }

  /** Why it cannot be run, or null. */
  String missing() {
    return Files.isExecutable(endpoint()) ? null : "there is no " + endpoint();
  }
}
