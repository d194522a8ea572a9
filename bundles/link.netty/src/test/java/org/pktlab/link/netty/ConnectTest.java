package org.pktlab.link.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pktlab.link.LinkLimits;
import org.pktlab.link.ListenRequest;

/** Attempts that come to nothing. */
class ConnectTest {
  private final Network network = new Network();

  @AfterEach
  void close() {
    network.close();
  }

  private static InetSocketAddress address(ServerSocket socket) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
  }

  private static ServerSocket silentServer() throws IOException {
    return new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
  }

  @Test
  void shouldReportARefusedConnection() throws Exception {
    InetSocketAddress nobody;
    try (ServerSocket socket = silentServer()) {
      nobody = address(socket);
    }
    String failure = network.attempt(Handshakes.endpoint(nobody, Handshakes.LIMITS)).awaitFailure();
    assertTrue(failure.startsWith("CONNECT ") && failure.contains("refused"), failure);
    assertTrue(failure.chars().allMatch(c -> c >= ' ' && c <= '~'));
  }

  @Test
  void shouldReportAServerThatSaysNothing() throws Exception {
    try (ServerSocket socket = silentServer()) {
      LinkLimits hasty = new LinkLimits(1000, Duration.ofMillis(200), Duration.ZERO, 1, 1);
      String failure = network.attempt(Handshakes.endpoint(address(socket), hasty)).awaitFailure();
      assertEquals("HANDSHAKE no TLS handshake within 200 ms", failure);
    }
  }

  @Test
  void shouldReportAServerThatDoesNotSpeakTls() throws Exception {
    try (ServerSocket socket = silentServer()) {
      Network.Attempt attempt = network.attempt(Handshakes.endpoint(address(socket), Handshakes.LIMITS));
      try (Socket accepted = socket.accept()) {
        accepted.getOutputStream().write("220 mail.example \u001b[2J\r\n".getBytes());
        String failure = attempt.awaitFailure();
        assertEquals("HANDSHAKE the peer does not speak TLS", failure);
      }
    }
  }

  @Test
  void shouldReportAServerThatHangsUp() throws Exception {
    try (ServerSocket socket = silentServer()) {
      Network.Attempt attempt = network.attempt(Handshakes.endpoint(address(socket), Handshakes.LIMITS));
      Socket accepted = socket.accept();
      accepted.getInputStream().read(new byte[4096]);
      accepted.close();
      assertEquals("HANDSHAKE the peer closed the connection during the handshake", attempt.awaitFailure());
    }
  }

  @Test
  void shouldGiveUpWhenAsked() throws Exception {
    try (ServerSocket socket = silentServer()) {
      Network.Attempt attempt = network.attempt(Handshakes.endpoint(address(socket), Handshakes.LIMITS));
      try (Socket accepted = socket.accept()) {
        accepted.getInputStream().read();
        attempt.giveUp.run();
        assertEquals("HANDSHAKE given up", attempt.awaitFailure());
        accepted.getInputStream().readAllBytes();
      }
      attempt.giveUp.run();
    }
  }

  @Test
  void shouldSayWhichAddressCannotBeListenedOn() throws Exception {
    try (ServerSocket socket = silentServer()) {
      ListenRequest request = new ListenRequest(address(socket), key -> null, Handshakes.LIMITS);
      IOException refused = assertThrows(IOException.class, () -> network.listen(request, RecordingHandler::new));
      assertTrue(refused.getMessage().contains(":" + socket.getLocalPort() + ": "), refused.getMessage());
    }
  }

  @Test
  void shouldStopAcceptingWhenTheServerIsClosed() throws Exception {
    InetSocketAddress address = network.listen(Handshakes.LIMITS);
    RecordingHandler client = network.connect(Handshakes.endpoint(address, Handshakes.LIMITS));
    RecordingHandler server = network.awaitAccepted();
    network.server().close();
    network.server().close();
    String failure = network.attempt(Handshakes.endpoint(address, Handshakes.LIMITS)).awaitFailure();
    assertTrue(failure.startsWith("CONNECT "), failure);
    client.send(Frames.of(0x28, new byte[6]));
    assertEquals(10, server.awaitFrame().length);
  }
}
