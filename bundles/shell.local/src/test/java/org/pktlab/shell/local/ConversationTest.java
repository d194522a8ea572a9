package org.pktlab.shell.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.gogo.runtime.threadio.ThreadIOImpl;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class ConversationTest {
  // Started once: a conversation that ends late would put back the streams of the one before.
  private static final ThreadIOImpl STREAMS = new ThreadIOImpl();

  @TempDir Path folder;

  private final CountDownLatch over = new CountDownLatch(1);
  private final Commands commands = new Commands();
  private SocketChannel peer;

  /** What the sessions of the tests can do. */
  public static final class Commands {
    final CountDownLatch begun = new CountDownLatch(1);
    final CountDownLatch interrupted = new CountDownLatch(1);

    /** Prints its words, and an octet that must not get through. */
    public void say(String... words) {
      System.out.println(String.join(" ", words) + "\0");
    }

    /** Fails. */
    public void fail() {
      throw new IllegalStateException("this went wrong: \u001b[2J");
    }

    /** Waits until it is interrupted. */
    public void hang() throws InterruptedException {
      begun.countDown();
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        interrupted.countDown();
        throw e;
      }
    }
  }

  @BeforeAll
  static void divertStreams() {
    STREAMS.start();
  }

  @AfterAll
  static void restoreStreams() {
    STREAMS.stop();
  }

  @BeforeEach
  void connect() throws Exception {
    CommandProcessorImpl processor = new CommandProcessorImpl(STREAMS);
    for (String name : new String[] {"say", "fail", "hang"}) {
      processor.addCommand("pktlab", commands, name);
    }
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(address);
      peer = SocketChannel.open(address);
      new Conversation(server.accept(), processor, gone -> over.countDown()).start();
    }
  }

  @AfterEach
  void disconnect() throws Exception {
    peer.close();
    assertTrue(over.await(10, TimeUnit.SECONDS), "the conversation goes on without its peer");
  }

  private String ask(String line) throws Exception {
    peer.write(StandardCharsets.UTF_8.encode(line + "\n"));
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    ByteBuffer octet = ByteBuffer.allocate(1);
    boolean ending = false;
    while (peer.read(octet.clear()) > 0) {
      answer.write(octet.get(0));
      ending |= octet.get(0) == 0;
      if (ending && octet.get(0) == '\n') {
        break;
      }
    }
    return answer.toString(StandardCharsets.UTF_8);
  }

  @Test
  void shouldAnswerWithWhatIsPrintedAndTheStatus() throws Exception {
    assertEquals("hello there\n\0000\n", ask("say hello there"));
    assertEquals("again\n\0000\n", ask("pktlab:say again"));
  }

  @Test
  void shouldSayWhyACommandFailed() throws Exception {
    assertEquals("this went wrong: \\x1b[2J\n\0001\n", ask("fail"));
    assertEquals("Command not found: nonsense\n\0001\n", ask("nonsense"));
    assertEquals("after\n\0000\n", ask("say after"));
  }

  @Test
  void shouldInterruptACommandWhosePeerGoesAway() throws Exception {
    peer.write(StandardCharsets.UTF_8.encode("hang\n"));
    assertTrue(commands.begun.await(10, TimeUnit.SECONDS));
    peer.close();
    assertTrue(commands.interrupted.await(10, TimeUnit.SECONDS));
  }

  @Test
  void shouldEndWhenALineHasNoEnd() throws Exception {
    ByteBuffer octets = ByteBuffer.allocate(Conversation.LONGEST_LINE + 10);
    while (octets.hasRemaining()) {
      octets.put((byte) 'x');
    }
    octets.flip();
    try {
      while (octets.hasRemaining()) {
        peer.write(octets);
      }
    } catch (java.io.IOException e) {
      // It hung up before it had read all.
    }
    assertTrue(over.await(10, TimeUnit.SECONDS));
  }
}
