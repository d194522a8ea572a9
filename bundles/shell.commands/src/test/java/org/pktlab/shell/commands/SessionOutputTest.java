package org.pktlab.shell.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class SessionOutputTest {
  private final PrintStream before = System.out;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final SessionOutput output = new SessionOutput();

  @BeforeEach
  void capture() {
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void restore() {
    System.setOut(before);
  }

  @Test
  void shouldPrintOnTheCommandsThreadWhatTheWorkSays() throws Exception {
    int answer =
        output.during(
            "work",
            () -> {
              output.remark("begin");
              output.rows().write("row\n".getBytes(StandardCharsets.UTF_8));
              return 42;
            });
    assertEquals(42, answer);
    assertEquals("begin\nrow\n", printed.toString(StandardCharsets.UTF_8));
  }

  @Test
  void shouldNotDropRowsWhenThereAreMoreThanItHolds() throws Exception {
    output.during(
        "work",
        () -> {
          for (int i = 0; i < 5_000; i++) {
            output.rows().write('x');
          }
          return null;
        });
    assertEquals(5_000, printed.size());
  }

  @Test
  void shouldThrowWhatTheWorkThrows() {
    assertThrows(
        IOException.class,
        () ->
            output.during(
                "work",
                () -> {
                  throw new IOException("broken");
                }));
  }

  @Test
  void shouldPassAnInterruptOn() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    Thread.currentThread().interrupt();
    boolean interrupted =
        output.during(
            "work",
            () -> {
              try {
                never.await();
                return false;
              } catch (InterruptedException e) {
                return true;
              }
            });
    assertTrue(interrupted);
  }
}
