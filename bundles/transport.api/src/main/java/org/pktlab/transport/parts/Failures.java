package org.pktlab.transport.parts;

import org.pktlab.transport.OpenFailedException;
import org.pktlab.transport.OpenFailedException.Reason;
import org.pktlab.transport.SocketFailure;

/** Puts what sockets of streams and datagrams throw into the words of {@link SocketFailure} and {@link Reason}. Any thread. */
public final class Failures {
  private Failures() {}

  /** What went wrong with an open socket. */
  public static SocketFailure failure(Throwable error) {
    return switch (Errno.of(error)) {
      case Errno.ECONNREFUSED -> SocketFailure.REFUSED;
      case Errno.ECONNRESET, Errno.EPIPE -> SocketFailure.RESET;
      case Errno.ETIMEDOUT -> SocketFailure.TIMED_OUT;
      case Errno.EHOSTUNREACH, Errno.ENETUNREACH, Errno.EHOSTDOWN, Errno.ENETDOWN -> SocketFailure.UNREACHABLE;
      case Errno.EPERM, Errno.EACCES -> SocketFailure.DENIED;
      case Errno.EMSGSIZE -> SocketFailure.TOO_LONG;
      default -> SocketFailure.OTHER;
    };
  }

  /**
   * What went wrong with a connection being made: here the protocol (section 7.2) counts an unreachable network, unlike a host, among the
   * other errors.
   */
  public static SocketFailure connectFailure(Throwable error) {
    return Errno.of(error) == Errno.ENETUNREACH ? SocketFailure.OTHER : failure(error);
  }

  /** What went wrong with binding. */
  public static OpenFailedException bind(Throwable error) {
    Reason reason =
        switch (Errno.of(error)) {
          case Errno.EADDRINUSE -> Reason.PORT_IN_USE;
          case Errno.EADDRNOTAVAIL -> Reason.NO_ADDRESS;
          case Errno.EPERM, Errno.EACCES -> Reason.DENIED;
          default -> Reason.OTHER;
        };
    return new OpenFailedException(reason, text(error));
  }

  /** What went wrong with anything else while opening; an address that cannot be had is not the local one here. */
  public static OpenFailedException open(Throwable error) {
    int number = Errno.of(error);
    return new OpenFailedException(number == Errno.EPERM || number == Errno.EACCES ? Reason.DENIED : Reason.OTHER, text(error));
  }

  private static String text(Throwable error) {
    return error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
  }
}
