package org.pktlab.mlet;

import org.osgi.annotation.versioning.ProviderType;

/** Where an mlet's rows go. Any thread of the mlet may call it. */
@ProviderType
public interface Results {
  /** Begins a row with every value absent. */
  Row row();

  /** Says something about the progress of the run to the person watching it; not part of the results. One line. */
  void progress(String line);

  /** One row being filled. Not for several threads. */
  @ProviderType
  interface Row {
    /**
     * Sets a value. Numbers of every kind fit integer and decimal columns; a {@link java.time.Duration} fits a number column with a unit of
     * time and is converted to it.
     *
     * @param column a declared column
     * @param value of the column's type, or null for absent
     * @return this row
     * @throws IllegalArgumentException when the column was not declared or the value does not fit: a fault of the mlet
     */
    Row set(String column, Object value);

    /** Hands the row to the sinks, in the order of calls. Blocks while they cannot keep up. */
    void emit();
  }
}
