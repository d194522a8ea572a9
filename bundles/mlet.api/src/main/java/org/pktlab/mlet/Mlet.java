package org.pktlab.mlet;

import java.io.IOException;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A measurement. Register it as a service; command line help, completion, shell command, result headers and the like all come from
 * {@link #declaration()}.
 *
 * <pre>{@code
 * @Component
 * public final class Clock implements Mlet {
 *   public Declaration declaration() {
 *     return Declaration.of("clock", "Reads the endpoint's clock")
 *         .column(Column.integer("time", "ns", "nanoseconds since 1970 at the endpoint"))
 *         .build();
 *   }
 *
 *   public void run(Vantage vantage, Arguments arguments, Results results) throws IOException, InterruptedException {
 *     results.row().set("time", vantage.clock().nowNs()).emit();
 *   }
 * }
 * }</pre>
 */
@ConsumerType
public interface Mlet {
  /** What this mlet is called, takes and yields. Constant. */
  Declaration declaration();

  /**
   * Measures from one vantage point. Called once for each endpoint session, on a thread of its own (a virtual thread where they exist), so
   * it may block; several calls run at the same time for different endpoints, so keep state in local variables.
   *
   * <p>What the network does (refusals, time-outs, losses) is a result and belongs in a row. Throw only when the measurement could not be
   * made.
   *
   * @param vantage the endpoint's network; everything opened through it is closed when this method returns
   * @param arguments checked against the declaration
   * @param results where rows go
   * @throws IOException when the session was lost or an operation that the measurement cannot do without was refused; rows emitted before
   *     are kept
   * @throws InterruptedException when the experiment is being stopped; do not swallow it
   */
  void run(Vantage vantage, Arguments arguments, Results results) throws IOException, InterruptedException;
}
