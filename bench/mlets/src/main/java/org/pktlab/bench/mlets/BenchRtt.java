package org.pktlab.bench.mlets;

import java.io.IOException;
import org.osgi.service.component.annotations.Component;
import org.pktlab.mlet.Arguments;
import org.pktlab.mlet.Column;
import org.pktlab.mlet.Declaration;
import org.pktlab.mlet.EndpointMemory;
import org.pktlab.mlet.Mlet;
import org.pktlab.mlet.Parameter;
import org.pktlab.mlet.Results;
import org.pktlab.mlet.Vantage;

/** Times round trips to the endpoint, one after the other, as an mlet sees them: from the call to the value. */
@Component
public final class BenchRtt implements Mlet {
  /** The endpoint's clock, 8 octets (protocol specification, section 6). */
  private static final int ADDRESS = 0x10010000;

  private static final int LENGTH = 8;
  private static final Declaration DECLARATION =
      Declaration.of("bench-rtt", "Times reads of 8 octets of the endpoint's memory")
          .parameter(Parameter.integer("count", "", "reads that are timed").orElse("20000").between(1, 10_000_000))
          .parameter(Parameter.integer("warmup", "", "reads before that").orElse("20000").between(0, 10_000_000))
          .parameter(Parameter.duration("most", "stop after this time, with fewer reads").orElse("20s"))
          .column(Column.integer("count", "", "reads timed"))
          .column(Column.decimal("p50_us", "us", "median"))
          .column(Column.decimal("p90_us", "us", "90th percentile"))
          .column(Column.decimal("p99_us", "us", "99th percentile"))
          .column(Column.decimal("max_us", "us", "longest"))
          .build();

  @Override
  public Declaration declaration() {
    return DECLARATION;
  }

  @Override
  public void run(Vantage vantage, Arguments arguments, Results results) throws IOException, InterruptedException {
    EndpointMemory memory = vantage.memory();
    long half = arguments.duration("most").toNanos() / 2;
    time(memory, (int) arguments.integer("warmup"), half);
    long[] nanos = time(memory, (int) arguments.integer("count"), half);
    Results.Row row = results.row();
    new Distribution(nanos).into(row);
    row.emit();
  }

  private static long[] time(EndpointMemory memory, int count, long mostNs) throws IOException, InterruptedException {
    long[] nanos = new long[count];
    long begin = System.nanoTime();
    long last = begin;
    for (int i = 0; i < count; i++) {
      memory.read(ADDRESS, LENGTH);
      long now = System.nanoTime();
      nanos[i] = now - last;
      last = now;
      if (now - begin > mostNs) {
        return java.util.Arrays.copyOf(nanos, i + 1);
      }
    }
    return nanos;
  }
}
