package org.pktlab.mlet.httpget;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.osgi.service.component.annotations.Component;
import org.pktlab.mlet.Arguments;
import org.pktlab.mlet.Column;
import org.pktlab.mlet.ConnectFailedException;
import org.pktlab.mlet.Declaration;
import org.pktlab.mlet.Mlet;
import org.pktlab.mlet.NotSentException;
import org.pktlab.mlet.Parameter;
import org.pktlab.mlet.Received;
import org.pktlab.mlet.Results;
import org.pktlab.mlet.Sent;
import org.pktlab.mlet.SocketFailedException;
import org.pktlab.mlet.SocketOptions;
import org.pktlab.mlet.TcpSocket;
import org.pktlab.mlet.Vantage;

/** Fetches a web resource from a vantage point: one row for each request, so one more for each redirect that is followed. */
@Component
public final class HttpGet implements Mlet {
  private static final Duration TAG_WAIT = Duration.ofSeconds(1);
  private static final Declaration DECLARATION =
      Declaration.of("http-get", "Fetches a web resource over HTTP and times it")
          .description(
              """
              Sends an HTTP request from each endpoint, follows redirects, and writes one row for each request. Times are taken at the
              endpoint, on its own clock, except dns_ms with --resolve controller.

              There is no TLS at an endpoint yet: https URLs end in a row with an error.
              """)
          .opens("tcp", "udp")
          .parameter(Parameter.text("url", "what to fetch; http:// may be left out").byPlace().mandatory())
          .parameter(Parameter.text("method", "request method; GET, or POST with --data, unless given").withLetter('X'))
          .parameter(Parameter.text("header", "a request header as NAME:VALUE; replaces the default one of that name").withLetter('H')
              .repeated())
          .parameter(Parameter.text("data", "request body, sent as UTF-8").withLetter('d'))
          .parameter(Parameter.integer("max-redirects", "", "redirects to follow; 0 follows none").orElse("5").between(0, 50))
          .parameter(Parameter.text("http", "version to ask with; both close the connection after one request").among("1.0", "1.1")
              .orElse("1.1"))
          .parameter(Parameter.duration("timeout", "bound of each request, from connecting to its last octet").orElse("30s")
              .between(0.001, 3600))
          .parameter(Parameter.integer("max-body", "octets", "stop reading a body after this many").orElse("16777216").between(0, 1e12))
          .parameter(Parameter.flag("body", "write the body into the row, as text; keeps at most 16 MiB"))
          .parameter(Parameter.text("resolve", "where names are looked up").among("controller", "endpoint").orElse("controller"))
          .column(Column.text("url", "what was asked for"))
          .column(Column.text("address", "address and port that answered"))
          .column(Column.integer("hop", "", "redirects followed before this request"))
          .column(Column.integer("status", "", "HTTP status code"))
          .column(Column.text("reason", "reason phrase of the status line"))
          .column(Column.decimal("dns_ms", "ms", "time to look the name up; absent for an address"))
          .column(Column.decimal("connect_ms", "ms", "from just before the connect until the connection was there"))
          .column(Column.decimal("ttfb_ms", "ms", "from the request having left to the first octet of the answer"))
          .column(Column.decimal("total_ms", "ms", "from just before the connect to the last octet"))
          .column(Column.integer("body_octets", "octets", "length of the body as received, without chunk framing"))
          .column(Column.flag("truncated", "whether reading stopped at --max-body"))
          .column(Column.text("content_type", "type of the body"))
          .column(Column.text("location", "where a redirect points"))
          .column(Column.text("body", "the body, with --body"))
          .column(Column.text("error", "why there is no complete answer: refused, reset, timeout, unreachable, dns, or a sentence"))
          .build();

  @Override
  public Declaration declaration() {
    return DECLARATION;
  }

