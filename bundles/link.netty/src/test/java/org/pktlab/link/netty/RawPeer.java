package org.pktlab.link.netty;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import org.pktlab.cert.ChainMode;
import org.pktlab.cert.Ed25519PrivateKey;
import org.pktlab.cert.bc.BouncyCastleTrust;

/** A TLS client on a plain blocking socket that sees every record for itself. Knows no coalescing, like the C programs. */
final class RawPeer implements AutoCloseable {
  private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

  final Socket socket;
  final SSLEngine engine;
  private final ByteBuffer out;

  /** Handshake records that came after the handshake, such as tickets. */
  int lateHandshakeRecords;

  RawPeer(InetSocketAddress to, SSLEngine engine) throws IOException {
    this.engine = engine;
    this.out = ByteBuffer.allocate(4 * engine.getSession().getPacketBufferSize());
    this.socket = new Socket(to.getAddress(), to.getPort());
    socket.setSoTimeout(10_000);
    socket.setTcpNoDelay(true);
  }

  /** A client as a C endpoint is one: chain of k_ep, no application protocol. */
  static SSLEngine endpoint() throws GeneralSecurityException {
    return client(Handshakes.key("k_ep"), Handshakes.chain("subcmd_eop_ep"), engine -> {});
  }

  static SSLEngine client(Ed25519PrivateKey key, List<byte[]> chain, Consumer<SSLEngine> change) throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    PeerJudge judge = new PeerJudge(BouncyCastleTrust.verifier(), ChainMode.ENDPOINT_JUDGES_CONTROLLER, List.of());
    context.init(new KeyManager[] {LocalIdentity.of(key, chain)}, new TrustManager[] {judge}, new SecureRandom());
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(true);
    engine.setEnabledProtocols(new String[] {"TLSv1.3"});
    change.accept(engine);
    return engine;
  }

  /** Runs the client's handshake to its end. */
  RawPeer handshake() throws IOException {
    engine.beginHandshake();
    HandshakeStatus status = engine.getHandshakeStatus();
    while (status != HandshakeStatus.FINISHED && status != HandshakeStatus.NOT_HANDSHAKING) {
      if (status == HandshakeStatus.NEED_UNWRAP) {
        unwrap(readRecord());
      } else if (status == HandshakeStatus.NEED_WRAP) {
        wrap(EMPTY);
      }
      runTasks();
      status = engine.getHandshakeStatus();
    }
    return this;
  }

  private void runTasks() {
    for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
      task.run();
    }
  }

  private void wrap(ByteBuffer plain) throws IOException {
    do {
      out.clear();
      engine.wrap(plain, out);
      socket.getOutputStream().write(out.array(), 0, out.position());
      runTasks();
    } while (plain.hasRemaining());
  }

  private byte[] unwrap(byte[] record) throws SSLException {
    ByteBuffer in = ByteBuffer.wrap(record);
    ByteBuffer plain = ByteBuffer.allocate(record.length + 64);
    while (in.hasRemaining()) {
      SSLEngineResult result = engine.unwrap(in, plain);
      runTasks();
      if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
        throw new SSLException("close_notify");
      }
    }
    plain.flip();
    byte[] octets = new byte[plain.remaining()];
    plain.get(octets);
    return octets;
  }

  /** Reads one TLS record as it is on the wire. */
  byte[] readRecord() throws IOException {
    InputStream in = socket.getInputStream();
    byte[] header = in.readNBytes(5);
    if (header.length < 5) {
      throw new EOFException("end after " + header.length + " octets");
    }
    int length = (header[3] & 0xFF) << 8 | header[4] & 0xFF;
    byte[] body = in.readNBytes(length);
    if (body.length < length) {
      throw new EOFException("end inside a record");
    }
    return Frames.concat(header, body);
  }

  /** Reads the plain octets of the next record that has any. */
  byte[] readData() throws IOException {
    while (true) {
      byte[] plain = unwrap(readRecord());
      if (plain.length > 0) {
        return plain;
      }
      lateHandshakeRecords++;
    }
  }

  /** Reads records until so many plain octets are there; they must end with a record. */
  byte[] readExactly(int octets) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (all.size() < octets) {
      all.writeBytes(readData());
    }
    if (all.size() != octets) {
      throw new AssertionError("a record goes on after octet " + octets);
    }
    return all.toByteArray();
  }

  /** Sends these octets in records of their own. */
  void write(byte[] plain) throws IOException {
    wrap(ByteBuffer.wrap(plain));
  }

  void closeNotify() throws IOException {
    engine.closeOutbound();
    wrap(EMPTY);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
