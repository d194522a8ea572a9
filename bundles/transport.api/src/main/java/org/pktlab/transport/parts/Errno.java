package org.pktlab.transport.parts;

import java.net.NoRouteToHostException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The operating system's error numbers, by its own names: those of Linux. */
public final class Errno {
  public static final int EPERM = 1;
  public static final int EINTR = 4;
  public static final int EAGAIN = 11;
  public static final int EACCES = 13;
  public static final int EINVAL = 22;
  public static final int EPIPE = 32;
  public static final int EMSGSIZE = 90;
  public static final int EADDRINUSE = 98;
  public static final int EADDRNOTAVAIL = 99;
  public static final int ENETDOWN = 100;
  public static final int ENETUNREACH = 101;
  public static final int ECONNRESET = 104;
  public static final int ETIMEDOUT = 110;
  public static final int ECONNREFUSED = 111;
  public static final int EHOSTDOWN = 112;
  public static final int EHOSTUNREACH = 113;

  /** Netty's exceptions carry the number in their text; some of them nowhere else. */
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

  private Errno() {}

  /** The number behind an exception of Netty's or the JDK's sockets; 0 when it has none that is known here. Any thread. */
  public static int of(Throwable error) {
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
