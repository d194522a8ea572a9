package org.pktlab.shell.commands;

import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Brings what other threads have to say to the session of a command. Gogo binds {@code System.out} to the thread of the command, so only that thread can print; the
 * others queue. The queue is bounded: rows wait for room, remarks are dropped when there is none.
 */
final class SessionOutput {
  private static final int CAPACITY = 1_000;
  private static final byte[] END = {};

  private final BlockingQueue<byte[]> queue = new LinkedBlockingQueue<>(CAPACITY);

  /** Queues a line; never blocks. */
  void remark(String line) {
    queue.offer((line + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** Takes octets and waits for room. */
  OutputStream rows() {
    return new OutputStream() {
      @Override
      public void write(int octet) throws InterruptedIOException {
        write(new byte[] {(byte) octet}, 0, 1);
      }

      @Override
      public void write(byte[] octets, int offset, int length) throws InterruptedIOException {
        byte[] copy = new byte[length];
        System.arraycopy(octets, offset, copy, 0, length);
        try {
          if (length > 0) {
            queue.put(copy);
          }
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new InterruptedIOException("interrupted");
        }
      }
    };
  }

  /** Runs the work on a thread of its own and prints, on this one, what comes until it is done. An interrupt is passed on to the work once. */
  <T> T during(String name, Callable<T> work) throws Exception {
    FutureTask<T> task = new FutureTask<>(work);
    Thread worker =
        new Thread(
            () -> {
              task.run();
              end();
            },
            name);
    worker.setDaemon(true);
    worker.start();
    try {
      print(0);
    } catch (InterruptedException e) {
      worker.interrupt();
      print(0);
    }
    try {
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    }
  }

  /** Nothing more will come. */
  void end() {
    boolean interrupted = Thread.interrupted();
    while (true) {
      try {
        queue.put(END);
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Prints what comes until the end, or for so many seconds (0: no limit); whether the end was seen. */
  boolean print(long seconds) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (true) {
      byte[] next = seconds == 0 ? queue.take() : queue.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (next == null) {
        return false;
      }
      if (next == END) {
        return true;
      }
      System.out.write(next, 0, next.length);
      if (queue.isEmpty()) {
        System.out.flush();
      }
    }
  }
}
