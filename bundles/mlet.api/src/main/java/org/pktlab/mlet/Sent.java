package org.pktlab.mlet;

import java.io.IOException;
import java.time.Duration;
import org.osgi.annotation.versioning.ProviderType;

/** A send that the endpoint has been asked for. */
@ProviderType
public interface Sent {
  /**
   * Waits until the endpoint has sent it.
   *
   * @return when it really left, nanoseconds on the endpoint's clock
   * @throws RefusedException when the endpoint refused it
   * @throws NotSentException when the endpoint discarded it
   * @throws java.util.concurrent.TimeoutException after {@code timeout}
   */
  long awaitTimeNs(Duration timeout) throws IOException, InterruptedException, java.util.concurrent.TimeoutException;
}
