package org.pktlab.itests.felix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceRegistration;
import org.pktlab.mlet.Arguments;
import org.pktlab.mlet.Column;
import org.pktlab.mlet.Declaration;
import org.pktlab.mlet.FailureReason;
import org.pktlab.mlet.Mlet;
import org.pktlab.mlet.RefusedException;
import org.pktlab.mlet.Results;
import org.pktlab.mlet.SocketFailedException;
import org.pktlab.mlet.TcpSocket;
import org.pktlab.mlet.UdpSocket;
import org.pktlab.mlet.Vantage;
import org.pktlab.mlet.run.Outcome;
import org.pktlab.protocol.StatusCode;

/** What one container does with all roles in it: an experiment, a transport that goes and comes, what the roles tell. */
public class RolesTest extends RunningRoles {
  @Test
  void shouldRunHttpGetFromPublicationToRow() throws Exception {
    HttpServer web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    web.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 5);
          exchange.getResponseBody().write("hello".getBytes(StandardCharsets.US_ASCII));
          exchange.close();
        });
    web.start();
    try {
      ByteArrayOutputStream rows = new ByteArrayOutputStream();
      List<String> said = java.util.Collections.synchronizedList(new ArrayList<>());
      Outcome outcome = run("http-get", List.of("http://127.0.0.1:" + web.getAddress().getPort() + "/"), rows, said);
      assertEquals(new Outcome(1, 0, 1, false), outcome, () -> said.toString());
      String row = rows.toString(StandardCharsets.UTF_8);
      assertTrue(row.contains("\"status\":200"), row);
      assertTrue(row.contains("\"body_octets\":5"), row);
    } finally {
      web.stop(0);
    }
  }

  /** Keeps one TCP and one UDP socket open while the test takes the TCP transport away and brings it back. */
  private final class Swapped implements Mlet {
    final CompletableFuture<String> open = new CompletableFuture<>();
    final CompletableFuture<String> withdrawn = new CompletableFuture<>();
    final InetSocketAddress target;

    Swapped(InetSocketAddress target) {
      this.target = target;
    }

    @Override
    public Declaration declaration() {
      return Declaration.of("swapped", "Watches a transport go and come").column(Column.text("said", "what happened")).build();
    }

    @Override
    public void run(Vantage vantage, Arguments arguments, Results results) throws IOException, InterruptedException {
      try (TcpSocket tcp = vantage.connect(target);
          UdpSocket udp = vantage.udp(target.getAddress())) {
        open.complete("open");
        try {
          tcp.receive(Duration.ofSeconds(20));
          results.row().set("said", "data").emit();
        } catch (SocketFailedException e) {
          results.row().set("said", "socket " + e.reason()).emit();
        }
        try {
          vantage.connect(target);
        } catch (RefusedException e) {
          results.row().set("said", "refused " + e.status()).emit();
        }
        udp.send(ByteBuffer.wrap(new byte[] {1}), new InetSocketAddress(target.getAddress(), udp.localAddress().getPort()));
        results.row().set("said", "datagram of " + udp.receive(Duration.ofSeconds(10)).data().remaining()).emit();
        withdrawn.complete("seen");
        back.take();
        try (TcpSocket again = vantage.connect(target)) {
          results.row().set("said", "connected " + again.remoteAddress().getPort()).emit();
        }
      } catch (java.util.concurrent.TimeoutException e) {
        throw new IOException("nothing came", e);
      }
    }

    final LinkedBlockingQueue<String> back = new LinkedBlockingQueue<>();
  }

  @Test
  void shouldEndSocketsOfAStoppedTransportAndGoOnWithTheSession() throws Exception {
    Bundle tcp = null;
    for (Bundle bundle : context.getBundles()) {
      if (bundle.getSymbolicName().equals("org.pktlab.transport.tcp")) {
        tcp = bundle;
      }
    }
    try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      List<Socket> accepted = java.util.Collections.synchronizedList(new ArrayList<>());
      Thread acceptor =
          new Thread(
              () -> {
                try {
                  while (true) {
                    accepted.add(server.accept());
                  }
                } catch (IOException e) {
                  // closed at the end of the test
                }
              });
      acceptor.start();
      Swapped mlet = new Swapped((InetSocketAddress) server.getLocalSocketAddress());
      ServiceRegistration<Mlet> registration = context.registerService(Mlet.class, mlet, null);
      ByteArrayOutputStream rows = new ByteArrayOutputStream();
      List<String> said = java.util.Collections.synchronizedList(new ArrayList<>());
      CompletableFuture<Outcome> outcome =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return run("swapped", List.of(), rows, said);
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              });
      try {
        mlet.open.get(20, TimeUnit.SECONDS);
        tcp.stop();
        mlet.withdrawn.get(20, TimeUnit.SECONDS);
        tcp.start();
        await("the transport to be back", () -> status("endpoint").info().get("sockets").startsWith("tcp"));
        mlet.back.add("go");
        assertEquals(new Outcome(1, 0, 4, false), outcome.get(20, TimeUnit.SECONDS), () -> said.toString());
        assertEquals(
            List.of(
                "{\"said\":\"socket " + FailureReason.UNKNOWN + "\"}",
                "{\"said\":\"refused " + StatusCode.ESKTNOPROTO + "\"}",
                "{\"said\":\"datagram of 1\"}",
                "{\"said\":\"connected " + server.getLocalPort() + "\"}"),
            rows.toString(StandardCharsets.UTF_8).lines().toList());
      } finally {
        registration.unregister();
        if (tcp.getState() != Bundle.ACTIVE) {
          tcp.start();
        }
        for (Socket socket : accepted) {
          socket.close();
        }
      }
    }
  }

  @Test
  void shouldTellTheTruthAboutSessionsAndRefusals() throws Exception {
    Map<String, String> endpoint = status("endpoint").info();
    assertEquals("127.0.0.1:" + subscribe + " SUBSCRIBED", endpoint.get("broker"));
    await("the broker to list the subscription", () -> status("broker").sessions().stream().anyMatch(s -> s.kind().equals("subscription")));
    run("http-get", List.of("http://127.0.0.1:1/"), new ByteArrayOutputStream(), new ArrayList<>());
    await("the endpoint to have ended the experiment", () -> status("endpoint").stats().get("experiments ended") == 1L);
    assertEquals(List.of(), status("endpoint").sessions());
    assertEquals(0L, status("endpoint").stats().get("buffer used"));
    assertEquals(1L, status("controller").stats().get("experiments ended"));
  }

  @Test
  void shouldSayWhyARoleWithABadConfigurationDoesNotStart() throws Exception {
    Hashtable<String, Object> bad = credentials.endpoint(subscribe);
    bad.put("SendRateLimit", "fast");
    configurations.get(1).update(bad);
    await(
        "the announcement of the failure",
        () ->
            references(String.class, "(&(pktlab.role=endpoint)(pktlab.ready=false))").stream()
                .map(context::getService)
                .anyMatch(line -> line.equals("SendRateLimit is 'fast'; expected OCTETS/NANOSECONDS, such as 12500000/10000000000, or none")));
    configurations.get(1).update(credentials.endpoint(subscribe));
    awaitRole("endpoint");
  }
}