  @Override
  public void run(Vantage vantage, Arguments arguments, Results results) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.of(arguments);
    HttpUrl url = HttpUrl.parse(arguments.text("url"));
    for (long hop = 0; url != null; hop++) {
      results.progress("GET " + url);
      Results.Row row = results.row().set("url", url.toString()).set("hop", hop);
      HttpReply reply = new HttpReply(request.method().equals("HEAD"), arguments.integer("max-body"), arguments.flag("body"));
      boolean complete = false;
      try {
        fetch(vantage, arguments, request, url, reply, row);
        complete = true;
      } catch (ConnectFailedException e) {
        row.set("error", e.reason().word());
      } catch (SocketFailedException e) {
        row.set("error", e.reason().word());
      } catch (TimeoutException e) {
        row.set("error", "timeout");
      } catch (UnknownHostException e) {
        row.set("error", "dns: " + e.getMessage());
      } catch (NotSentException | BadReplyException e) {
        row.set("error", e.getMessage());
      }
      describe(reply, arguments, row);
      HttpUrl next = null;
      if (complete && reply.isRedirect() && arguments.integer("max-redirects") > 0) {
        try {
          next = hop < arguments.integer("max-redirects") ? url.resolve(reply.header("location")) : null;
          row.set("error", next == null ? "more than " + arguments.integer("max-redirects") + " redirects" : null);
        } catch (BadUrlException e) {
          row.set("error", "cannot follow the redirect: " + e.getMessage());
        }
      }
      row.emit();
      if (next != null) {
        request = request.redirected(reply.status(), next.sameOrigin(url));
      }
      url = next;
    }
  }

  private static void fetch(Vantage vantage, Arguments arguments, HttpRequest request, HttpUrl url, HttpReply reply, Results.Row row)
      throws IOException, InterruptedException, TimeoutException, BadReplyException {
    long deadline = System.nanoTime() + arguments.duration("timeout").toNanos();
    InetSocketAddress remote = Names.of(vantage, arguments.text("resolve"), url, left(deadline), ms -> row.set("dns_ms", ms));
    row.set("address", text(remote));
    try (TcpSocket socket = vantage.connect(remote, SocketOptions.DEFAULT.withTimeout(left(deadline)))) {
      row.set("connect_ms", millis(socket.openedNs(), socket.connectedNs()));
      Sent sent = socket.send(ByteBuffer.wrap(request.octets(url)));
      long first = 0;
      long last = 0;
      try {
        while (!reply.isDone()) {
          Received received = socket.receive(left(deadline));
          if (received == null) {
            reply.end();
            break;
          }
          first = first == 0 ? received.timeNs() : first;
          last = received.timeNs();
          reply.feed(received.data());
        }
      } finally {
        if (first != 0) {
          row.set("total_ms", millis(socket.openedNs(), last));
          setFirstOctet(row, sent, first);
        }
      }
    }
  }

  private static void setFirstOctet(Results.Row row, Sent sent, long first) throws IOException, InterruptedException {
    try {
      row.set("ttfb_ms", millis(sent.awaitTimeNs(TAG_WAIT), first));
    } catch (TimeoutException | NotSentException e) {
      // A server may answer before the whole request has left; then there is no such time.
      row.set("ttfb_ms", null);
    }
  }

  private static void describe(HttpReply reply, Arguments arguments, Results.Row row) {
    if (!reply.hasHead()) {
      return;
    }
    row.set("status", reply.status()).set("reason", reply.reason()).set("body_octets", reply.bodyOctets())
        .set("truncated", reply.isTruncated());
    row.set("content_type", reply.header("content-type")).set("location", reply.header("location"));
    if (arguments.flag("body")) {
      row.set("body", reply.bodyText());
    }
  }

  private static Duration left(long deadline) throws TimeoutException {
    long left = deadline - System.nanoTime();
    if (left <= 0) {
      throw new TimeoutException("time is up");
    }
    return Duration.ofNanos(left);
  }

  private static double millis(long fromNs, long toNs) {
    return (toNs - fromNs) / 1e6;
  }

  private static String text(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
  }
}
