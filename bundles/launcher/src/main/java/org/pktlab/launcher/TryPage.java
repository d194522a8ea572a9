package org.pktlab.launcher;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** The page that {@code try} measures: a web server on loopback, on a free port. */
final class TryPage implements AutoCloseable {
  private static final byte[] PAGE =
      "<!doctype html>\n<title>PacketLab</title>\n<p>If you read this, an experiment fetched it through an endpoint.\n".getBytes(StandardCharsets.UTF_8);

  private final HttpServer server;

  private TryPage(HttpServer server) {
    this.server = server;
  }

  static TryPage start() throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
          exchange.sendResponseHeaders(200, PAGE.length);
          try (OutputStream body = exchange.getResponseBody()) {
            body.write(PAGE);
          }
        });
    server.start();
    return new TryPage(server);
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
