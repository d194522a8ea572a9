package org.pktlab.result.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.pktlab.mlet.Column;
import org.pktlab.mlet.run.ResultFormat;

class TextFormatsTest {
  private static final List<Column> COLUMNS =
      List.of(
          Column.text("name", "a name"),
          Column.integer("time", "ns", "a time"),
          Column.decimal("rtt_ms", "ms", "a duration"),
          Column.flag("ok", "a truth"));

  private static String written(ResultFormat format, List<Column> columns, Object[]... rows) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ResultFormat.Writer writer = format.open(columns, out)) {
      for (Object[] row : rows) {
        writer.write(row);
      }
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private static Object[] row(Object... values) {
    return values;
  }

  @Test
  void shouldAlignTableColumnsAndMarkAbsentValues() throws IOException {
    assertEquals(
        """
        name   time[ns]  rtt_ms  ok
        short         7   1.500  true
        a longer name         -       -  -
        x                    10   0.000  false
        """,
        written(
            new TableFormat(),
            COLUMNS,
            row("short", 7L, 1.5, true),
            row("a longer name", null, Double.NaN, null),
            row("x", 10L, 0.0, false)));
  }

  @Test
  void shouldEscapeWhatSteersATerminalInTables() throws IOException {
    String table = written(new TableFormat(), List.of(Column.text("t", "text")), row("\u001b[31mred\u202e\\\n\u00e9\ud800"));
    assertEquals("t\n\\x1b[31mred\\u202e\\\\\\n\u00e9\\ud800\n", table);
  }

  @Test
  void shouldWriteOneJsonObjectPerLineAndLeaveAbsentValuesOut() throws IOException {
    assertEquals(
        "{\"name\":\"a\\\"\\u00E9\\n\",\"time\":-5,\"rtt_ms\":0.00025,\"ok\":false}\n{}\n",
        written(new JsonLinesFormat(), COLUMNS, row("a\"\u00e9\n", -5L, 0.00025, false), row(null, null, Double.POSITIVE_INFINITY, null)));
  }

  @Test
  void shouldQuoteCsvOnlyWhereItMust() throws IOException {
    assertEquals(
        "name,time,rtt_ms,ok\r\nplain,1,2.5,true\r\n\"a,\"\"b\"\"\r\n\u0001\",,,\r\n\"\",,0.1,\r\n",
        written(new CsvFormat(), COLUMNS, row("plain", 1L, 2.5, true), row("a,\"b\"\r\n\u0001", null, null, null),
            row("", null, 0.1, null)));
  }

  @Test
  void shouldWriteCsvHeaderWhenThereAreNoRows() throws IOException {
    assertEquals("name,time,rtt_ms,ok\r\n", written(new CsvFormat(), COLUMNS));
  }

  @Property(tries = 300)
  void shouldGiveBackAnyTextFromJson(@ForAll String text, @ForAll long number) throws IOException {
    String line = written(new JsonLinesFormat(), COLUMNS, row(text, number, null, null));
    assertEquals(1, line.chars().filter(c -> c == '\n').count());
    assertTrue(line.chars().allMatch(c -> c == '\n' || (c >= 0x20 && c < 0x80)), line);
    JsonNode node = new ObjectMapper().readTree(line);
    assertEquals(number, node.get("time").asLong());
    if (text.codePoints().noneMatch(c -> c >= 0xd800 && c < 0xe000)) {
      assertEquals(text, node.get("name").asText());
    }
  }

  @Property(tries = 300)
  void shouldGiveBackAnyTextFromCsv(@ForAll List<String> texts) throws IOException {
    List<Column> columns = new ArrayList<>();
    Object[] values = new Object[texts.size() + 1];
    for (int i = 0; i <= texts.size(); i++) {
      columns.add(Column.text("c" + i, "text"));
      values[i] = i == texts.size() ? "end" : texts.get(i).codePoints().anyMatch(c -> c >= 0xd800 && c < 0xe000) ? "cut" : texts.get(i);
    }
    String all = written(new CsvFormat(), columns, values);
    assertEquals(List.of(values), parsed(all.substring(all.indexOf("\r\n") + 2)));
  }

  @Property(tries = 300)
  void shouldNeverLetAnyTextSteerTheTerminalThroughATable(@ForAll String text) throws IOException {
    String table = written(new TableFormat(), List.of(Column.text("t", "text"), Column.text("u", "text")), row(text, "end"));
    assertEquals(2, table.chars().filter(c -> c == '\n').count());
    assertFalse(table.chars().anyMatch(c -> c != '\n' && Character.isISOControl(c)), table);
  }

  /** A small RFC 4180 reader of one record. */
  private static List<Object> parsed(String record) {
    List<Object> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < record.length(); i++) {
      char c = record.charAt(i);
      if (quoted) {
        if (c == '"' && i + 1 < record.length() && record.charAt(i + 1) == '"') {
          field.append('"');
          i++;
        } else if (c == '"') {
          quoted = false;
        } else {
          field.append(c);
        }
      } else if (c == '"') {
        quoted = true;
      } else if (c == ',' || (c == '\r' && record.startsWith("\r\n", i))) {
        fields.add(field.toString());
        field.setLength(0);
        if (c == '\r') {
          return fields;
        }
      } else {
        field.append(c);
      }
    }
    throw new AssertionError("no end of line");
  }
}
