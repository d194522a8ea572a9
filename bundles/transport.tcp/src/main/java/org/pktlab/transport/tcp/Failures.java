package org.pktlab.transport.tcp;

import io.netty.channel.unix.Errors;
import java.net.NoRouteToHostException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pktlab.transport.OpenFailedException;
import org.pktlab.transport.OpenFailedException.Reason;
import org.pktlab.transport.SocketFailure;

/** Puts the operating system's errors into the words of {@link SocketFailure} and {@link Reason}. Error numbers are Linux's. */
final class Failures {
  private static final int EPERM = 1;
  private static final int EACCES = 13;
  private static final int EPIPE = 32;
  private static final int EMSGSIZE = 90;
  private static final int EADDRINUSE = 98;
  private static final int EADDRNOTAVAIL = 99;
  private static final int ENETDOWN = 100;
  private static final int ENETUNREACH = 101;
  private static final int ECONNRESET = 104;
  private static final int ETIMEDOUT = 110;
  private static final int ECONNREFUSED = 111;
  private static final int EHOSTDOWN = 112;
  private static final int EHOSTUNREACH = 113;

  /** Some of Netty's exceptions carry the number in their text only. */
  private static final Pattern NUMBERED = Pattern.compile("failed with error\\(-(\\d{1,5})\\)");

  /** The JDK's exceptions carry the system's text only. */
  private static final Map<String, Integer> TEXTS =
      Map.ofEntries(
          Map.entry("Operation not permitted", EPERM),
          Map.entry("Permission denied", EACCES),
          Map.entry("Broken pipe", EPIPE),
          Map.entry("Message too long", EMSGSIZE),
          Map.entry("Address already in use", EADDRINUSE),
          Map.entry("Cannot assign requested address", EADDRNOTAVAIL),
          Map.entry("Network is down", ENETDOWN),
          Map.entry("Network is unreachable", ENETUNREACH),
          Map.entry("Connection reset", ECONNRESET),
          Map.entry("Connection reset by peer", ECONNRESET),
          Map.entry("Connection timed out", ETIMEDOUT),
          Map.entry("Connection refused", ECONNREFUSED),
          Map.entry("Host is down", EHOSTDOWN),
          Map.entry("No route to host", EHOSTUNREACH));

  private Failures() {}

  /** What went wrong with an open socket. */
  static SocketFailure failure(Throwable error) {
    return switch (number(error)) {
      case ECONNREFUSED -> SocketFailure.REFUSED;
      case ECONNRESET, EPIPE -> SocketFailure.RESET;
      case ETIMEDOUT -> SocketFailure.TIMED_OUT;
      case EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENETDOWN -> SocketFailure.UNREACHABLE;
      case EPERM, EACCES -> SocketFailure.DENIED;
      case EMSGSIZE -> SocketFailure.TOO_LONG;
      default -> SocketFailure.OTHER;
    };
  }

  /**
   * What went wrong with a connection being made: here the protocol (section 7.2) counts an unreachable network, unlike a host, among the
   * other errors.
   */
  static SocketFailure connectFailure(Throwable error) {
    return number(error) == ENETUNREACH ? SocketFailure.OTHER : failure(error);
  }

  /** What went wrong with binding. */
  static OpenFailedException bind(Throwable error) {
    Reason reason =
        switch (number(error)) {
          case EADDRINUSE -> Reason.PORT_IN_USE;
          case EADDRNOTAVAIL -> Reason.NO_ADDRESS;
          case EPERM, EACCES -> Reason.DENIED;
          default -> Reason.OTHER;
        };
    return new OpenFailedException(reason, text(error));
  }

  /** What went wrong with anything else while opening; an address that cannot be had is not the local one here. */
  static OpenFailedException open(Throwable error) {
    int number = number(error);
    return new OpenFailedException(number == EPERM || number == EACCES ? Reason.DENIED : Reason.OTHER, text(error));
  }

  private static String text(Throwable error) {
    return error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
  }

  private static int number(Throwable error) {
    if (error instanceof Errors.NativeIoException) {
      return -((Errors.NativeIoException) error).expectedErr();
    }
    if (error.getMessage() != null) {
      Integer known = TEXTS.get(error.getMessage());
      if (known != null) {
        return known;
      }
      Matcher numbered = NUMBERED.matcher(error.getMessage());
      if (numbered.find()) {
        return Integer.parseInt(numbered.group(1));
      }
    }
    return error instanceof NoRouteToHostException ? EHOSTUNREACH : 0;
  }
}
