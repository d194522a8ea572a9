package org.pktlab.controller;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** One running experiment. Any thread may call it. */
@ProviderType
public interface Experiment {
  /** Unique within the controller's life. */
  long id();

  /** The descriptor texts that are (or would be) published, one for each {@code ExpExec} entry. */
  List<String> descriptors();

  /** Where endpoints are awaited, with the port really taken. */
  String listenAddress();

  /** Stops publication and accepting; running sessions go on. {@link ExperimentListener#onEnded} follows when the last has ended. Idempotent. */
  void stop();

  /** Stops, and closes running sessions too. Idempotent. */
  void abort();
}
