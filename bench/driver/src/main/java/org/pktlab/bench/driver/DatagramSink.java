package org.pktlab.bench.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Receives the marked datagrams of the benchmark mlets and notes when each came. */
abstract class DatagramSink implements AutoCloseable {
  /**
   * A datagram that came.
   *
   * @param timeNs when, nanoseconds since 1970
   * @param sequence its number
   * @param round its round
   * @param dueNs when it was to be sent
   */
  record Arrival(long timeNs, int sequence, int round, long dueNs) {
    /** Nanoseconds between the time it was due and its arrival. */
    long lateNs() {
      return timeNs - dueNs;
    }
  }

  /** The best receiver there is: with kernel time stamps where a C compiler is found, else one that looks at the clock after each datagram. */
  static DatagramSink open(Stage stage) throws IOException, BenchFailure, InterruptedException {
    Path program = stage.tools().receiver();
    return program == null ? new Watched() : new Stamped(stage, program);
  }

  /** Where datagrams are to be sent. */
  abstract String address();

  /** Whether times are the kernel's. */
  abstract boolean stamped();

  /** Ends it, and returns what came in the order of arrival. */
  abstract List<Arrival> finish() throws IOException, BenchFailure, InterruptedException;

  @Override
  public abstract void close() throws IOException;

  /** The C program {@code receiver.c}. */
  private static final class Stamped extends DatagramSink {
    private static final Pattern PORT = Pattern.compile("port (\\d+) buffer (\\d+)");
    private static final int RECORD = 24;
    private static final long SECONDS = 20;

    private final Child child;
    private final Path file;
    private final String address;

    Stamped(Stage stage, Path program) throws IOException, BenchFailure, InterruptedException {
      file = Files.createTempFile(stage.folder(), "arrivals", "");
      child = stage.start("receiver", List.of(program.toString(), file.toString()));
      child.await(line -> PORT.matcher(line).matches(), SECONDS);
      Matcher matcher = PORT.matcher(child.lines().get(0));
      matcher.matches();
      address = "127.0.0.1:" + matcher.group(1);
    }

    @Override
    String address() {
      return address;
    }

    @Override
    boolean stamped() {
      return true;
    }

    @Override
    List<Arrival> finish() throws IOException, BenchFailure, InterruptedException {
      child.endInput();
      child.finish(SECONDS);
      ByteBuffer octets = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
      List<Arrival> arrivals = new ArrayList<>(octets.remaining() / RECORD);
      while (octets.remaining() >= RECORD) {
        long time = octets.getLong();
        int sequence = octets.getInt();
        int round = octets.getInt();
        arrivals.add(new Arrival(time, sequence, round, octets.getLong()));
      }
      return arrivals;
    }

    @Override
    public void close() throws IOException {
      child.close();
      Files.deleteIfExists(file);
    }
  }

  /** A thread that receives and looks at the clock. */
  private static final class Watched extends DatagramSink {
    private static final int BUFFER = 64 << 20;
    private static final long REST_MS = 300;

    private final DatagramChannel channel = DatagramChannel.open();
    private final List<Arrival> arrivals = new ArrayList<>();
    private final Thread thread = new Thread(this::receive, "receiver");

    Watched() throws IOException {
      channel.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER);
      channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      thread.setDaemon(true);
      thread.start();
    }

    private void receive() {
      ByteBuffer octets = ByteBuffer.allocateDirect(2048);
      try {
        while (true) {
          octets.clear();
          channel.receive(octets);
          Instant now = Instant.now();
          octets.flip();
          if (octets.remaining() >= 16) {
            arrivals.add(new Arrival(now.getEpochSecond() * 1_000_000_000L + now.getNano(), octets.getInt(), octets.getInt(), octets.getLong()));
          }
        }
      } catch (ClosedChannelException e) {
        // told to end
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    String address() {
      return "127.0.0.1:" + channel.socket().getLocalPort();
    }

    @Override
    boolean stamped() {
      return false;
    }

    @Override
    List<Arrival> finish() throws IOException, InterruptedException {
      Thread.sleep(REST_MS);
      channel.close();
      thread.join();
      return arrivals;
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
