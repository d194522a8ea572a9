package org.pktlab.mlet.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.pktlab.mlet.Column;
import org.pktlab.mlet.Declaration;
import org.pktlab.mlet.run.ResultFormat;

/**
 * Where the rows of all sessions of a run meet: one at a time, each written and flushed before the mlet goes on, so that a slow sink slows
 * the mlets and nothing piles up.
 */
final class RowSink {
  /** Version of the columns that say where a row comes from. */
  static final long SCHEMA_VERSION = 1;

  /** Columns in front of the mlet's own. */
  private static final List<Column> ORIGIN =
      List.of(
          Column.integer("schema_version", "", "version of these columns"),
          Column.integer("experiment", "", "number of the experiment"),
          Column.text("endpoint_key", "key identifier of the endpoint"),
          Column.text("endpoint_address", "where the endpoint connected from"),
          Column.text("software", "what ran, with versions"),
          Column.text("clock_source", "whose clock the times are of"));

  private static final Column ERROR = Column.text("error", "why there is no result");

  private final ReentrantLock lock = new ReentrantLock();
  private final ResultFormat.Writer writer;
  private final Consumer<IOException> onFailure;
  private final boolean provenance;
  private final int width;
  private final int origin;
  private final int error;
  private long rows;
  private IOException failure;

  private RowSink(ResultFormat.Writer writer, Consumer<IOException> onFailure, boolean provenance, int width, int error) {
    this.writer = writer;
    this.onFailure = onFailure;
    this.provenance = provenance;
    this.width = width;
    this.origin = provenance ? ORIGIN.size() : 0;
    this.error = error;
  }

  /** Opens a sink for the mlet's columns, with those of provenance around them where asked for. */
  static RowSink open(
      ResultFormat format, Declaration declaration, boolean provenance, java.io.OutputStream output, Consumer<IOException> onFailure)
      throws IOException {
    List<Column> columns = new ArrayList<>();
    int error = -1;
    if (provenance) {
      Set<String> taken = new HashSet<>();
      declaration.columns().forEach(c -> taken.add(c.name()));
      ORIGIN.forEach(c -> columns.add(taken.contains(c.name()) ? renamed(c) : c));
      columns.addAll(declaration.columns());
      int own = declaration.columnIndex(ERROR.name());
      if (own >= 0 && declaration.columns().get(own).type() == org.pktlab.mlet.ValueType.TEXT) {
        // The mlet tells its own errors; ours go to the same column.
        error = ORIGIN.size() + own;
      } else {
        error = columns.size();
        columns.add(own >= 0 ? renamed(ERROR) : ERROR);
      }
    } else {
      columns.addAll(declaration.columns());
    }
    return new RowSink(format.open(columns, output), onFailure, provenance, columns.size(), error);
  }

  private static Column renamed(Column column) {
    return new Column("run_" + column.name(), column.type(), column.unit(), column.summary(), column.element());
  }

  boolean provenance() {
    return provenance;
  }

  /** Writes a row of an mlet; {@code values} are in the order of its columns. */
  void write(Object[] from, Object[] values) {
    Object[] row = new Object[width];
    System.arraycopy(values, 0, row, origin, values.length);
    put(from, row);
  }

  /** Writes the row of a session that failed; does nothing without provenance, which alone has a place for it. */
  void writeFailure(Object[] from, String why) {
    if (provenance) {
      Object[] row = new Object[width];
      row[error] = why;
      put(from, row);
    }
  }

  private void put(Object[] from, Object[] row) {
    System.arraycopy(from, 0, row, 0, origin);
    IOException failed = null;
    lock.lock();
    try {
      if (failure != null) {
        throw new UncheckedIOException("the results cannot be written", failure);
      }
      writer.write(row);
      rows++;
    } catch (IOException e) {
      failure = e;
      failed = e;
    } finally {
      lock.unlock();
    }
    if (failed != null) {
      onFailure.accept(failed);
      throw new UncheckedIOException("the results cannot be written", failed);
    }
  }

  long rows() {
    lock.lock();
    try {
      return rows;
    } finally {
      lock.unlock();
    }
  }

  void close() throws IOException {
    lock.lock();
    try {
      if (failure == null) {
        writer.close();
      }
    } finally {
      lock.unlock();
    }
  }
}
