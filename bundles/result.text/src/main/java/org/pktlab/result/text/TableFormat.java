package org.pktlab.result.text;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.pktlab.mlet.Column;
import org.pktlab.mlet.ValueType;
import org.pktlab.mlet.run.ResultFormat;

/**
 * Aligned columns for people. The header comes with the first row, whose widths it takes part in; a later, wider value overflows its column
 * and widens it from there on, up to {@value #WIDEST} characters. Absent values are shown as {@code -}; control characters are escaped.
 */
@Component
public final class TableFormat implements ResultFormat {
  /** Widest that a column becomes; longer values are written in full and push the rest of their line aside. */
  static final int WIDEST = 48;

  @Override
  public String name() {
    return "table";
  }

  @Override
  public Writer open(List<Column> columns, OutputStream output) {
    return new Lines(List.copyOf(columns), output);
  }

  private static final class Lines implements Writer {
    private final List<Column> columns;
    private final OutputStream output;
    private final int[] widths;
    private boolean begun;

    Lines(List<Column> columns, OutputStream output) {
      this.columns = columns;
      this.output = output;
      this.widths = new int[columns.size()];
    }

    @Override
    public void write(Object[] values) throws IOException {
      String[] cells = new String[widths.length];
      for (int i = 0; i < cells.length; i++) {
        cells[i] = Cells.shown(values[i]);
        widths[i] = Math.max(widths[i], Math.min(WIDEST, length(cells[i])));
      }
      StringBuilder lines = new StringBuilder();
      if (!begun) {
        begun = true;
        header(lines);
      }
      line(lines, cells);
      output.write(lines.toString().getBytes(StandardCharsets.UTF_8));
      output.flush();
    }

    private void header(StringBuilder lines) {
      String[] titles = new String[widths.length];
      for (int i = 0; i < titles.length; i++) {
        titles[i] = title(columns.get(i));
        widths[i] = Math.max(widths[i], length(titles[i]));
      }
      line(lines, titles);
    }

    private static String title(Column column) {
      return column.unit().isEmpty() || column.name().endsWith("_" + column.unit()) ? column.name() : column.name() + "[" + column.unit()
          + "]";
    }

    private void line(StringBuilder lines, String[] cells) {
      int begin = lines.length();
      for (int i = 0; i < cells.length; i++) {
        String padding = " ".repeat(Math.max(0, widths[i] - length(cells[i])));
        boolean right = columns.get(i).type() != ValueType.TEXT && columns.get(i).type() != ValueType.BOOLEAN;
        lines.append(i == 0 ? "" : "  ").append(right ? padding : "").append(cells[i]).append(right ? "" : padding);
      }
      while (lines.length() > begin && lines.charAt(lines.length() - 1) == ' ') {
        lines.setLength(lines.length() - 1);
      }
      lines.append('\n');
    }

    private static int length(String text) {
      return text.codePointCount(0, text.length());
    }

    @Override
    public void close() throws IOException {
      output.flush();
    }
  }
}
