package org.pktlab.schedule.send;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the operator asks of the kernel for the threads of loops that send at scheduled times: where they run, before whom, and how exactly their sleeps end. By
 * system calls of Linux; elsewhere, and without the privilege, it says so once and goes on without.
 */
final class LoopThread {
  private static final Logger LOG = LoggerFactory.getLogger(LoopThread.class);
  private static final Pattern PROCESSORS = Pattern.compile("(\\d{1,4})(?:-(\\d{1,4}))?");
  private static final int MOST_PROCESSORS = 1024;
  private static final int MOST_PRIORITY = 99;
  private static final int PR_SET_TIMERSLACK = 29;
  private static final int SCHED_FIFO = 1;

  private final long slackNs;
  private final int priority;
  private final long[] processors;

  /** Takes what is configured; what cannot be understood is told in the log and left out. */
  LoopThread(long slackNs, int priority, String processors) {
    this.slackNs = Math.max(0, slackNs);
    this.priority = Math.max(0, Math.min(MOST_PRIORITY, priority));
    this.processors = mask(processors);
  }

  /** Whether anything is asked for. */
  boolean isAsked() {
    return slackNs > 0 || priority > 0 || processors != null;
  }

  private static long[] mask(String list) {
    if (list.isBlank()) {
      return null;
    }
    long[] mask = new long[MOST_PROCESSORS / Long.SIZE];
    for (String item : list.split(",")) {
      Matcher range = PROCESSORS.matcher(item.strip());
      int first = range.matches() ? Integer.parseInt(range.group(1)) : MOST_PROCESSORS;
      int last = first < MOST_PROCESSORS && range.group(2) != null ? Integer.parseInt(range.group(2)) : first;
      if (first > last || last >= MOST_PROCESSORS) {
        LOG.warn("processors is '{}'; expected numbers and ranges such as 1 or 0,2-3: loops run on any", list);
        return null;
      }
      for (int i = first; i <= last; i++) {
        mask[i / Long.SIZE] |= 1L << i;
      }
    }
    return mask;
  }

  /** Applies it to the thread that calls. */
  void apply() {
    List<String> failed = new ArrayList<>();
    try {
      if (slackNs > 0) {
        attempt(failed, "timer slack", () -> Calls.prctl(PR_SET_TIMERSLACK, slackNs, 0, 0, 0));
      }
      if (processors != null) {
        attempt(failed, "processors", () -> Calls.sched_setaffinity(0, (long) processors.length * Long.BYTES, processors));
      }
      if (priority > 0) {
        attempt(failed, "real-time priority (needs CAP_SYS_NICE)", () -> Calls.sched_setscheduler(0, SCHED_FIFO, new int[] {priority}));
      }
    } catch (LinkageError e) {
      failed.add("system calls of Linux are out of reach: " + e.getMessage());
    }
    if (!failed.isEmpty()) {
      LOG.warn("Not set for {}: {}", Thread.currentThread().getName(), String.join("; ", failed));
    }
  }

  private interface SystemCall {
    void make();
  }

  private static void attempt(List<String> failed, String what, SystemCall call) {
    try {
      call.make();
    } catch (LastErrorException e) {
      failed.add(what + ": error " + e.getErrorCode());
    }
  }

  /** Loaded when something is asked for, and not before. A call that fails throws with the error number. */
  private static final class Calls {
    static {
      Native.register(Calls.class, "c");
    }

    static native int prctl(int option, long value, long third, long fourth, long fifth) throws LastErrorException;

    static native int sched_setaffinity(int thread, long octets, long[] mask) throws LastErrorException;

    static native int sched_setscheduler(int thread, int policy, int[] parameters) throws LastErrorException;
  }
}
