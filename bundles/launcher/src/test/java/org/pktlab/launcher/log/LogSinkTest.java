package org.pktlab.launcher.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

class LogSinkTest {
  private static String line(String name, String message, Throwable cause) {
    return LogSink.line(Instant.parse("2026-11-01T00:00:00.1234567Z"), Level.WARN, name, message, cause);
  }

  @Test
  void shouldNameThePartAndTheTime() {
    assertEquals("2026-11-01T00:00:00.123Z WARN endpoint: hello", line("org.pktlab.endpoint.core.Session", "hello", null));
    assertEquals("2026-11-01T00:00:00.123Z WARN netty.Foo: hello", line("io.netty.Foo", "hello", null));
  }

  @Test
  void shouldKeepOneLineAndNothingThatSteersATerminal() {
    String text = line("x", "a\nb\u001b[31m\u202e\u0085\r", new IllegalStateException("c\nd", new RuntimeException("e")));
    assertEquals(1, text.lines().count());
    assertTrue(text.contains("a\\nb\\u001b[31m\\u202e\\u0085\\u000d [java.lang.IllegalStateException: c\\nd at "), text);
    assertTrue(text.contains(" <- java.lang.RuntimeException: e at "), text);
  }

  @Test
  void shouldBoundALine() {
    assertTrue(line("x", "y".repeat(100_000), null).length() < 5_000);
  }

  @Test
  void shouldServeSlf4j() {
    assertEquals(LineLogger.class, LoggerFactory.getLogger("org.pktlab.x").getClass());
    assertTrue(LoggerFactory.getLogger("org.pktlab.x").isInfoEnabled());
    assertTrue(!LoggerFactory.getLogger("io.netty.x").isInfoEnabled());
  }
}
