package org.pktlab.mlet.traceroute;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.pktlab.mlet.Results;

/**
 * The way to one target, as far as it is known: which probe comes next, and when it is enough. One probe is under way at a time. For one
 * thread.
 */
final class Trace {
  private final TraceSettings settings;
  private final InetAddress target;
  private final List<InetAddress> responders = new ArrayList<>();
  private final List<Results.Row> rows = new ArrayList<>();
  private final List<Probe> silent = new ArrayList<>();
  private Probe underWay;
  private int number;
  private int hop;
  private int attempt = 1;
  private boolean hopAnswered;
  private int silentHops;
  private String pendingStop;
  private String stop;

  Trace(TraceSettings settings, InetAddress target) {
    this.settings = settings;
    this.target = target;
    this.hop = settings.firstHop();
  }

  InetAddress target() {
    return target;
  }

  /** Rows that wait for the end of the trace. */
  List<Results.Row> rows() {
    return rows;
  }

  int hop() {
    return hop;
  }

  int attempt() {
    return attempt;
  }

  /** The number that the next probe gets. */
  int nextNumber() {
    return number + 1;
  }

  void sent(Probe probe) {
    number = probe.number;
    underWay = probe;
  }

  /** The probe that an answer belongs to, or null when it is not the one under way. */
  Probe answered(Answer answer) {
    Probe probe = underWay;
    if (probe == null || probe.over) {
      return null;
    }
    return answer.number() == Answer.NEWEST || told(answer) == probe.number ? probe : null;
  }

  private int told(Answer answer) {
    return answer.number() < 1 || answer.number() > number ? answer.spare() : answer.number();
  }

  /** The probe that was given up on and is answered now; null when there is none. */
  Probe late(Answer answer) {
    for (Probe probe : silent) {
      if (!probe.answered && told(answer) == probe.number) {
        return probe;
      }
    }
    return null;
  }

  /** A probe that was given up on is answered while another one is under way, which goes on. */
  void onLate(Probe probe, Answer answer) {
    if (probe.hop == hop) {
      take(answer);
    } else {
      note(probe.hop, answer.packet().source());
    }
  }

  /** Why the trace has ended: one of the words of the column; null while it goes on. */
  String stop() {
    return stop;
  }

  /** The probe under way was answered. */
  void onAnswer(Answer answer) {
    take(answer);
    goOn();
  }

  private void take(Answer answer) {
    hopAnswered = true;
    InetAddress from = answer.packet().source();
    switch (answer.means()) {
      case REACHED -> pendingStop = "completed";
      case UNREACHABLE -> pendingStop = "unreach";
      case OTHER_ERROR -> pendingStop = "icmp";
      case ON_THE_WAY -> {
        if (settings.loops() && isLoop(from)) {
          pendingStop = "loop";
        }
      }
    }
    note(hop, from);
  }

  /** A router that was met before, with another one in between. The same one twice in a row is a router that forwards what it should drop. */
  private boolean isLoop(InetAddress from) {
    int before = hop - settings.firstHop() - 1;
    for (int i = 0; i <= before && i < responders.size(); i++) {
      if (from.equals(responders.get(i))) {
        for (int j = i + 1; j <= before; j++) {
          InetAddress between = j < responders.size() ? responders.get(j) : null;
          if (between != null && !from.equals(between)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private void note(int at, InetAddress from) {
    int index = at - settings.firstHop();
    while (responders.size() <= index) {
      responders.add(null);
    }
    if (responders.get(index) == null) {
      responders.set(index, from);
    }
  }

  /** The probe under way was not answered in time. */
  void onSilence() {
    silent.add(underWay);
    goOn();
  }

  /** The endpoint does not send for us. */
  void onUnsent() {
    underWay = null;
    stop = "unsent";
  }

  private void goOn() {
    underWay = null;
    boolean more = attempt < settings.attempts() && (settings.allAttempts() || !hopAnswered);
    if (more) {
      attempt++;
      return;
    }
    silentHops = hopAnswered ? 0 : silentHops + 1;
    if (pendingStop != null) {
      stop = pendingStop;
    } else if (settings.gapLimit() > 0 && silentHops >= settings.gapLimit()) {
      stop = "gaplimit";
    } else if (hop == settings.maxHop()) {
      stop = "hoplimit";
    }
    hop++;
    attempt = 1;
    hopAnswered = false;
  }
}
