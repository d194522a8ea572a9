package org.pktlab.result.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.pktlab.mlet.Column;
import org.pktlab.mlet.run.ResultFormat;

/**
 * One JSON object in a line for each row, members in column order. Absent values are left out. Only ASCII is written (other characters as
 * escapes), so that nothing in a line can steer a terminal.
 */
@Component
public final class JsonLinesFormat implements ResultFormat {
  private static final JsonFactory JSON = JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  @Override
  public String name() {
    return "jsonl";
  }

  @Override
  public Writer open(List<Column> columns, OutputStream output) {
    return new Lines(List.copyOf(columns), output);
  }

  private static final class Lines implements Writer {
    private final List<Column> columns;
    private final OutputStream output;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(512);

    Lines(List<Column> columns, OutputStream output) {
      this.columns = columns;
      this.output = output;
    }

    @Override
    public void write(Object[] values) throws IOException {
      line.reset();
      try (JsonGenerator json = JSON.createGenerator(line)) {
        json.writeStartObject();
        for (int i = 0; i < values.length; i++) {
          member(json, columns.get(i).name(), values[i]);
        }
        json.writeEndObject();
      }
      line.write('\n');
      // One write for the whole line: a kill between two rows never leaves half a line behind.
      output.write(line.toByteArray());
      output.flush();
    }

    private static void member(JsonGenerator json, String name, Object value) throws IOException {
      if (Cells.isAbsent(value)) {
        return;
      }
      json.writeFieldName(name);
      if (value instanceof String text) {
        json.writeString(text);
      } else if (value instanceof Long number) {
        json.writeNumber(number);
      } else if (value instanceof Double) {
        json.writeNumber(Cells.plain(value));
      } else if (value instanceof Boolean truth) {
        json.writeBoolean(truth);
      } else {
        throw new IllegalArgumentException("a row holds String, Long, Double or Boolean, not " + value.getClass().getName());
      }
    }

    @Override
    public void close() throws IOException {
      output.flush();
    }
  }
}
