package org.pktlab.mlet.run;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;
import org.pktlab.mlet.Column;

/** A way to write rows. A service. */
@ConsumerType
public interface ResultFormat {
  /** How it is asked for, such as {@code csv}. */
  String name();

  /**
   * Begins to write.
   *
   * @param columns columns of every row to come
   * @param output where to write; flushed after every row so that rows written before a kill stay readable; not closed
   */
  Writer open(List<Column> columns, OutputStream output) throws IOException;

  /** Writes rows; one thread at a time. */
  @ConsumerType
  interface Writer extends AutoCloseable {
    /**
     * Writes one row.
     *
     * @param values one for each column: String, Long, Double, Boolean, or null for absent
     */
    void write(Object[] values) throws IOException;

    /** Finishes; what was written stays complete without it. Does not close the output. */
    @Override
    void close() throws IOException;
  }
}
