package org.pktlab.link.netty;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pktlab.cert.ChainMode;
import org.pktlab.cert.bc.BouncyCastleTrust;
import org.pktlab.link.ConnectRequest;
import org.pktlab.link.LinkEnd;
import org.pktlab.link.ServerCredentials;

/** The handshakes whose outcome in the C package is known, on epoll and on NIO. */
class HandshakeCasesTest {
  static Stream<Arguments> cases() {
    return Handshakes.cases().flatMap(c -> Stream.of("default", "nio").map(kind -> Arguments.of(c.get("id").asText(), kind, c)));
  }

  private static Network network(String kind) {
    return kind.equals("nio") ? new Network(new NettyLinks(BouncyCastleTrust.verifier(), Loops.nio(1))) : new Network();
  }

  @Test
  void shouldKnowAllCases() {
    assertEquals(15, Handshakes.cases().count());
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("cases")
  void shouldEndAsWithTheReference(String id, String kind, JsonNode c) throws Exception {
    boolean agent = c.get("mode").asText().equals("agent");
    JsonNode server = c.get("server");
    JsonNode client = c.get("client");
    JsonNode expected = c.get("reference");
    ServerCredentials own =
        new ServerCredentials(
            Handshakes.key(server.get("key").asText()),
            Handshakes.chain(server.get("chain")),
            agent ? ChainMode.AGENT : ChainMode.CONTROLLER_JUDGES_ENDPOINT,
            Handshakes.roots(server.get("trusted_roots")),
            agent || !server.get("trusted_roots").isEmpty(),
            id);
    try (Network network = network(kind)) {
      InetSocketAddress address =
          network.listen(
              key -> {
                boolean mine = key == null ? server.get("is_default_entry").asBoolean() : key.equals(server.get("snikey").asText());
                return mine ? own : null;
              },
              Handshakes.LIMITS);
      String clientKey = client.get("key").asText(null);
      ConnectRequest request =
          new ConnectRequest(
              address,
              client.get("sni").asText(null),
              Handshakes.key(clientKey == null ? "k_ep" : clientKey),
              Handshakes.chain(client.get("chain")),
              agent ? ChainMode.AGENT : ChainMode.ENDPOINT_JUDGES_CONTROLLER,
              Handshakes.roots(client.get("trusted_roots")),
              Duration.ofSeconds(5),
              Handshakes.LIMITS);
      Network.Attempt attempt = network.attempt(request);
      if (expected.get("client_result").asText().equals("SUCCESS")) {
        RecordingHandler side = attempt.await();
        if (expected.has("client_saw_certs")) {
          assertEquals(expected.get("client_saw_certs").asInt(), side.link.peer().chain().certificates().size());
        }
        if (expected.get("client_reads_application_data").asBoolean()) {
          established(network, side, id, expected);
        } else {
          // The client finished first; the server's rejection is the first thing it reads.
          assertNotNull(network.awaitRefusal());
          LinkEnd end = side.awaitEnd();
          assertEquals(LinkEnd.Kind.FAILED, end.kind(), end.detail());
          assertTrue(end.detail().contains("fatal alert"), end.detail());
        }
      } else {
        assertTrue(attempt.awaitFailure().startsWith("HANDSHAKE "));
        assertNotNull(network.awaitRefusal());
        assertEquals(0, network.accepted.size());
      }
    }
  }

  private static void established(Network network, RecordingHandler client, String id, JsonNode expected) throws Exception {
    RecordingHandler server = network.awaitAccepted();
    assertEquals(id, server.link.peer().attachment());
    assertEquals(expected.get("server_saw_sni").asText(null), server.link.peer().sni());
    int certificates = expected.get("server_saw_certs").asInt();
    if (certificates == 0) {
      assertNull(server.link.peer().chain());
    } else {
      assertEquals(certificates, server.link.peer().chain().certificates().size());
    }
    assertTrue(server.link.coalescing() && client.link.coalescing());
    byte[] down = Frames.random(0x28, 6, 1);
    byte[] up = Frames.random(0x41, 70_000, 2);
    server.send(down);
    client.send(up);
    assertArrayEquals(down, client.awaitFrame());
    assertArrayEquals(up, server.awaitFrame());
    client.link.close();
    assertEquals(LinkEnd.Kind.LOCAL, client.awaitEnd().kind());
    assertEquals(new LinkEnd(LinkEnd.Kind.PEER, "the peer closed the link"), server.awaitEnd());
  }
}
