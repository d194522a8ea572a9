package org.pktlab.mlet.host;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.pktlab.mlet.run.RunListener;

/**
 * Tells a person how a run goes: notices and refusals line by line, and, where wanted, one live line for each endpoint, redrawn in place
 * with ANSI sequences. Rows that go to the same terminal are written through {@link #above}, so that they appear above the live lines.
 */
final class ProgressDisplay implements RunListener {
  private static final int MOST_LINES = 16;
  private static final long REDRAW_NS = 100_000_000L;

  private final ReentrantLock lock = new ReentrantLock();
  private final PrintStream out;
  private final boolean live;
  private final boolean verbose;
  private final int width;
  private final TreeMap<Long, String> lines = new TreeMap<>();
  private final TreeMap<Long, State> states = new TreeMap<>();
  private int drawn;
  private long lastDraw = System.nanoTime() - REDRAW_NS;

  ProgressDisplay(PrintStream out, boolean live, boolean verbose, int width) {
    this.out = out;
    this.live = live;
    this.verbose = verbose;
    this.width = width;
  }

  @Override
  public void onNotice(String line) {
    say("run: " + line);
  }

  @Override
  public void onRefused(String peer, String reason) {
    say("run: refused " + peer + ": " + reason);
  }

  private void say(String line) {
    lock.lock();
    try {
      erase();
      out.println(line);
      draw();
      out.flush();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void onEndpoint(long session, String endpoint, State state, long rows, String detail) {
    String line = "  " + session + "  " + endpoint + "  " + state.name().toLowerCase(java.util.Locale.ROOT) + "  " + rows
        + (rows == 1 ? " row" : " rows");
    String whole = detail.isEmpty() ? line : line + "  " + detail;
    lock.lock();
    try {
      State before = states.put(session, state);
      if (live) {
        lines.put(session, whole);
        trim();
        if (before != state || System.nanoTime() - lastDraw >= REDRAW_NS) {
          erase();
          draw();
          out.flush();
        }
      } else if (state == State.FAILED || (verbose && (before != state || !detail.isEmpty()))) {
        out.println("run:" + whole);
        out.flush();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Beyond a number of lines, the oldest endpoints that are through scroll away above. */
  private void trim() {
    while (lines.size() > MOST_LINES) {
      Long through = null;
      for (Map.Entry<Long, String> entry : lines.entrySet()) {
        State state = states.get(entry.getKey());
        if (state == State.DONE || state == State.FAILED) {
          through = entry.getKey();
          break;
        }
      }
      if (through == null) {
        return;
      }
      erase();
      out.println(cut(lines.remove(through)));
      states.remove(through);
    }
  }

  private void erase() {
    if (drawn > 0) {
      out.print("\u001b[" + drawn + "F\u001b[J");
      drawn = 0;
    }
  }

  private void draw() {
    lastDraw = System.nanoTime();
    if (!live) {
      return;
    }
    for (String line : lines.values()) {
      if (drawn == MOST_LINES) {
        out.println(cut("  ... and " + (lines.size() - MOST_LINES) + " more"));
        drawn++;
        return;
      }
      out.println(cut(line));
      drawn++;
    }
  }

  private String cut(String line) {
    return line.length() < width ? line : line.substring(0, Math.max(1, width - 1));
  }

  /** Draws the last state and leaves it standing. */
  void end() {
    lock.lock();
    try {
      erase();
      draw();
      drawn = 0;
      lines.clear();
      out.flush();
    } finally {
      lock.unlock();
    }
  }

  /** The stream for rows: when the live lines share its terminal, they make room for each write. */
  OutputStream above(OutputStream rows) {
    if (!live) {
      return rows;
    }
    return new FilterOutputStream(rows) {
      @Override
      public void write(byte[] octets, int offset, int length) throws IOException {
        lock.lock();
        try {
          erase();
          ProgressDisplay.this.out.flush();
          rows.write(octets, offset, length);
          rows.flush();
          draw();
          ProgressDisplay.this.out.flush();
        } finally {
          lock.unlock();
        }
      }
    };
  }
}
