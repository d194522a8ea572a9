package org.pktlab.transport.parts;

import org.pktlab.transport.OpenFailedException;
import org.pktlab.transport.OpenFailedException.Reason;
import org.pktlab.transport.SocketFailure;

/** Puts error numbers ({@link Errno}) of raw sockets into the words of {@link SocketFailure} and {@link Reason}. Any thread. */
public final class RawFailures {
  private RawFailures() {}

  /** Whether an error of sending concerns one packet only (protocol, section 7.4): too large, a bad header, or a broadcast. */
  public static boolean isOfOnePacket(int error) {
    return error == Errno.EMSGSIZE || error == Errno.EINVAL || error == Errno.EACCES;
  }

  /** What went wrong with an open socket; an address that cannot be had is its own one, which was taken away. */
  public static SocketFailure failure(int error) {
    return switch (error) {
      case Errno.EPERM, Errno.EACCES -> SocketFailure.DENIED;
      case Errno.EMSGSIZE -> SocketFailure.TOO_LONG;
      case Errno.EADDRNOTAVAIL, Errno.ENETDOWN, Errno.ENETUNREACH, Errno.EHOSTDOWN, Errno.EHOSTUNREACH -> SocketFailure.UNREACHABLE;
      default -> SocketFailure.OTHER;
    };
  }

  /**
   * What went wrong with opening.
   *
   * @param what was being done, as the begin of a sentence
   */
  public static OpenFailedException open(String what, int error) {
    return switch (error) {
      case Errno.EPERM, Errno.EACCES -> new OpenFailedException(Reason.DENIED, what + " needs the privilege CAP_NET_RAW");
      case Errno.EADDRNOTAVAIL -> new OpenFailedException(Reason.NO_ADDRESS, "the address is not one of this host");
      default -> new OpenFailedException(Reason.OTHER, what + " failed with error " + error);
    };
  }
}
