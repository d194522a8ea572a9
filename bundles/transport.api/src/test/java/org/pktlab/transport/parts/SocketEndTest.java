package org.pktlab.transport.parts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.pktlab.transport.OpenFailedException.Reason;
import org.pktlab.transport.SocketEvents;
import org.pktlab.transport.SocketFailure;

/** How sockets end, one by one and with their transport. The test's thread is that of the loop. */
class SocketEndTest {
  private final List<String> said = new ArrayList<>();
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private boolean loopEnded;
  private long now = 1_000;

  private void execute(Runnable task) {
    if (loopEnded) {
      throw new RejectedExecutionException();
    }
    tasks.add(task);
  }

  private void runTasks() {
    while (!tasks.isEmpty()) {
      tasks.poll().run();
    }
  }

  private final class Owner implements SocketEvents {
    @Override
    public void onConnected(long timeNs) {}

    @Override
    public void onData(ByteBuffer data, long timeNs) {}

    @Override
    public void onDatagram(ByteBuffer data, InetSocketAddress from, long timeNs) {}

    @Override
    public void onReadComplete() {}

    @Override
    public void onEndOfStream(long timeNs) {}

    @Override
    public void onFlushed(long timeNs) {}

    @Override
    public void onFailed(SocketFailure failure, boolean sending, long timeNs) {
      said.add(failure + (sending ? " sending " : " ") + timeNs);
    }
  }

  private SocketEnd end() {
    SocketEnd[] made = new SocketEnd[1];
    made[0] = new SocketEnd(new Owner(), () -> now, new LoopThread(this::execute), () -> said.add(made[0].isClosed() ? "closed" : "released"));
    return made[0];
  }

  @Test
  void shouldCloseOnceAndSayNothing() {
    SocketEnd end = end();
    assertTrue(end.isOpen());
    end.close();
    end.close();
    end.withdraw();
    assertFalse(end.isOpen());
    assertEquals(List.of("closed"), said);
  }

  @Test
  void shouldBeClosedWhenTheOwnerIsToldOfAFailure() {
    SocketEnd end = end();
    end.fail(SocketFailure.RESET, false);
    end.close();
    end.withdraw();
    assertEquals(List.of("closed", "RESET 1000"), said);
  }

  @Test
  void shouldTellLaterWithTheTimeOfTheFailure() {
    SocketEnd end = end();
    end.failLater(SocketFailure.TOO_LONG, true);
    assertFalse(end.isOpen());
    assertFalse(end.isClosed());
    now = 2_000;
    runTasks();
    assertTrue(end.isClosed());
    assertEquals(List.of("released", "closed", "TOO_LONG sending 1000"), said);
  }

  @Test
  void shouldNotTellOfAFailureOnceTheOwnerHasClosed() {
    SocketEnd end = end();
    end.failLater(SocketFailure.TOO_LONG, true);
    end.close();
    runTasks();
    assertEquals(List.of("released", "closed"), said);
  }

  @Test
  void shouldCloseWhenTheLoopHasEnded() {
    SocketEnd end = end();
    loopEnded = true;
    end.failLater(SocketFailure.OTHER, true);
    assertTrue(end.isClosed());
    assertEquals(List.of("released", "closed"), said);
  }

  @Test
  void shouldTellOfTheFirstFailureWhenWithdrawn() {
    SocketEnd end = end();
    end.failLater(SocketFailure.OTHER, true);
    end.withdraw();
    runTasks();
    assertEquals(List.of("released", "closed", "OTHER sending 1000"), said);
    said.clear();
    end().withdraw();
    assertEquals(List.of("closed", "WITHDRAWN 1000"), said);
  }

  private OpenSockets sockets(AtomicInteger releases) {
    return new OpenSockets(this::execute) {
      @Override
      protected void release() {
        releases.incrementAndGet();
      }
    };
  }

  @Test
  void shouldGiveBackWhatSocketsShareATurnAfterTheLastOne() {
    AtomicInteger releases = new AtomicInteger();
    OpenSockets sockets = sockets(releases);
    SocketEnd first = end();
    SocketEnd second = end();
    sockets.add(first);
    sockets.add(second);
    sockets.remove(first);
    runTasks();
    sockets.remove(second);
    sockets.remove(second);
    assertEquals(0, releases.get());
    assertEquals(1, tasks.size());
    sockets.add(first);
    runTasks();
    assertEquals(0, releases.get());
    loopEnded = true;
    sockets.remove(first);
    assertEquals(1, releases.get());
  }

  @Test
  void shouldWithdrawAllOfALoopOnItsThread() throws Exception {
    OpenSockets sockets = sockets(new AtomicInteger());
    sockets.add(end());
    sockets.add(end());
    Thread other = new Thread(() -> sockets.withdraw(() -> said.add("told")));
    other.start();
    other.join();
    assertEquals(List.of(), said);
    runTasks();
    assertEquals(List.of("closed", "WITHDRAWN 1000", "closed", "WITHDRAWN 1000", "told"), said);
    said.clear();
    loopEnded = true;
    Thread late = new Thread(() -> sockets.withdraw(() -> said.add("told")));
    late.start();
    late.join();
    assertEquals(List.of("told"), said);
  }

  @Test
  void shouldWithdrawEveryMemberAndOpenNothingMore() {
    List<Withdrawal.Member> members = new ArrayList<>();
    Withdrawal withdrawal = new Withdrawal(members);
    assertFalse(withdrawal.hasBegun());
    OpenSockets sockets = sockets(new AtomicInteger());
    sockets.add(end());
    members.add(sockets);
    members.add(told -> {
      assertTrue(withdrawal.hasBegun());
      told.run();
    });
    assertEquals(0, withdrawal.run());
    assertEquals(List.of("closed", "WITHDRAWN 1000"), said);
    assertEquals(Reason.OTHER, withdrawal.refusal().reason());
  }

  @Test
  void shouldCountWhatDoesNotEndInTime() {
    Withdrawal.Member silent = told -> {};
    Withdrawal.Member slow =
        new Withdrawal.Member() {
          @Override
          public void withdraw(Runnable told) {
            told.run();
          }

          @Override
          public boolean awaitEnd(long millis) {
            return false;
          }
        };
    assertEquals(1, new Withdrawal(List.of(slow)).run());
    assertEquals(2, new Withdrawal(List.of(silent, slow, slow)).run());
    Thread.currentThread().interrupt();
    assertEquals(0, new Withdrawal(List.of(silent)).run());
    assertTrue(Thread.interrupted());
  }

  @Test
  void shouldGiveBackWhatATaskThrowsOnTheLoop() {
    LoopThread thread = new LoopThread(this::execute);
    assertThrows(
        IllegalStateException.class,
        () ->
            thread.run(
                () -> {
                  throw new IllegalStateException();
                }));
  }
}
