package org.pktlab.launcher.log;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.slf4j.event.Level;

/**
 * Where all events of the process go: one line each on standard error, {@code TIME LEVEL part message}, with the cause's chain on the same line. Whatever could
 * steer a terminal is escaped. Any thread may use it.
 */
public final class LogSink {
  private static final int LONGEST = 4000;

  // The descriptor and not System.err: a Gogo shell replaces System.err, and its replacement may log.
  private static final FileOutputStream ERR = new FileOutputStream(FileDescriptor.err);

  private static volatile Level threshold = Level.INFO;

  private LogSink() {}

  /** Drops events of the project's bundles below this level; those of libraries are dropped below {@code WARN}, or at {@code TRACE} below {@code DEBUG}. */
  public static void threshold(Level level) {
    threshold = level;
  }

  static int threshold() {
    return threshold.toInt();
  }

  static int foreignThreshold() {
    return threshold == Level.TRACE ? Level.DEBUG.toInt() : Level.WARN.toInt();
  }

  /** Writes one event. */
  public static void write(Level level, String name, String message, Throwable cause) {
    byte[] line = (line(Instant.now(), level, name, message, cause) + "\n").getBytes(StandardCharsets.UTF_8);
    synchronized (ERR) {
      try {
        ERR.write(line);
      } catch (IOException e) {
        // Nobody is left to be told that standard error is gone.
      }
    }
  }

  static String line(Instant at, Level level, String name, String message, Throwable cause) {
    StringBuilder out = new StringBuilder(120);
    out.append(at.truncatedTo(ChronoUnit.MILLIS)).append(' ').append(level).append(' ').append(part(name)).append(": ");
    escape(out, String.valueOf(message));
    Throwable last = null;
    for (Throwable each = cause; each != null && each != last && out.length() < LONGEST; each = each.getCause()) {
      out.append(last == null ? " [" : " <- ").append(each.getClass().getName());
      if (each.getMessage() != null) {
        out.append(": ");
        escape(out, each.getMessage());
      }
      StackTraceElement[] trace = each.getStackTrace();
      if (trace.length > 0) {
        out.append(" at ").append(trace[0]);
      }
      last = each;
    }
    if (cause != null) {
      out.append(']');
    }
    return out.toString();
  }

  /** {@code org.pktlab.endpoint.core.Session} is known as {@code endpoint}, other names by their last two parts. */
  private static String part(String name) {
    if (name.startsWith("org.pktlab.")) {
      int end = name.indexOf('.', 11);
      return end < 0 ? name.substring(11) : name.substring(11, end);
    }
    int last = name.lastIndexOf('.');
    int before = last < 0 ? -1 : name.lastIndexOf('.', last - 1);
    return name.substring(before + 1);
  }

  private static void escape(StringBuilder out, String text) {
    for (int i = 0; i < text.length(); i++) {
      if (out.length() >= LONGEST) {
        out.append("...");
        return;
      }
      char c = text.charAt(i);
      boolean plain = c >= 0x20 && c < 0x7f || c > 0xa0 && Character.isLetterOrDigit(c);
      if (plain) {
        out.append(c);
      } else if (c == '\n') {
        out.append("\\n");
      } else {
        out.append(String.format("\\u%04x", (int) c));
      }
    }
  }
}
