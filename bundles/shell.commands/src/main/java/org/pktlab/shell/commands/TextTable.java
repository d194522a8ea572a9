package org.pktlab.shell.commands;

import java.util.ArrayList;
import java.util.List;

/** Aligned columns for a terminal. The last column is as wide as its texts, the others at most {@value #WIDEST} characters. */
final class TextTable {
  private static final int WIDEST = 100;

  private final List<String[]> rows = new ArrayList<>();

  TextTable(String... header) {
    rows.add(header);
  }

  void row(String... cells) {
    if (cells.length != rows.get(0).length) {
      throw new IllegalArgumentException(cells.length + " cells under " + rows.get(0).length + " headings");
    }
    rows.add(cells);
  }

  boolean isEmpty() {
    return rows.size() == 1;
  }

  @Override
  public String toString() {
    int columns = rows.get(0).length;
    int[] widths = new int[columns];
    for (String[] row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], Math.min(WIDEST, row[i].length()));
      }
    }
    StringBuilder out = new StringBuilder();
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        String cell = row[i];
        if (i == columns - 1) {
          line.append(cell);
        } else {
          String shown = cell.length() > WIDEST ? cell.substring(0, WIDEST - 3) + "..." : cell;
          line.append(shown).append(" ".repeat(widths[i] - shown.length() + 2));
        }
      }
      out.append(line.toString().stripTrailing()).append('\n');
    }
    return out.toString();
  }
}
