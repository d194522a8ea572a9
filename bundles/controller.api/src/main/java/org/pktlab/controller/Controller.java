package org.pktlab.controller;

import org.osgi.annotation.versioning.ProviderType;

/** A configured controller: its key, certificates, listening address and broker. A service; any thread may call it. */
@ProviderType
public interface Controller {
  /**
   * Starts an experiment: publishes it (where publication is on) and begins to accept endpoint sessions for it. Returns at once.
   *
   * @param request what to publish and how many sessions to serve
   * @param listener told what happens, on network threads; must not block
   * @return the running experiment
   * @throws ExperimentRefusedException when it cannot be started: the message says why and what to do
   */
  Experiment start(ExperimentRequest request, ExperimentListener listener) throws ExperimentRefusedException;
}
