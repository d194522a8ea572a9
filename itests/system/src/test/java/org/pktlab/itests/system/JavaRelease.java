package org.pktlab.itests.system;

import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** Which Java runs {@code ./pktlab}: raw sockets go through libpcap on the ordinary one, through the system calls of Linux on a newer one. */
enum JavaRelease {
  /** The one that {@code ./pktlab} takes by itself. */
  ORDINARY,
  /** The one of release 22 or later that {@code PKTLAB_JDK22} names. */
  NEWER;

  /** Skips the test where there is no such Java. */
  void assume() {
    Assumptions.assumeTrue(this == ORDINARY || System.getenv("PKTLAB_JDK22") != null, "optional: no JDK of release 22 or later");
  }

  /** What comes before a command so that it runs with this Java. */
  List<String> prefix() {
    return this == ORDINARY ? List.of() : List.of("env", "JAVA_HOME=" + System.getenv("PKTLAB_JDK22"));
  }
}
