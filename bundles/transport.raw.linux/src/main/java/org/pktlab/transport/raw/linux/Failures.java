package org.pktlab.transport.raw.linux;

import org.pktlab.transport.OpenFailedException;
import org.pktlab.transport.OpenFailedException.Reason;
import org.pktlab.transport.SocketFailure;

/** Puts the operating system's errors into the words of {@link SocketFailure} and {@link Reason}. */
final class Failures {
  private Failures() {}

  /** Whether an error of sending concerns one packet only (protocol, section 7.4): too large, a bad header, or a broadcast. */
  static boolean isOfOnePacket(int error) {
    return error == Libc.EMSGSIZE || error == Libc.EINVAL || error == Libc.EACCES;
  }

  static SocketFailure failure(int error) {
    return switch (error) {
      case Libc.EPERM, Libc.EACCES -> SocketFailure.DENIED;
      case Libc.EMSGSIZE -> SocketFailure.TOO_LONG;
      case Libc.EADDRNOTAVAIL, Libc.ENETDOWN, Libc.ENETUNREACH, Libc.EHOSTDOWN, Libc.EHOSTUNREACH -> SocketFailure.UNREACHABLE;
      default -> SocketFailure.OTHER;
    };
  }

  static OpenFailedException open(String what, int error) {
    return switch (error) {
      case Libc.EPERM, Libc.EACCES -> new OpenFailedException(Reason.DENIED, what + " needs the privilege CAP_NET_RAW");
      case Libc.EADDRNOTAVAIL -> new OpenFailedException(Reason.NO_ADDRESS, "the address is not one of this host");
      default -> new OpenFailedException(Reason.OTHER, what + " failed with error " + error);
    };
  }
}
