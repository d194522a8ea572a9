package org.pktlab.schedule.send;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoopThreadTest {
  private static final Path SELF = Path.of("/proc/thread-self");

  /** Runs it on a thread that ends afterwards, and that nobody else suffers from. */
  private static <T> T aside(Callable<T> task) throws Exception {
    assumeTrue(Files.exists(SELF), "optional: this system has no /proc/thread-self");
    FutureTask<T> asked = new FutureTask<>(task);
    Thread thread = new Thread(asked, "loop-thread-test");
    thread.start();
    thread.join();
    return asked.get();
  }

  private static String status(String field) throws Exception {
    return Files.readAllLines(SELF.resolve("status")).stream()
        .filter(line -> line.startsWith(field + ":"))
        .map(line -> line.substring(field.length() + 1).strip())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void shouldRunWhereItIsTold() throws Exception {
    String where =
        aside(
            () -> {
              new LoopThread(0, 0, "0").apply();
              return status("Cpus_allowed_list");
            });
    assertEquals("0", where);
  }

  @Test
  void shouldSetTheTimerSlack() throws Exception {
    String slack =
        aside(
            () -> {
              new LoopThread(1_234, 0, "").apply();
              // A thread may read its own only here.
              Path thread = Files.readSymbolicLink(SELF);
              return Files.readString(Path.of("/proc").resolve(thread.getFileName()).resolve("timerslack_ns")).strip();
            });
    assertEquals("1234", slack);
  }

  @Test
  void shouldRunBeforeOthersWhereItMay() throws Exception {
    String fields =
        aside(
            () -> {
              new LoopThread(0, 1, "").apply();
              return Files.readString(SELF.resolve("stat"));
            });
    String[] afterName = fields.substring(fields.lastIndexOf(')') + 2).split(" ");
    boolean may = (Long.parseUnsignedLong(aside(() -> status("CapEff")), 16) & 1L << 23) != 0;
    assumeTrue(may, "optional: real-time priority needs CAP_SYS_NICE");
    assertEquals("1", afterName[38], "policy"); // field 41 of proc(5), the name being field 2
    assertEquals("1", afterName[37], "priority");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "3-1", "99999", "1024", "-1", "1,,2", "0-1024"})
  void shouldLeaveOutProcessorsThatMakeNoSense(String list) {
    assertFalse(new LoopThread(0, 0, list).isAsked());
  }

  @Test
  void shouldAskForNothingUnlessConfigured() {
    assertFalse(new LoopThread(0, 0, "").isAsked());
    assertTrue(new LoopThread(0, 0, "0, 2-3").isAsked());
  }
}
