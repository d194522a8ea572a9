package org.pktlab.result.text;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.pktlab.mlet.Column;
import org.pktlab.mlet.run.ResultFormat;

/**
 * RFC 4180: a header line, lines ended by CR LF, UTF-8. An absent value is an empty field, an empty text is a quoted empty field; text is
 * quoted where it must be, and control characters inside quotes are kept as they are.
 */
@Component
public final class CsvFormat implements ResultFormat {
  @Override
  public String name() {
    return "csv";
  }

  @Override
  public Writer open(List<Column> columns, OutputStream output) throws IOException {
    StringBuilder line = new StringBuilder();
    for (Column column : columns) {
      line.append(line.length() == 0 ? "" : ",").append(column.name());
    }
    output.write(line.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
    output.flush();
    return new Lines(columns.size(), output);
  }

  private static final class Lines implements Writer {
    private final int width;
    private final OutputStream output;

    Lines(int width, OutputStream output) {
      this.width = width;
      this.output = output;
    }

    @Override
    public void write(Object[] values) throws IOException {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < width; i++) {
        if (i > 0) {
          line.append(',');
        }
        append(line, values[i]);
      }
      output.write(line.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
      output.flush();
    }

    private static void append(StringBuilder line, Object value) {
      if (Cells.isAbsent(value)) {
        return;
      }
      if (!(value instanceof String text)) {
        line.append(Cells.plain(value));
        return;
      }
      if (!mustQuote(text)) {
        line.append(text);
        return;
      }
      line.append('"').append(text.replace("\"", "\"\"")).append('"');
    }

    private static boolean mustQuote(String text) {
      if (text.isEmpty() || text.charAt(0) == ' ' || text.charAt(text.length() - 1) == ' ') {
        return true;
      }
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c == ',' || c == '"' || Character.isISOControl(c)) {
          return true;
        }
      }
      return false;
    }

    @Override
    public void close() throws IOException {
      output.flush();
    }
  }
}
