package org.pktlab.itests.system;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** What is measured: {@code /} answers at once, {@code /hold} when it is released, {@code /hop} is a redirect to {@code /hold}. */
final class Website implements AutoCloseable {
  static final String PAGE = "All is well.\n";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Object lock = new Object();
  private int held;
  private int heldInAll;
  private int releases;

  Website() throws IOException {
    this(InetAddress.getLoopbackAddress(), 0);
  }

  Website(InetAddress address, int port) throws IOException {
    server = HttpServer.create(new InetSocketAddress(address, port), 16);
    server.setExecutor(threads);
    server.createContext("/", exchange -> answer(exchange, 200));
    server.createContext("/hold", this::hold);
    server.createContext(
        "/hop",
        exchange -> {
          exchange.getResponseHeaders().set("Location", "/hold");
          answer(exchange, 302);
        });
    server.start();
  }

  String url(String path) {
    return "http://" + server.getAddress().getAddress().getHostAddress() + ":" + server.getAddress().getPort() + path;
  }

  private static void answer(HttpExchange exchange, int status) throws IOException {
    byte[] body = PAGE.getBytes(StandardCharsets.US_ASCII);
    try (exchange) {
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private void hold(HttpExchange exchange) throws IOException {
    synchronized (lock) {
      int release = releases;
      held++;
      heldInAll++;
      lock.notifyAll();
      try {
        while (release == releases) {
          lock.wait();
        }
      } catch (InterruptedException e) {
        return;
      } finally {
        held--;
      }
    }
    answer(exchange, 200);
  }

  /** How many requests for {@code /hold} have come since the beginning. */
  int heldInAll() {
    synchronized (lock) {
      return heldInAll;
    }
  }

  /** Waits until so many requests for {@code /hold} have come since the beginning. */
  void awaitHeldInAll(int count) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Program.PATIENCE_SECONDS);
    synchronized (lock) {
      while (heldInAll < count) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0) {
          throw new AssertionError("the web server was asked " + heldInAll + " times for /hold, not " + count);
        }
        lock.wait(left);
      }
    }
  }

  /** Answers all requests that are held. */
  void release() {
    synchronized (lock) {
      releases++;
      lock.notifyAll();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
