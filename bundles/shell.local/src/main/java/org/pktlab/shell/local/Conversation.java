package org.pktlab.shell.local;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.pktlab.role.Printable;

/**
 * One peer of the local shell. It sends lines; for each, what the command prints comes back as it is printed, without NUL, then NUL, the status in decimal (0 done,
 * 1 failed) and a line feed. A peer that goes away interrupts its command. Two threads: one reads lines, so that the going away is noticed, one runs commands.
 */
final class Conversation {
  /** Longest line in octets. */
  static final int LONGEST_LINE = 65_536;

  private static final int WAITING_LINES = 100;
  private static final String END = "";

  private final SocketChannel channel;
  private final CommandProcessor processor;
  private final Consumer<Conversation> whenOver;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>(WAITING_LINES);
  private final Thread reader = new Thread(this::read, "pktlab-shell-read");
  private final Thread runner = new Thread(this::run, "pktlab-shell-run");

  Conversation(SocketChannel channel, CommandProcessor processor, Consumer<Conversation> whenOver) {
    this.channel = channel;
    this.processor = processor;
    this.whenOver = whenOver;
    reader.setDaemon(true);
    runner.setDaemon(true);
  }

  void start() {
    reader.start();
    runner.start();
  }

  /** Ends it from outside. */
  void close() {
    runner.interrupt();
    try {
      channel.close();
    } catch (IOException e) {
      // It is gone, which was the aim.
    }
  }

  private void read() {
    try {
      // Not a stream of Channels: on JDK 17 its read holds a lock that a write through Channels waits for.
      byte[] buffer = new byte[4096];
      ByteBuffer octets = ByteBuffer.wrap(buffer);
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int count = channel.read(octets); count >= 0; count = channel.read(octets.clear())) {
        for (int i = 0; i < count; i++) {
          if (buffer[i] == '\n') {
            String text = line.toString(StandardCharsets.UTF_8).strip();
            line.reset();
            if (!text.isEmpty()) {
              lines.put(text);
            }
          } else if (line.size() == LONGEST_LINE) {
            close();
            return;
          } else {
            line.write(buffer[i]);
          }
        }
      }
      runner.interrupt();
    } catch (IOException e) {
      runner.interrupt();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lines.offer(END);
    }
  }

  private void run() {
    try (channel;
        PrintStream out = new PrintStream(new AnswerStream(channel), false, StandardCharsets.UTF_8)) {
      CommandSession session = processor.createSession(new ByteArrayInputStream(new byte[0]), out, out);
      try {
        session.put("SCOPE", "pktlab:*");
        for (String line = lines.take(); line != END; line = lines.take()) {
          int status = execute(session, line, out);
          out.flush();
          if (out.checkError()) {
            return;
          }
          AnswerStream.write(channel, ByteBuffer.wrap(("\0" + status + "\n").getBytes(StandardCharsets.US_ASCII)));
        }
      } finally {
        session.close();
      }
    } catch (IOException e) {
      // The peer has gone.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      whenOver.accept(this);
    }
  }

  private static int execute(CommandSession session, String line, PrintStream out) throws InterruptedException {
    try {
      Object result = session.execute(line);
      if (result != null) {
        CharSequence shown = session.format(result, Converter.INSPECT);
        if (shown != null) {
          out.println(shown);
        }
      }
      return 0;
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      String message = e.getMessage();
      out.println(message == null ? e.getClass().getName() : Printable.of(message)); // it may quote what a remote party sent
      return 1;
    }
  }
}
