package org.pktlab.mlet.run;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.pktlab.mlet.Declaration;

/** Runs mlets against endpoint sessions. A service; any thread may call it. */
@ProviderType
public interface MletRunner {
  /** The declarations of all installed mlets, by name. */
  List<Declaration> mlets();

  /** The declaration of one mlet. */
  Optional<Declaration> mlet(String name);

  /**
   * Runs an experiment and waits for its end. Interrupting the thread once stops accepting sessions and interrupts the mlets.
   *
   * @param request what to run
   * @param listener told what happens, on any thread
   * @return how many sessions completed and failed
   * @throws RunRefusedException when nothing was started: unknown mlet, bad arguments, controller not configured, and the like
   */
  Outcome run(RunRequest request, RunListener listener) throws RunRefusedException, InterruptedException;
}
