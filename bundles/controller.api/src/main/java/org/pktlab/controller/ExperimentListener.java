package org.pktlab.controller;

import org.osgi.annotation.versioning.ConsumerType;
import org.pktlab.link.LinkHandler;

/** Told what happens to one experiment. Called on network threads, for each session in order; must not block. */
@ConsumerType
public interface ExperimentListener {
  /** The broker accepted every publication of the experiment; not called where publication is off. */
  default void onPublished() {}

  /** A connection was turned away, or its set-up failed; it does not count. {@code reason} is one escaped line. */
  default void onRefused(String peer, String reason) {}

  /** Something worth telling the experimenter, such as a broker that went away; one escaped line. */
  default void onNotice(String line) {}

  /**
   * An endpoint has verified us, we have verified it, programs are delivered and {@code start} has succeeded.
   *
   * @param session the session, on whose link's loop this is called
   * @return the receiver of all further frames of the session
   */
  LinkHandler onSession(EndpointSession session);

  /**
   * The experiment is over: no further session will come and none is running.
   *
   * @param reason one line
   */
  void onEnded(String reason);
}
