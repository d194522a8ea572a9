package org.pktlab.mlet.host;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.pktlab.mlet.Column;
import org.pktlab.mlet.Declaration;
import org.pktlab.mlet.Results;
import org.pktlab.role.Printable;

/** The results of one session: checks and converts values, then hands rows to the sink. */
final class SessionResults implements Results {
  private final Declaration declaration;
  private final RowSink sink;
  private final Object[] from;
  private final Consumer<String> progress;
  private final AtomicLong rows = new AtomicLong();

  /** {@code from} holds the values of the columns of provenance. */
  SessionResults(Declaration declaration, RowSink sink, Object[] from, Consumer<String> progress) {
    this.declaration = declaration;
    this.sink = sink;
    this.from = from;
    this.progress = progress;
  }

  /** Rows emitted. */
  long rows() {
    return rows.get();
  }

  @Override
  public Row row() {
    return new FilledRow();
  }

  @Override
  public void progress(String line) {
    progress.accept(Printable.of(line));
  }

  private final class FilledRow implements Row {
    private final Object[] values = new Object[declaration.columns().size()];
    private boolean emitted;

    @Override
    public Row set(String column, Object value) {
      int index = declaration.columnIndex(column);
      if (index < 0) {
        throw new IllegalArgumentException("column '" + column + "' is not declared by " + declaration.name());
      }
      values[index] = value == null ? null : converted(declaration.columns().get(index), value);
      return this;
    }

    @Override
    public void emit() {
      if (emitted) {
        throw new IllegalStateException("this row was emitted before");
      }
      emitted = true;
      sink.write(from, values);
      rows.incrementAndGet();
      progress.accept("");
    }
  }

  /** The value as String, Long, Double or Boolean. */
  static Object converted(Column column, Object value) {
    Object fitting =
        switch (column.type()) {
          case TEXT -> value instanceof CharSequence || value instanceof Enum<?> ? value.toString() : null;
          case BOOLEAN -> value instanceof Boolean ? value : null;
          case INTEGER -> value instanceof Number || value instanceof Duration ? whole(number(column, value)) : null;
          case DECIMAL -> value instanceof Number || value instanceof Duration ? (Object) number(column, value).doubleValue() : null;
          case DURATION -> value instanceof Number || value instanceof Duration ? duration(column, value) : null;
        };
    return Objects.requireNonNullElseGet(
        fitting,
        () -> {
          throw new IllegalArgumentException(
              "column '" + column.name() + "' takes " + column.type() + ", not a " + value.getClass().getSimpleName());
        });
  }

  private static Object duration(Column column, Object value) {
    Number number = number(column, value);
    return column.unit().equals("ns") ? whole(number) : (Object) number.doubleValue();
  }

  private static Number number(Column column, Object value) {
    if (!(value instanceof Duration duration)) {
      return (Number) value;
    }
    BigDecimal nanos = BigDecimal.valueOf(duration.getSeconds()).scaleByPowerOfTen(9).add(BigDecimal.valueOf(duration.getNano()));
    String unit = column.unit().isEmpty() && column.type() == org.pktlab.mlet.ValueType.DURATION ? "s" : column.unit();
    long of =
        switch (unit) {
          case "ns" -> 1L;
          case "us" -> 1_000L;
          case "ms" -> 1_000_000L;
          case "s" -> 1_000_000_000L;
          case "m", "min" -> 60_000_000_000L;
          case "h" -> 3_600_000_000_000L;
          default -> throw new IllegalArgumentException("column '" + column.name() + "' has no unit of time to write a duration in");
        };
    return nanos.divide(BigDecimal.valueOf(of), 9, RoundingMode.HALF_EVEN);
  }

  private static Long whole(Number number) {
    if (number instanceof Double || number instanceof Float) {
      double value = number.doubleValue();
      if (!Double.isFinite(value)) {
        return null;
      }
      return Math.round(value);
    }
    return number instanceof BigDecimal decimal ? Long.valueOf(decimal.setScale(0, RoundingMode.HALF_EVEN).longValueExact())
        : Long.valueOf(number.longValue());
  }
}
