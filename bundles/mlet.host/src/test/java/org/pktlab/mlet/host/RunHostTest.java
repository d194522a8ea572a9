package org.pktlab.mlet.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pktlab.link.LinkEnd;
import org.pktlab.mlet.Arguments;
import org.pktlab.mlet.Column;
import org.pktlab.mlet.Declaration;
import org.pktlab.mlet.Mlet;
import org.pktlab.mlet.Parameter;
import org.pktlab.mlet.Results;
import org.pktlab.mlet.Vantage;
import org.pktlab.mlet.run.Outcome;
import org.pktlab.mlet.run.ResultFormat;
import org.pktlab.mlet.run.RunListener;
import org.pktlab.mlet.run.RunRefusedException;
import org.pktlab.mlet.run.RunRequest;
import org.pktlab.protocol.Mread;

@Timeout(30)
class RunHostTest {
  /** Rows as Java shows lists of their values. */
  static final class Plain implements ResultFormat {
    @Override
    public String name() {
      return "plain";
    }

    @Override
    public Writer open(List<Column> columns, OutputStream output) throws IOException {
      line(output, columns.stream().map(Column::name).toList().toString());
      return new Writer() {
        @Override
        public void write(Object[] values) throws IOException {
          line(output, Arrays.toString(values));
        }

        @Override
        public void close() {
          // Nothing is held back.
        }
      };
    }

    private static void line(OutputStream output, String text) throws IOException {
      output.write((text + "\n").getBytes(StandardCharsets.UTF_8));
      output.flush();
    }
  }

  interface Body {
    void run(Vantage vantage, Arguments arguments, Results results) throws IOException, InterruptedException;
  }

  /** An mlet that does what the test says. */
  static final class TestMlet implements Mlet {
    private final Body body;

    TestMlet(Body body) {
      this.body = body;
    }

    @Override
    public Declaration declaration() {
      return Declaration.of("test", "Does what a test says")
          .parameter(Parameter.integer("count", "", "rows").orElse("1"))
          .column(Column.integer("n", "", "number"))
          .column(Column.decimal("took", "ms", "duration"))
          .build();
    }

    @Override
    public void run(Vantage vantage, Arguments arguments, Results results) throws IOException, InterruptedException {
      body.run(vantage, arguments, results);
    }
  }

  static RunHost host(ScriptedController controller, Mlet... mlets) {
    RunHost host = new RunHost();
    host.bindFormat(new Plain());
    for (Mlet mlet : mlets) {
      host.bindMlet(mlet, null);
    }
    host.bindController(controller);
    return host;
  }

  static RunRequest request(OutputStream out, boolean provenance, String... arguments) {
    return new RunRequest("test", List.of(arguments), 3, "host*", "127.0.0.1:0", null, "plain", provenance, out);
  }

  /** Keeps what a listener is told. */
  private static final class Told implements RunListener {
    private final List<String> lines = new CopyOnWriteArrayList<>();

    @Override
    public void onNotice(String line) {
      lines.add(line);
    }

    @Override
    public void onEndpoint(long session, String endpoint, State state, long rows, String detail) {
      lines.add(session + " " + state + " " + rows + (detail.isEmpty() ? "" : " " + detail));
    }
  }

  @Test
  void shouldRunAnMletAndWriteItsRows() throws Exception {
    Mlet mlet =
        new TestMlet(
            (vantage, arguments, results) -> {
              for (long i = 0; i < arguments.integer("count"); i++) {
                results.row().set("n", i).set("took", Duration.ofNanos(1_500_000)).emit();
              }
              results.progress("nearly\u001b there");
            });
    ScriptedController controller = new ScriptedController().with(new ScriptedEndpoint());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Told told = new Told();
    Outcome outcome = host(controller, mlet).run(request(out, false, "--count", "2"), told);
    assertEquals(new Outcome(1, 0, 2, false), outcome);
    assertEquals("[n, took]\n[0, 1.5]\n[1, 1.5]\n", out.toString(StandardCharsets.UTF_8));
    assertEquals("host*", controller.request().hostId());
    assertEquals(3, controller.request().sessions());
    assertTrue(told.lines.contains("1 RUNNING 2 nearly\\x1b there"), told.lines.toString());
    assertTrue(told.lines.contains("1 DONE 2"));
    assertTrue(controller.links().get(0).isEnded());
  }

  @Test
  void shouldSayWhereRowsComeFromAndWhyASessionFailed() throws Exception {
    Mlet mlet =
        new TestMlet(
            (vantage, arguments, results) -> {
              results.row().set("n", 1).emit();
              vantage.clock().nowNs();
            });
    ScriptedEndpoint dying = new ScriptedEndpoint();
    dying.when(r -> r instanceof Mread, r -> List.of());
    ScriptedController controller = new ScriptedController().with(dying).then(c -> awaitRequest(dying, c));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Outcome outcome = host(controller, mlet).run(request(out, true), new Told());
    assertEquals(new Outcome(0, 1, 2, false), outcome);
    String origin = "[1, 42, key1, 127.0.0.1:40000, pktlab/unknown test/unknown, endpoint real-time clock, not synchronised, ";
    assertEquals(
        "[schema_version, experiment, endpoint_key, endpoint_address, software, clock_source, n, took, error]\n"
            + origin + "1, null, null]\n"
            + origin + "null, null, the session broke: gone]\n",
        out.toString(StandardCharsets.UTF_8));
  }

  private static void awaitRequest(ScriptedEndpoint endpoint, ScriptedController controller) {
    while (endpoint.count() == 0) {
      Thread.onSpinWait();
    }
    controller.links().get(0).hangUp(LinkEnd.Kind.FAILED, "gone");
  }

