package org.pktlab.transport.raw.pcap4j;

import org.pktlab.transport.OpenFailedException;
import org.pktlab.transport.OpenFailedException.Reason;
import org.pktlab.transport.SocketFailure;

/** Puts the operating system's errors into the words of {@link SocketFailure} and {@link Reason}. */
final class Failures {
  private Failures() {}

  /** Whether an error of sending concerns one packet only (protocol, section 7.4): too large, a bad header, or a broadcast. */
  static boolean isOfOnePacket(int error) {
    return error == LibC.EMSGSIZE || error == LibC.EINVAL || error == LibC.EACCES;
  }

  static SocketFailure failure(int error) {
    return switch (error) {
      case LibC.EPERM, LibC.EACCES -> SocketFailure.DENIED;
      case LibC.EMSGSIZE -> SocketFailure.TOO_LONG;
      case LibC.EADDRNOTAVAIL, LibC.ENETDOWN, LibC.ENETUNREACH, LibC.EHOSTDOWN, LibC.EHOSTUNREACH -> SocketFailure.UNREACHABLE;
      default -> SocketFailure.OTHER;
    };
  }

  static OpenFailedException open(String what, int error) {
    return switch (error) {
      case LibC.EPERM, LibC.EACCES -> new OpenFailedException(Reason.DENIED, what + " needs the privilege CAP_NET_RAW");
      case LibC.EADDRNOTAVAIL -> new OpenFailedException(Reason.NO_ADDRESS, "the address is not one of this host");
      default -> new OpenFailedException(Reason.OTHER, what + " failed with error " + error);
    };
  }
}
