package org.pktlab.mlet.httpget;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pktlab.mlet.ArgumentParser;
import org.pktlab.mlet.UsageException;
import org.pktlab.mlet.testing.KeptRows;
import org.pktlab.mlet.testing.LocalVantage;

@Timeout(30)
class HttpGetTest {
  private final Map<String, String> pages = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private ServerSocket server;
  private String root;

  @BeforeEach
  void serve() throws IOException {
    server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    root = "http://127.0.0.1:" + server.getLocalPort();
    Thread thread =
        new Thread(
            () -> {
              while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                  answer(socket);
                } catch (IOException e) {
                  // A client that went away, or the end of the test.
                }
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  /** Reads a request and writes the octets prepared for its path. */
  private void answer(Socket socket) throws IOException {
    StringBuilder request = new StringBuilder();
    int length = 0;
    while (true) {
      int octet = socket.getInputStream().read();
      if (octet < 0) {
        return;
      }
      request.append((char) octet);
      int head = request.indexOf("\r\n\r\n");
      if (head >= 0) {
        int at = request.indexOf("Content-Length: ");
        length = at < 0 ? 0 : Integer.parseInt(request.substring(at + 16, request.indexOf("\r\n", at)));
        if (request.length() == head + 4 + length) {
          break;
        }
      }
    }
    requests.add(request.toString());
    String page = pages.getOrDefault(request.toString().split(" ")[1], "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    if (page.equals("reset")) {
      socket.setSoLinger(true, 0);
    } else if (page.equals("silence")) {
      socket.getInputStream().read();
    } else {
      socket.getOutputStream().write(page.getBytes(StandardCharsets.UTF_8));
    }
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private List<Map<String, Object>> get(String... line) throws Exception {
    HttpGet mlet = new HttpGet();
    KeptRows rows = new KeptRows(mlet.declaration());
    mlet.run(new LocalVantage(), ArgumentParser.parse(mlet.declaration(), List.of(line)), rows);
    return rows.rows();
  }

  @Test
  void shouldFetchAPageAndTimeIt() throws Exception {
    pages.put("/page?x=%20y", "HTTP/1.1 200 Very fine\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 6\r\n\r\nh\u00e9llo");
    Map<String, Object> row = get(root + "/page?x= y", "--body").get(0);
    assertEquals(root + "/page?x=%20y", row.get("url"));
    assertEquals("127.0.0.1:" + server.getLocalPort(), row.get("address"));
    assertEquals(0L, row.get("hop"));
    assertEquals(200, row.get("status"));
    assertEquals("Very fine", row.get("reason"));
    assertEquals(6L, row.get("body_octets"));
    assertEquals("h\u00e9llo", row.get("body"));
    assertEquals("text/plain; charset=utf-8", row.get("content_type"));
    assertEquals(false, row.get("truncated"));
    assertNull(row.get("error"));
    double ttfb = (Double) row.get("ttfb_ms");
    assertTrue(ttfb > 0 && (Double) row.get("total_ms") >= ttfb);
    assertTrue((Double) row.get("connect_ms") > 0);
    assertFalse(row.containsKey("dns_ms"));
    assertEquals(
        "GET /page?x=%20y HTTP/1.1\r\nHost: 127.0.0.1:" + server.getLocalPort()
            + "\r\nUser-Agent: pktlab-http-get/0.1\r\nAccept: */*\r\nConnection: close\r\n\r\n",
        requests.get(0));
  }

  @Test
  void shouldAskAsTold() throws Exception {
    get(root + "/form", "--data", "a=b", "--http", "1.0", "-H", "User-Agent: me", "-H", "X-Y:  z ");
    assertEquals(
        "POST /form HTTP/1.0\r\nHost: 127.0.0.1:" + server.getLocalPort()
            + "\r\nAccept: */*\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n"
            + "User-Agent: me\r\nX-Y: z\r\n\r\na=b",
        requests.get(0));
    pages.put("/head", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    assertEquals(0L, get(root + "/head", "-X", "HEAD").get(0).get("body_octets"));
    assertThrows(IOException.class, () -> get(root + "/", "-X", "A B"));
    assertThrows(IOException.class, () -> get(root + "/", "-H", "A: b\r\nC: d"));
    assertThrows(IOException.class, () -> get(root + "/", "-H", "nothing"));
  }

  @Test
  void shouldReadChunksAndBodiesUpToTheEnd() throws Exception {
    pages.put("/chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nTrailer: t\r\n\r\n");
    pages.put("/end", "HTTP/1.0 200 OK\r\n\r\nall of it");
    pages.put("/interim", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n");
    pages.put("/cut", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
    assertEquals("hello world", get(root + "/chunks", "--body").get(0).get("body"));
    assertEquals("all of it", get(root + "/end", "--body").get(0).get("body"));
    assertEquals(204, get(root + "/interim").get(0).get("status"));
    Map<String, Object> cut = get(root + "/cut").get(0);
    assertEquals("the connection ended inside the body of the answer", cut.get("error"));
    assertEquals(9L, cut.get("body_octets"));
    Map<String, Object> first = get(root + "/end", "--max-body", "3", "--body").get(0);
    assertEquals(3L, first.get("body_octets"));
    assertEquals(true, first.get("truncated"));
    assertEquals("all", first.get("body"));
  }

  @Test
  void shouldFollowRedirectsAndNotForever() throws Exception {
    pages.put("/a", "HTTP/1.1 302 Found\r\nLocation: b/c?d\r\nContent-Length: 0\r\n\r\n");
    pages.put("/b/c?d", "HTTP/1.1 307 Temporary Redirect\r\nLocation: " + root + "/end\r\nContent-Length: 0\r\n\r\n");
    pages.put("/end", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
    List<Map<String, Object>> rows = get(root + "/a", "--data", "q", "-H", "Authorization: s");
    assertEquals(List.of(302, 307, 200), rows.stream().map(r -> r.get("status")).toList());
    assertEquals(List.of(0L, 1L, 2L), rows.stream().map(r -> r.get("hop")).toList());
    assertEquals("b/c?d", rows.get(0).get("location"));
    assertTrue(requests.get(0).startsWith("POST /a "));
    assertTrue(requests.get(1).startsWith("GET /b/c?d "));
    assertTrue(requests.get(2).contains("Authorization: s"));
    pages.put("/loop", "HTTP/1.1 301 Moved\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n");
    List<Map<String, Object>> loop = get(root + "/loop", "--max-redirects", "2");
    assertEquals(3, loop.size());
    assertEquals("more than 2 redirects", loop.get(2).get("error"));
    assertEquals(1, get(root + "/loop", "--max-redirects", "0").size());
    assertNull(get(root + "/loop", "--max-redirects", "0").get(0).get("error"));
  }

  @Test
  void shouldKeepSecretsFromOtherOrigins() throws Exception {
    HttpRequest request = new HttpRequest("POST", "1.1", List.of("Authorization: s", "X: y", "Content-Language: de"), "q");
    assertEquals(List.of("X: y", "Content-Language: de"), request.redirected(307, false).headers());
    assertEquals(List.of("Authorization: s", "X: y"), request.redirected(303, true).headers());
    assertNull(request.redirected(303, true).data());
  }

  @Test
  void shouldSayWhatTheNetworkDid() throws Exception {
    pages.put("/reset", "reset");
    pages.put("/silence", "silence");
    pages.put("/odd", "SSH-2.0-server\r\n");
    pages.put("/none", "");
    assertEquals("reset", get(root + "/reset").get(0).get("error"));
    assertEquals("timeout", get(root + "/silence", "--timeout", "50ms").get(0).get("error"));
    assertEquals("the answer is not HTTP", get(root + "/odd").get(0).get("error"));
    assertEquals("the server closed the connection without an answer", get(root + "/none").get(0).get("error"));
    int closed;
    try (ServerSocket unused = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = unused.getLocalPort();
    }
    assertEquals("refused", get("http://127.0.0.1:" + closed + "/").get(0).get("error"));
    assertTrue(((String) get("http://no-such-host.invalid/").get(0).get("error")).startsWith("dns: "));
    assertEquals("dns: the endpoint exports no resolver; use --resolve controller", get("http://x.invalid/", "--resolve", "endpoint")
        .get(0).get("error"));
  }

  @Test
  void shouldSayThatThereIsNoTls() throws Exception {
    assertEquals(
        "https needs TLS, which this mlet does not have; use an http:// URL",
        assertThrows(IOException.class, () -> get("https://127.0.0.1/")).getMessage());
    pages.put("/", "HTTP/1.1 301 Moved\r\nLocation: https://127.0.0.1/\r\nContent-Length: 0\r\n\r\n");
    List<Map<String, Object>> rows = get(root);
    assertEquals(1, rows.size());
    assertEquals(301, rows.get(0).get("status"));
    assertTrue(((String) rows.get(0).get("error")).startsWith("cannot follow the redirect: https needs TLS"));
  }

  @Test
  void shouldLookNamesUpFromTheEndpoint() throws Exception {
    byte[] query = Names.query("www.example.org", 1);
    byte[] answer = java.util.Arrays.copyOf(query, query.length + 16);
    answer[2] = (byte) 0x81;
    answer[7] = 1;
    byte[] record = {(byte) 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 10, 1, 2, 3};
    System.arraycopy(record, 0, answer, query.length, record.length);
    assertTrue(Names.answers(java.nio.ByteBuffer.wrap(answer), query));
    assertEquals("10.1.2.3", Names.answer(java.nio.ByteBuffer.wrap(answer), query.length, 1).getHostAddress());
    assertNull(Names.answer(java.nio.ByteBuffer.wrap(answer, 0, answer.length - 3).slice(), query.length, 1));
    assertNull(Names.answer(java.nio.ByteBuffer.wrap(answer), query.length, 28));
    answer[13] = 'x';
    assertFalse(Names.answers(java.nio.ByteBuffer.wrap(answer), query));
    assertThrows(java.net.UnknownHostException.class, () -> Names.query("a..b", 1));
  }

  @Test
  void shouldTakeUrlsApart() throws Exception {
    assertEquals(new HttpUrl("example.org", 80, "/"), HttpUrl.parse("example.org"));
    assertEquals(new HttpUrl("example.org", 8080, "/a?b=c"), HttpUrl.parse("HTTP://Example.ORG:8080/a?b=c#frag"));
    assertEquals("2001:db8::1", HttpUrl.parse("http://[2001:db8::1]/").host());
    assertEquals("http://[2001:db8::1]:81/", HttpUrl.parse("http://[2001:db8::1]:81").toString());
    assertEquals("xn--bcher-kva.example", HttpUrl.parse("http://b\u00fccher.example/").host());
    for (String wrong : List.of("http://", "http:///x", "http://a:0/", "http://a:99999/", "ftp://a/", "http://u:p@a/", "http://a b/",
        "http://[::g]/")) {
      assertThrows(BadUrlException.class, () -> HttpUrl.parse(wrong), wrong);
    }
    assertEquals("/x", HttpUrl.parse("http://a/b/c").resolve("/x").target());
    assertThrows(BadUrlException.class, () -> HttpUrl.parse("http://a/").resolve("http://%zz/"));
  }

  @Test
  void shouldRefuseArgumentsOutOfRange() {
    HttpGet mlet = new HttpGet();
    assertThrows(UsageException.class, () -> ArgumentParser.parse(mlet.declaration(), List.of("u", "--http", "2")));
    assertThrows(UsageException.class, () -> ArgumentParser.parse(mlet.declaration(), List.of()));
  }
}
