package org.pktlab.mlet.testing;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pktlab.mlet.Declaration;
import org.pktlab.mlet.Results;

/** Keeps rows, and checks that their columns are declared. For one thread. */
public final class KeptRows implements Results {
  private final Declaration declaration;
  private final List<Map<String, Object>> rows = new ArrayList<>();

  /** Rows of a declaration. */
  public KeptRows(Declaration declaration) {
    this.declaration = declaration;
  }

  /** What was emitted, in order. */
  public List<Map<String, Object>> rows() {
    return rows;
  }

  @Override
  public Row row() {
    Map<String, Object> values = new LinkedHashMap<>();
    return new Row() {
      @Override
      public Row set(String column, Object value) {
        if (declaration.columnIndex(column) < 0) {
          throw new IllegalArgumentException(column);
        }
        values.put(column, value);
        return this;
      }

      @Override
      public void emit() {
        rows.add(values);
      }
    };
  }

  @Override
  public void progress(String line) {
    // Nobody watches.
  }
}
