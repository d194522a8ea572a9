package org.pktlab.controller.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.pktlab.link.Link;
import org.pktlab.link.LinkEnd;
import org.pktlab.link.LinkHandler;
import org.pktlab.protocol.Message;
import org.pktlab.protocol.MessageCodec;
import org.pktlab.protocol.ProtocolException;

/** One link as a scripted broker, endpoint or measurement uses it, from the test's thread. */
final class Conversation implements LinkHandler {
  final Link link;
  private final BlockingQueue<Message> arrived = new LinkedBlockingQueue<>();
  private final CompletableFuture<LinkEnd> end = new CompletableFuture<>();

  Conversation(Link link) {
    this.link = link;
  }

  @Override
  public void onFrame(ByteBuffer buffer, int offset, int length) {
    try {
      arrived.add(MessageCodec.decode(buffer, offset, length));
    } catch (ProtocolException e) {
      end.completeExceptionally(e);
    }
  }

  @Override
  public void onClosed(LinkEnd reason) {
    end.complete(reason);
  }

  void send(Message... messages) {
    link.loop()
        .execute(
            () -> {
              for (Message message : messages) {
                link.write(MessageCodec.encode(message));
              }
              link.flush();
            });
  }

  void sendFrame(byte... frame) {
    link.loop()
        .execute(
            () -> {
              link.write(ByteBuffer.wrap(frame));
              link.flush();
            });
  }

  <T extends Message> T next(Class<T> kind) {
    try {
      Message message = arrived.poll(Await.SECONDS, TimeUnit.SECONDS);
      if (message == null) {
        fail(end.isDone() ? "the link has ended: " + end.getNow(null) : "no message arrives");
      }
      return assertInstanceOf(kind, message);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  void nothingMore() {
    assertEquals(null, arrived.peek());
  }

  LinkEnd ended() {
    try {
      return end.get(Await.SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("the link does not end", e);
    }
  }

  boolean hasEnded() {
    return end.isDone();
  }
}
