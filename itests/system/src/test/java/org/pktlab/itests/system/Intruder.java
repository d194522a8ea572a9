package org.pktlab.itests.system;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Connects where it does not belong: says nothing and stays, sends what is not TLS, announces more than it sends, leaves in the middle, and
 * puts what steers a terminal wherever a log might repeat it. It also listens, and greets whoever comes in the same way.
 */
final class Intruder implements AutoCloseable {
  private static final int SILENT = 40;
  private static final String STEERING = "\u001b]0;owned\u0007\u001b[2J\r\nforged line";

  private final List<Socket> open = new ArrayList<>();
  private final ServerSocket server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
  private final Random random = new Random(20_556);

  Intruder() throws IOException {
    Thread greeter =
        new Thread(
            () -> {
              while (!server.isClosed()) {
                try (Socket visitor = server.accept()) {
                  visitor.getOutputStream().write(("HTTP/1.1 200 " + STEERING + "\n\n").getBytes(StandardCharsets.ISO_8859_1));
                } catch (IOException e) {
                  // closed, or the visitor has left
                }
              }
            },
            "intruder");
    greeter.setDaemon(true);
    greeter.start();
  }

  /** Where it listens. */
  String address() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  /** Does all of it at a port; the silent connections stay until it is closed. */
  void visit(String address) throws IOException {
    for (int i = 0; i < SILENT; i++) {
      open.add(connect(address));
    }
    byte[] noise = new byte[8192];
    random.nextBytes(noise);
    send(address, noise);
    send(address, (STEERING + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
    send(address, ("GET /" + STEERING + " HTTP/1.1\r\nHost: " + STEERING + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
    send(address, record(22, 16_384, new byte[100])); // more is announced than comes
    send(address, record(22, 65_535, new byte[100])); // no record is so long
    send(address, record(21, 2, new byte[] {2, 40})); // an alert in the beginning
    send(address, hello(STEERING));
    send(address, hello("a".repeat(2000)));
    byte[] cut = hello("example.org");
    send(address, java.util.Arrays.copyOf(cut, cut.length / 2));
    Socket reset = connect(address);
    reset.setSoLinger(true, 0);
    reset.getOutputStream().write(cut);
    reset.close();
  }

  private static Socket connect(String address) throws IOException {
    int colon = address.lastIndexOf(':');
    return new Socket(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
  }

  /** Sends it and waits until the other side has had enough, or a moment. */
  private static void send(String address, byte[] octets) throws IOException {
    try (Socket socket = connect(address)) {
      socket.setSoTimeout(200);
      OutputStream out = socket.getOutputStream();
      out.write(octets);
      out.flush();
      socket.shutdownOutput();
      while (socket.getInputStream().read() >= 0) {
        continue; // an alert
      }
    } catch (IOException e) {
      // It hung up: that is what it should do.
    }
  }

  private static byte[] record(int type, int announced, byte[] content) throws IOException {
    ByteArrayOutputStream record = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(record);
    out.writeByte(type);
    out.writeShort(0x0303);
    out.writeShort(announced);
    out.write(content);
    return record.toByteArray();
  }

  /** A ClientHello of TLS 1.3 that asks for a server of this name. */
  private byte[] hello(String name) throws IOException {
    byte[] host = name.getBytes(StandardCharsets.ISO_8859_1);
    ByteArrayOutputStream extensions = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(extensions);
    out.writeShort(0); // server_name
    out.writeShort(host.length + 5);
    out.writeShort(host.length + 3);
    out.writeByte(0);
    out.writeShort(host.length);
    out.write(host);
    out.write(new byte[] {0, 43, 0, 3, 2, 3, 4}); // supported_versions: TLS 1.3
    out.write(new byte[] {0, 13, 0, 4, 0, 2, 8, 7}); // signature_algorithms: ed25519
    out.write(new byte[] {0, 10, 0, 4, 0, 2, 0, 29}); // supported_groups: x25519
    byte[] share = new byte[32];
    random.nextBytes(share);
    out.write(new byte[] {0, 51, 0, 38, 0, 36, 0, 29, 0, 32}); // key_share
    out.write(share);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    out = new DataOutputStream(body);
    out.writeShort(0x0303);
    byte[] nonce = new byte[32];
    random.nextBytes(nonce);
    out.write(nonce);
    out.writeByte(0); // no session
    out.write(new byte[] {0, 2, 0x13, 0x01, 1, 0}); // one cipher suite, no compression
    out.writeShort(extensions.size());
    out.write(extensions.toByteArray());
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    out = new DataOutputStream(message);
    out.writeByte(1);
    out.writeByte(body.size() >> 16);
    out.writeShort(body.size());
    out.write(body.toByteArray());
    return record(22, message.size(), message.toByteArray());
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
