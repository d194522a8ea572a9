package org.pktlab.endpoint.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.pktlab.link.Link;
import org.pktlab.link.LinkEnd;
import org.pktlab.link.LinkHandler;
import org.pktlab.protocol.Mdata;
import org.pktlab.protocol.Message;
import org.pktlab.protocol.MessageCodec;
import org.pktlab.protocol.Mread;
import org.pktlab.protocol.Mwrite;
import org.pktlab.protocol.Notification;
import org.pktlab.protocol.ProtocolException;
import org.pktlab.protocol.Request;
import org.pktlab.protocol.Response;
import org.pktlab.protocol.Result;
import org.pktlab.protocol.Start;

/** One session as a scripted controller sees it: messages go out, messages come in and are looked at in order. Used by the test's thread. */
final class ControllerEnd implements LinkHandler {
  final Link link;
  private final BlockingQueue<Message> arrived = new LinkedBlockingQueue<>();
  private final Deque<Message> setAside = new ArrayDeque<>();
  private final CompletableFuture<LinkEnd> end = new CompletableFuture<>();

  ControllerEnd(Link link) {
    this.link = link;
  }

  @Override
  public void onFrame(ByteBuffer buffer, int offset, int length) {
    try {
      arrived.add(MessageCodec.decode(buffer, offset, length));
    } catch (ProtocolException e) {
      end.completeExceptionally(new AssertionError("the endpoint sent a malformed message: " + e.getMessage()));
    }
  }

  @Override
  public void onClosed(LinkEnd reason) {
    end.complete(reason);
  }

  // ---- out

  /** Sends messages, all at once. */
  void send(Message... messages) {
    send(List.of(messages));
  }

  void send(List<? extends Message> messages) {
    List<ByteBuffer> frames = new ArrayList<>(messages.size());
    for (Message message : messages) {
      frames.add(MessageCodec.encode(message));
    }
    link.loop()
        .execute(
            () -> {
              frames.forEach(link::write);
              link.flush();
            });
  }

  /** Sends whole frames whatever their bodies hold. */
  void sendFrames(byte[]... frames) {
    link.loop()
        .execute(
            () -> {
              for (byte[] frame : frames) {
                link.write(ByteBuffer.wrap(frame));
              }
              link.flush();
            });
  }

  /** Octets queued on our side: not yet taken by the endpoint or the system in between. */
  long queued() {
    return onLoop(link::queuedOctets);
  }

  void stopReading() {
    onLoop(
        () -> {
          link.pauseReading();
          return null;
        });
  }

  void readOn() {
    onLoop(
        () -> {
          link.resumeReading();
          return null;
        });
  }

  private <T> T onLoop(java.util.concurrent.Callable<T> task) {
    try {
      return link.loop().submit(task).get(Await.SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("the controller's loop does not answer", e);
    }
  }

  // ---- in

  /** The next message, whatever it is; those set aside come first. */
  Message next() {
    Message first = setAside.poll();
    return first != null ? first : arrival();
  }

  private Message arrival() {
    try {
      Message message = arrived.poll(Await.SECONDS, TimeUnit.SECONDS);
      if (message == null) {
        fail(end.isDone() ? "the session has ended: " + end.getNow(null) : "no message arrives");
      }
      return message;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** The next message, which must be of that kind. */
  <T extends Message> T next(Class<T> kind) {
    return assertInstanceOf(kind, next());
  }

  /** The next message is a response with that status. */
  void nextIsResult(int status) {
    assertEquals(Integer.toHexString(status), Integer.toHexString(next(Result.class).status()));
  }

  int arrivedCount() {
    return arrived.size() + setAside.size();
  }

  /** Sends a request and waits for its response; notifications that come before are set aside. */
  Response ask(Request request) {
    send(request);
    return response();
  }

  /** The next response; notifications that come before it are set aside. */
  Response response() {
    while (true) {
      Message message = arrival();
      if (message instanceof Response) {
        return (Response) message;
      }
      assertInstanceOf(Notification.class, message);
      setAside.add(message);
    }
  }

  /** The status of the response to a request. */
  int status(Request request) {
    return assertInstanceOf(Result.class, ask(request)).status();
  }

  void succeed(Request request) {
    assertEquals("0", Integer.toHexString(status(request)), request::toString);
  }

  byte[] read(int address, int length) {
    Mdata data = assertInstanceOf(Mdata.class, ask(new Mread(address & 0xFFFFFFFFL, length)));
    assertEquals(address & 0xFFFFFFFFL, data.addr());
    assertEquals(length, data.data().length);
    return data.data();
  }

  long readNumber(int address, int octets) {
    long value = 0;
    for (byte octet : read(address, octets)) {
      value = value << 8 | octet & 0xFF;
    }
    return value;
  }

  void write(int address, byte[] data) {
    succeed(new Mwrite(address & 0xFFFFFFFFL, data));
  }

  /** Waits until the endpoint has ended the session (or we have); everything that arrived before is still there. */
  LinkEnd ended() {
    try {
      return end.get(Await.SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("the session does not end", e);
    }
  }

  boolean hasEnded() {
    return end.isDone();
  }

  /** Nothing else has arrived; to be asked after {@link #ended()} or a response. */
  void nothingMore() {
    Message more = setAside.peek() != null ? setAside.peek() : arrived.peek();
    assertEquals(null, more);
  }

  ControllerEnd started() {
    succeed(new Start());
    return this;
  }

  void close() {
    link.close();
  }

  static ControllerEnd required(ControllerEnd end) {
    assertNotNull(end, "no endpoint has connected");
    return end;
  }
}
