package org.pktlab.itests.felix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.test.common.annotation.InjectBundleContext;
import org.osgi.test.common.annotation.InjectService;
import org.osgi.test.junit5.context.BundleContextExtension;
import org.osgi.test.junit5.service.ServiceExtension;
import org.pktlab.cert.CertificateIssuer;
import org.pktlab.cert.CredentialFiles;
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
import org.pktlab.mlet.run.MletRunner;
import org.pktlab.mlet.run.Outcome;
import org.pktlab.mlet.run.RunListener;
import org.pktlab.mlet.run.RunRequest;
import org.pktlab.protocol.StatusCode;
import org.pktlab.role.RoleStatus;

/** Broker, endpoint and controller in one framework, with real TLS and certificates over loopback. */
@ExtendWith({BundleContextExtension.class, ServiceExtension.class})
@Timeout(60)
public class RolesTest {
  @InjectBundleContext BundleContext context;
  @InjectService(timeout = 10_000) ConfigurationAdmin admin;
  @InjectService(timeout = 10_000) CertificateIssuer issuer;
  @InjectService(timeout = 10_000) CredentialFiles files;
  @InjectService(timeout = 10_000) MletRunner runner;

  private final List<Configuration> configurations = new ArrayList<>();
  private Credentials credentials;
  private int publish;
  private int subscribe;

  @BeforeEach
  void startRoles() throws Exception {
    credentials = new Credentials(issuer, files);
    publish = freePort();
    subscribe = freePort();
    configure("broker", credentials.broker(publish, subscribe));
    awaitRole("broker");
    configure("endpoint", credentials.endpoint(subscribe));
    awaitRole("endpoint");
    configure("controller", credentials.controller(publish));
    awaitRole("controller");
  }

  @AfterEach
  void stopRoles() throws IOException {
    for (Configuration configuration : configurations) {
      configuration.delete();
    }
    await("roles gone", () -> references(String.class, "(pktlab.role=*)").isEmpty());
  }

  private void configure(String role, Hashtable<String, Object> properties) throws IOException {
    Configuration configuration = admin.getConfiguration("org.pktlab." + role, "?");
    configuration.update(properties);
    configurations.add(configuration);
  }

  private void awaitRole(String role) {
    await("role " + role + " ready", () -> !references(String.class, "(&(pktlab.role=" + role + ")(pktlab.ready=true))").isEmpty());
  }

  private <T> List<ServiceReference<T>> references(Class<T> type, String filter) {
    try {
      return new ArrayList<>(context.getServiceReferences(type, filter));
    } catch (org.osgi.framework.InvalidSyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private RoleStatus status(String role) {
    return context.getService(references(RoleStatus.class, "(pktlab.role=" + role + ")").get(0));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void await(String what, Condition condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    try {
      while (!condition.holds()) {
        if (System.nanoTime() - deadline > 0) {
          fail("timed out waiting for: " + what);
        }
        TimeUnit.MILLISECONDS.sleep(20);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fail("interrupted while waiting for: " + what);
    } catch (Exception e) {
      fail(what, e);
    }
  }

  private Outcome run(String mlet, List<String> arguments, ByteArrayOutputStream output, List<String> said) throws Exception {
    return runner.run(
        new RunRequest(mlet, arguments, 1, null, null, null, "jsonl", false, output),
        new RunListener() {
          @Override
          public void onNotice(String line) {
            said.add(line);
          }

          @Override
          public void onRefused(String peer, String reason) {
            said.add(peer + " refused: " + reason);
          }

          @Override
          public void onEndpoint(long session, String endpoint, State state, long rows, String detail) {
            said.add("endpoint " + state + " " + detail);
          }
        });
  }

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
