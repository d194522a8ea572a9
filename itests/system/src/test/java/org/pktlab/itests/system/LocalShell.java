package org.pktlab.itests.system;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Talks to the shell of a running role as {@code ./pktlab shell} does, without a JVM for each question. */
final class LocalShell {
  private LocalShell() {}

  /** Runs one command in the container {@code ROLE-PID}; returns what it printed. */
  static String ask(Lab lab, String role, long pid, String command) throws IOException {
    Path socket = lab.runFolder().resolve(role + "-" + pid).resolve("shell.sock");
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      channel.write(ByteBuffer.wrap((command + "\n").getBytes(StandardCharsets.UTF_8)));
      ByteBuffer buffer = ByteBuffer.allocate(8192);
      while (channel.read(buffer) >= 0) {
        answer.write(buffer.array(), 0, buffer.position());
        buffer.clear();
        String text = answer.toString(StandardCharsets.UTF_8);
        int end = text.indexOf('\0');
        if (end >= 0 && text.indexOf('\n', end) > 0) {
          if (!text.startsWith("0\n", end + 1)) {
            throw new AssertionError(command + " failed: " + text);
          }
          return text.substring(0, end);
        }
      }
    }
    throw new AssertionError("the " + role + " closed its shell");
  }
}