  @Test
  void shouldCountSomeAsFailedWhenTheMletThrows() throws Exception {
    Mlet mlet =
        new TestMlet(
            (vantage, arguments, results) -> {
              if (vantage.endpoint().keyId().equals("key2")) {
                throw new IllegalStateException("odd");
              }
              results.row().set("n", 1).emit();
            });
    ScriptedController controller = new ScriptedController().with(new ScriptedEndpoint(), new ScriptedEndpoint(), new ScriptedEndpoint());
    Told told = new Told();
    Outcome outcome = host(controller, mlet).run(request(new ByteArrayOutputStream(), false), told);
    assertEquals(new Outcome(2, 1, 2, false), outcome);
    assertEquals(3, outcome.exitStatus());
    assertTrue(told.lines.contains("2 FAILED 0 a fault of the mlet: java.lang.IllegalStateException: odd"), told.lines.toString());
  }

  @Test
  void shouldStopEverythingWhenInterrupted() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    AtomicReference<Boolean> interrupted = new AtomicReference<>(false);
    Mlet mlet =
        new TestMlet(
            (vantage, arguments, results) -> {
              results.row().set("n", 1).emit();
              running.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.set(true);
                throw e;
              }
            });
    ScriptedController controller = new ScriptedController().with(new ScriptedEndpoint());
    AtomicReference<Outcome> outcome = new AtomicReference<>();
    Thread runner =
        new Thread(
            () -> {
              try {
                outcome.set(host(controller, mlet).run(request(new ByteArrayOutputStream(), false), new Told()));
              } catch (RunRefusedException | InterruptedException e) {
                throw new AssertionError(e);
              }
            });
    runner.start();
    running.await();
    runner.interrupt();
    runner.join();
    assertTrue(interrupted.get());
    assertEquals(new Outcome(0, 1, 1, true), outcome.get());
    assertEquals(130, outcome.get().exitStatus());
  }

  @Test
  void shouldEndTheRunWhenRowsCannotBeWritten() throws Exception {
    Mlet mlet =
        new TestMlet(
            (vantage, arguments, results) -> {
              while (true) {
                results.row().set("n", 1).emit();
              }
            });
    OutputStream full =
        new OutputStream() {
          private int room = 40;

          @Override
          public void write(int octet) throws IOException {
            if (--room < 0) {
              throw new IOException("No space left on device");
            }
          }
        };
    Told told = new Told();
    Outcome outcome = host(new ScriptedController().with(new ScriptedEndpoint()), mlet).run(request(full, false), told);
    assertEquals(0, outcome.completed());
    assertEquals(4, outcome.exitStatus());
    assertTrue(told.lines.contains("the results cannot be written: No space left on device"), told.lines.toString());
  }

  @Test
  void shouldRefuseToStartAndSayWhatWasExpected() {
    RunHost host = host(new ScriptedController().refusing("no key is configured"), new TestMlet((v, a, r) -> {}));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    RunRefusedException arguments = assertThrows(RunRefusedException.class, () ->
        host.run(request(out, false, "--cuont", "1"), new Told()));
    assertTrue(arguments.usage());
    assertTrue(arguments.getMessage().contains("did you mean --count?"), arguments.getMessage());
    RunRefusedException mlet =
        assertThrows(
            RunRefusedException.class,
            () -> host.run(new RunRequest("other", List.of(), 1, null, null, null, "plain", false, out), new Told()));
    assertEquals("there is no mlet 'other'; installed: test", mlet.getMessage());
    RunRefusedException format =
        assertThrows(
            RunRefusedException.class, () -> host.run(new RunRequest("test", List.of(), 1, null, null, null, "xml", false, out),
                new Told()));
    assertEquals("there is no format 'xml'; installed: plain", format.getMessage());
    RunRefusedException controller = assertThrows(RunRefusedException.class, () -> host.run(request(out, false), new Told()));
    assertEquals("no key is configured", controller.getMessage());
    assertFalse(controller.usage());
    host.unbindController(null);
  }

  @Test
  void shouldRefuseValuesThatDoNotFitTheirColumn() {
    assertEquals(3L, SessionResults.converted(Column.integer("a", "", "x"), 3));
    assertEquals(2L, SessionResults.converted(Column.integer("a", "", "x"), 1.6));
    assertEquals(1_500_000L, SessionResults.converted(Column.integer("a", "ns", "x"), Duration.ofNanos(1_500_000)));
    assertEquals(0.0015, SessionResults.converted(Column.decimal("a", "s", "x"), Duration.ofNanos(1_500_000)));
    assertEquals(7.0, SessionResults.converted(Column.decimal("a", "", "x"), 7L));
    assertThrows(IllegalArgumentException.class, () -> SessionResults.converted(Column.text("a", "x"), 3));
    assertThrows(IllegalArgumentException.class, () -> SessionResults.converted(Column.integer("a", "", "x"), "3"));
    assertThrows(IllegalArgumentException.class, () -> SessionResults.converted(Column.decimal("a", "octets", "x"), Duration.ZERO));
  }

  @Test
  void shouldSayWhetherThreadsAreVirtualAsThePlatformHasThem() throws Exception {
    assertEquals(Runtime.version().feature() >= 21, MletThreads.areVirtual());
    AtomicReference<String> name = new AtomicReference<>();
    Thread thread = MletThreads.unstarted("mlet-x-1", () -> name.set(Thread.currentThread().getName()));
    thread.start();
    thread.join();
    assertEquals("mlet-x-1", name.get());
  }
}
