package org.pktlab.role;

import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/** A running role's account of itself. Any thread may call it; each call returns a fresh snapshot. */
@ConsumerType
public interface RoleStatus {
  /** {@code endpoint}, {@code controller}, {@code broker} or {@code proxy}. */
  String role();

  /** What it is and how it is configured: name to value, in the order to be shown. Holds no secrets. */
  Map<String, String> info();

  /** The connections and experiments it serves now, oldest first. */
  List<SessionStatus> sessions();

  /** The latest refusals, newest first, at most {@link RefusalLog#CAPACITY}. */
  List<Refusal> refusals();

  /** Counters since the role started: name to value, in the order to be shown. */
  Map<String, Long> stats();
}
