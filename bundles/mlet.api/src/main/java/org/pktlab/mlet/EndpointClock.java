package org.pktlab.mlet;

import java.io.IOException;
import org.osgi.annotation.versioning.ProviderType;

/** The endpoint's real-time clock. It is not synchronised with ours and may step. */
@ProviderType
public interface EndpointClock {
  /** Asks the endpoint for its time: nanoseconds since 1970. */
  long nowNs() throws IOException, InterruptedException;

  /**
   * Estimates the offset of the endpoint's clock from a few round trips, using the shortest.
   *
   * @return endpoint clock minus controller clock, with the round trip that bounds its error
   */
  Offset offset() throws IOException, InterruptedException;

  /**
   * An estimate of a clock offset.
   *
   * @param offsetNs endpoint clock minus controller clock, nanoseconds
   * @param roundTripNs the round trip it was taken from; the error is at most half of it
   */
  record Offset(long offsetNs, long roundTripNs) {}
}
