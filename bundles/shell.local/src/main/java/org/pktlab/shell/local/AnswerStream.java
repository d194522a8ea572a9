package org.pktlab.shell.local;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * What commands print, on its way to the peer, without NUL, which ends an answer. Not one of {@code java.nio.channels.Channels}: while a thread reads from such a
 * stream of a channel, JDK 17 lets no other write to it.
 */
final class AnswerStream extends OutputStream {
  private final SocketChannel channel;

  AnswerStream(SocketChannel channel) {
    this.channel = channel;
  }

  static void write(SocketChannel channel, ByteBuffer octets) throws IOException {
    while (octets.hasRemaining()) {
      channel.write(octets);
    }
  }

  @Override
  public void write(int octet) throws IOException {
    write(new byte[] {(byte) octet}, 0, 1);
  }

  @Override
  public void write(byte[] octets, int offset, int length) throws IOException {
    ByteBuffer kept = ByteBuffer.allocate(length);
    for (int i = offset; i < offset + length; i++) {
      if (octets[i] != 0) {
        kept.put(octets[i]);
      }
    }
    write(channel, kept.flip());
  }
}
