package org.pktlab.result.warts;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.pktlab.mlet.Column;
import org.pktlab.mlet.run.ResultFormat;

/**
 * Traceroutes as warts, the format of scamper (its manual page warts(5)): one record for each trace, written when its last row came, which
 * is the one with {@code stop}. Needs the columns of mlet traceroute. A list and a cycle with number 1 are written first.
 */
@Component
public final class WartsFormat implements ResultFormat {
  private static final List<String> NEEDED = List.of("target", "source", "hop", "attempt", "from", "rtt_ms", "stop", "method", "tx_ns");

  /** Rows that may wait for the end of their traces. */
  private static final int MOST_WAITING = 4_000_000;

  @Override
  public String name() {
    return "warts";
  }

  @Override
  public Writer open(List<Column> columns, OutputStream output) throws IOException {
    Map<String, Integer> places = new HashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      places.put(columns.get(i).name(), i);
    }
    if (!places.keySet().containsAll(NEEDED)) {
      throw new IOException("format warts takes traceroutes, that is rows with " + String.join(", ", NEEDED) + ", as those of mlet traceroute");
    }
    Records records = new Records(places, output);
    output.write(TraceRecord.list());
    output.write(TraceRecord.cycle());
    output.flush();
    return records;
  }

  private static final class Records implements Writer {
    private final Map<String, Integer> places;
    private final OutputStream output;
    private final Map<List<String>, List<ProbeRow>> open = new LinkedHashMap<>();
    private long waiting;

    Records(Map<String, Integer> places, OutputStream output) {
      this.places = places;
      this.output = output;
    }

    @Override
    public void write(Object[] values) throws IOException {
      ProbeRow row = new ProbeRow(places, values);
      if (row.text("target") == null) {
        // Says why a session failed; warts has no place for that.
        return;
      }
      List<String> key = List.of(String.valueOf(row.text("endpoint_key")), String.valueOf(row.text("endpoint_address")), row.text("target"));
      List<ProbeRow> rows = open.computeIfAbsent(key, k -> new ArrayList<>());
      rows.add(row);
      waiting++;
      if (row.text("stop") != null) {
        open.remove(key);
        waiting -= rows.size();
        put(rows);
      } else if (waiting > MOST_WAITING) {
        throw new IOException("more than " + MOST_WAITING + " rows of traces that have not ended");
      }
    }

    private void put(List<ProbeRow> rows) throws IOException {
      output.write(TraceRecord.of(rows));
      output.flush();
    }

    /** Traces that did not end are written as far as they came. */
    @Override
    public void close() throws IOException {
      for (List<ProbeRow> rows : open.values()) {
        put(rows);
      }
      open.clear();
      output.flush();
    }
  }
}
