package org.pktlab.schedule.send;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pktlab.schedule.Alarm;

/** Alarms on real loops. Tests assert that none is early; how late they are is the machine's affair. */
class SpinTimerTest {
  private static final long SECONDS = 10;
  private static final long MILLI = 1_000_000;

  enum Kind {
    EPOLL,
    NIO,
    PLAIN;

    ScheduledExecutorService start() {
      return switch (this) {
        case EPOLL -> new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()).next();
        case NIO -> new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory()).next();
        case PLAIN -> Executors.newSingleThreadScheduledExecutor();
      };
    }
  }

  private final SpinTimer timer = new SpinTimer(200, 2_000, 10, new LoopThread(0, 0, ""));
  private final AtomicLong step = new AtomicLong();

  /** The endpoint's clock: the real one, stepped by {@link #step}. */
  private long clock() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano() + step.get();
  }

  private static void end(ScheduledExecutorService loop) {
    if (loop instanceof EventLoop) {
      ((EventLoop) loop).shutdownGracefully(0, 1, TimeUnit.SECONDS);
    } else {
      loop.shutdownNow();
    }
  }

  private static <T> T on(ScheduledExecutorService loop, Callable<T> task) throws Exception {
    return loop.submit(task).get(SECONDS, TimeUnit.SECONDS);
  }

  private static void await(CountDownLatch latch) throws InterruptedException {
    assertTrue(latch.await(SECONDS, TimeUnit.SECONDS), "an alarm did not ring");
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void shouldRingInOrderAndNeverEarly(Kind kind) throws Exception {
    ScheduledExecutorService loop = kind.start();
    try {
      int count = 200;
      Random random = new Random(5);
      List<Long> rung = new ArrayList<>();
      List<Long> at = new ArrayList<>();
      CountDownLatch left = new CountDownLatch(count);
      on(
          loop,
          () -> {
            long start = clock();
            for (int i = 0; i < count; i++) {
              long target = start + random.nextInt(20) * MILLI + random.nextInt(300) * 1000L;
              timer
                  .alarm(
                      loop,
                      this::clock,
                      () -> {
                        at.add(clock());
                        rung.add(target);
                        left.countDown();
                      })
                  .at(target);
            }
            return null;
          });
      await(left);
      for (int i = 0; i < count; i++) {
        assertTrue(at.get(i) >= rung.get(i), "an alarm was early");
        // A wake-up call that comes late may let a later alarm pass an earlier one that still sleeps, but never by more than both were
        // late.
        assertTrue(i == 0 || rung.get(i - 1) <= rung.get(i) || at.get(i - 1) >= rung.get(i), "alarms rang out of order");
      }
    } finally {
      end(loop);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void shouldRingInTheOrderOfTheirTimesWhenAllHavePassed(Kind kind) throws Exception {
    ScheduledExecutorService loop = kind.start();
    try {
      List<Integer> rung = new ArrayList<>();
      CountDownLatch left = new CountDownLatch(5);
      on(
          loop,
          () -> {
            long now = clock();
            for (int i : new int[] {3, 1, 4, 0, 2}) {
              timer
                  .alarm(
                      loop,
                      this::clock,
                      () -> {
                        rung.add(i);
                        left.countDown();
                      })
                  .at(now - 10 * MILLI + i);
            }
            assertEquals(List.of(), rung, "an alarm rang within the call that set it");
            return null;
          });
      await(left);
      assertEquals(List.of(0, 1, 2, 3, 4), rung);
    } finally {
      end(loop);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void shouldRingOnceAtTheTimeSetLast(Kind kind) throws Exception {
    ScheduledExecutorService loop = kind.start();
    try {
      List<Long> rung = new ArrayList<>();
      CountDownLatch left = new CountDownLatch(1);
      long target =
          on(
              loop,
              () -> {
                Alarm alarm =
                    timer.alarm(
                        loop,
                        this::clock,
                        () -> {
                          rung.add(clock());
                          left.countDown();
                        });
                long now = clock();
                alarm.at(now + 3_600_000 * MILLI);
                alarm.at(now);
                alarm.at(now + 5 * MILLI);
                alarm.at(now + 100_000);
                alarm.at(now + 20 * MILLI);
                alarm.at(now + 20 * MILLI);
                return now + 20 * MILLI;
              });
      await(left);
      CountDownLatch later = new CountDownLatch(1);
      loop.schedule(later::countDown, 5, TimeUnit.MILLISECONDS);
      await(later);
      assertEquals(1, on(loop, rung::size));
      assertTrue(rung.get(0) >= target);
    } finally {
      end(loop);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void shouldNotRingWhenCleared(Kind kind) throws Exception {
    ScheduledExecutorService loop = kind.start();
    try {
      AtomicLong rung = new AtomicLong();
      CountDownLatch later = new CountDownLatch(1);
      on(
          loop,
          () -> {
            long now = clock();
            for (long ahead : new long[] {0, 100_000, 2 * MILLI}) {
              Alarm alarm = timer.alarm(loop, this::clock, rung::incrementAndGet);
              alarm.at(now + ahead);
              alarm.clear();
              alarm.clear();
            }
            Alarm victim = timer.alarm(loop, this::clock, rung::incrementAndGet);
            victim.at(now + 150_000);
            timer.alarm(loop, this::clock, victim::clear).at(now);
            timer.alarm(loop, this::clock, later::countDown).at(now + 8 * MILLI);
            return null;
          });
      await(later);
      assertEquals(0, rung.get());
    } finally {
      end(loop);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void shouldFollowAClockThatIsSteppedForward(Kind kind) throws Exception {
    ScheduledExecutorService loop = kind.start();
    try {
      CountDownLatch left = new CountDownLatch(1);
      long hour = 3_600_000 * MILLI;
      on(
          loop,
          () -> {
            timer.alarm(loop, this::clock, left::countDown).at(clock() + hour);
            return null;
          });
      step.set(hour);
      assertTrue(left.await(3, TimeUnit.SECONDS), "the alarm slept on");
    } finally {
      end(loop);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void shouldFollowAClockThatIsSteppedBack(Kind kind) throws Exception {
    ScheduledExecutorService loop = kind.start();
    try {
      for (long ahead : new long[] {20 * MILLI, 150_000}) { // asleep, and near
        step.set(0);
        AtomicLong rung = new AtomicLong();
        CountDownLatch left = new CountDownLatch(1);
        long target =
            on(
                loop,
                () -> {
                  long time = clock() + ahead;
                  timer
                      .alarm(
                          loop,
                          this::clock,
                          () -> {
                            rung.set(clock());
                            left.countDown();
                          })
                      .at(time);
                  step.set(-50 * MILLI);
                  return time;
                });
        await(left);
        assertTrue(rung.get() >= target, "an alarm was early");
      }
    } finally {
      end(loop);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void shouldCompareTimesAsUnsigned(Kind kind) throws Exception {
    ScheduledExecutorService loop = kind.start();
    try {
      step.set(Long.MAX_VALUE - clock() - 5 * MILLI); // the sign changes in five milliseconds
      AtomicLong rung = new AtomicLong();
      CountDownLatch left = new CountDownLatch(1);
      AtomicLong forever = new AtomicLong();
      long target =
          on(
              loop,
              () -> {
                timer.alarm(loop, this::clock, forever::incrementAndGet).at(-1);
                long time = clock() + 10 * MILLI;
                timer
                    .alarm(
                        loop,
                        this::clock,
                        () -> {
                          rung.set(clock());
                          left.countDown();
                        })
                    .at(time);
                return time;
              });
      await(left);
      assertTrue(Long.compareUnsigned(rung.get(), target) >= 0, "an alarm was early");
      assertEquals(0, forever.get());
    } finally {
      end(loop);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void shouldNotRecurseWhenSetAgainForAPastTimeByItself(Kind kind) throws Exception {
    ScheduledExecutorService loop = kind.start();
    try {
      int[] rounds = {0};
      int[] depth = {0};
      int[] deepest = {0};
      CountDownLatch left = new CountDownLatch(1);
      on(
          loop,
          () -> {
            Alarm[] self = new Alarm[1];
            self[0] =
                timer.alarm(
                    loop,
                    this::clock,
                    () -> {
                      deepest[0] = Math.max(deepest[0], ++depth[0]);
                      if (++rounds[0] < 1000) {
                        self[0].at(rounds[0] % 2 == 0 ? 0 : clock() + 3_000);
                      } else {
                        left.countDown();
                      }
                      depth[0]--;
                    });
            self[0].at(0);
            return null;
          });
      await(left);
      assertEquals(1, deepest[0]);
    } finally {
      end(loop);
    }
  }

  @Test
  void shouldLetTheLoopReceiveBetweenAlarms() throws Exception {
    EventLoop loop = (EventLoop) Kind.EPOLL.start();
    try (DatagramSocket sender = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      int[] rounds = {0};
      int[] sentInRound = {0};
      CountDownLatch left = new CountDownLatch(1);
      Channel receiver =
          new Bootstrap()
              .group(loop)
              .channel(EpollDatagramChannel.class)
              .handler(
                  new SimpleChannelInboundHandler<DatagramPacket>() {
                    @Override
                    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
                      sentInRound[0] = rounds[0];
                      left.countDown();
                    }
                  })
              .bind(InetAddress.getLoopbackAddress(), 0)
              .sync()
              .channel();
      InetSocketAddress to = (InetSocketAddress) receiver.localAddress();
      on(
          loop,
          () -> {
            Alarm[] self = new Alarm[1];
            self[0] =
                timer.alarm(
                    loop,
                    this::clock,
                    () -> {
                      if (++rounds[0] == 10) {
                        try {
                          sender.send(new java.net.DatagramPacket(new byte[1], 1, to));
                        } catch (IOException e) {
                          throw new UncheckedIOException(e);
                        }
                      }
                      if (left.getCount() > 0) {
                        self[0].at(0);
                      }
                    });
            self[0].at(0);
            return null;
          });
      await(left);
      assertTrue(sentInRound[0] <= 12, () -> "received only in round " + sentInRound[0]);
    } finally {
      end(loop);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void shouldRingTheOthersWhenOneFails(Kind kind) throws Exception {
    ScheduledExecutorService loop = kind.start();
    try {
      CountDownLatch left = new CountDownLatch(1);
      on(
          loop,
          () -> {
            timer
                .alarm(
                    loop,
                    this::clock,
                    () -> {
                      throw new IllegalStateException("on purpose");
                    })
                .at(1);
            timer.alarm(loop, this::clock, left::countDown).at(2);
            return null;
          });
      await(left);
    } finally {
      end(loop);
    }
  }

  @Test
  void shouldDoNothingOnALoopThatHasEnded() throws Exception {
    ScheduledExecutorService loop = Kind.PLAIN.start();
    Alarm alarm = timer.alarm(loop, this::clock, () -> {});
    loop.shutdownNow();
    assertTrue(loop.awaitTermination(SECONDS, TimeUnit.SECONDS));
    alarm.at(0);
    alarm.at(clock() + 3_600_000 * MILLI);
    alarm.clear();
    assertFalse(Thread.currentThread().isInterrupted());
  }

  /** Prints how late alarms 1 ms apart are; asserts only what a machine with other work can hold. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  @EnabledIfSystemProperty(named = "pktlab.long", matches = "true")
  void shouldBeLateByLittle(Kind kind) throws Exception {
    ScheduledExecutorService loop = kind.start();
    try {
      long[] late = new long[2_000];
      CountDownLatch left = new CountDownLatch(late.length);
      on(
          loop,
          () -> {
            Alarm[] self = new Alarm[1];
            long[] target = {clock() + 2 * MILLI};
            self[0] =
                timer.alarm(
                    loop,
                    this::clock,
                    () -> {
                      late[late.length - (int) left.getCount()] = clock() - target[0];
                      target[0] += MILLI;
                      left.countDown();
                      if (left.getCount() > 0) {
                        self[0].at(target[0]);
                      }
                    });
            self[0].at(target[0]);
            return null;
          });
      await(left);
      Arrays.sort(late);
      System.out.printf("%s lateness p50 %.1f p99 %.1f max %.1f us%n", kind, late[1000] / 1e3, late[1980] / 1e3, late[1999] / 1e3);
      assertTrue(late[0] >= 0);
      assertTrue(late[1000] < MILLI);
    } finally {
      end(loop);
    }
  }
}
