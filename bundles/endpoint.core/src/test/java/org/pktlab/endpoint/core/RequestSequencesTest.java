package org.pktlab.endpoint.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.pktlab.link.LinkEnd;
import org.pktlab.protocol.Mdata;
import org.pktlab.protocol.MemoryMap;
import org.pktlab.protocol.Message;
import org.pktlab.protocol.MessageCodec;
import org.pktlab.protocol.MessageType;
import org.pktlab.protocol.Mread;
import org.pktlab.protocol.Mwrite;
import org.pktlab.protocol.Ncap;
import org.pktlab.protocol.Nclose;
import org.pktlab.protocol.Nctl;
import org.pktlab.protocol.Nopen;
import org.pktlab.protocol.Notification;
import org.pktlab.protocol.Nsend;
import org.pktlab.protocol.ProtocolException;
import org.pktlab.protocol.Response;
import org.pktlab.protocol.Result;
import org.pktlab.protocol.StatusCode;

/**
 * Any sequence of requests, well formed or not, gets one answer for each, in order; the first malformed one ends the session with its answer; nothing makes a
 * session fail or get stuck, and nothing stays in the buffer.
 */
class RequestSequencesTest {
  private static final byte[] LOCAL4 = {127, 0, 0, 1};
  private static final int TRIES = 60;
  private static final int LONG_FACTOR = 50;

  private static Rig rig;
  private static Peers.Tcp far;
  private static Peers.Udp sink;

  @BeforeContainer
  static void start() {
    rig = Rig.with().buffer(300_000).start();
    far = new Peers.Tcp(Rig.ip("127.0.0.1"));
    sink = new Peers.Udp(Rig.ip("127.0.0.1"));
  }

  @AfterContainer
  static void stop() {
    sink.close();
    far.close();
    rig.close();
  }

  @Property(tries = TRIES, edgeCases = net.jqwik.api.EdgeCasesMode.NONE)
  void shouldAnswerEverySequenceInOrder(@ForAll long seed) {
    for (int i = 0; i < (Await.longRun() ? LONG_FACTOR : 1); i++) {
      sequence(new Random(seed + i));
    }
  }

  private void sequence(Random random) {
    long before = rig.pool.completed();
    ControllerEnd controller = rig.session();
    List<byte[]> frames = new ArrayList<>();
    int malformedAt = -1;
    boolean mutating = random.nextInt(3) > 0;
    int length = 1 + random.nextInt(60);
    for (int i = 0; i < length; i++) {
      byte[] frame = MessageCodec.encode(request(random)).array();
      if (mutating && random.nextInt(8) == 0) {
        frame = mutated(frame, random);
      }
      frames.add(frame);
      if (malformedAt < 0 && isMalformed(frame)) {
        malformedAt = i;
      }
    }
    controller.sendFrames(frames.toArray(byte[][]::new));
    Deque<byte[]> unanswered = new ArrayDeque<>(malformedAt < 0 ? frames : frames.subList(0, malformedAt));
    while (!unanswered.isEmpty()) {
      Message message = controller.next();
      if (message instanceof Notification) {
        continue;
      }
      byte[] frame = unanswered.poll();
      assertTrue(message instanceof Response, () -> message + " is no response");
      boolean read = frame[0] == MessageType.MREAD;
      assertEquals(read, message instanceof Mdata, () -> message + " answers " + hex(frame));
      if (message instanceof Mdata data) {
        assertEquals(ByteBuffer.wrap(frame).getInt(4) & 0xFFFFFFFFL, data.addr());
        assertEquals(ByteBuffer.wrap(frame).getShort(8) & 0xFFFF, data.data().length);
      } else {
        assertTrue(((Result) message).status() != StatusCode.ECTLBADMSG, () -> "refused as malformed: " + hex(frame));
      }
    }
    if (malformedAt >= 0) {
      Message last = controller.next();
      while (last instanceof Notification) {
        last = controller.next();
      }
      assertEquals(StatusCode.ECTLBADMSG, ((Result) last).status());
      assertEquals(LinkEnd.Kind.PEER, controller.ended().kind());
    } else {
      assertEquals(8, controller.read(MemoryMap.CLOCK, 8).length);
      controller.close();
    }
    rig.awaitEnded(before + 1);
    assertEquals(0, rig.buffer.used());
  }

  private static String hex(byte[] frame) {
    return java.util.HexFormat.of().formatHex(frame, 0, Math.min(frame.length, 40));
  }

  private static boolean isMalformed(byte[] frame) {
    try {
      MessageCodec.decode(ByteBuffer.wrap(frame), 0, frame.length);
      return false;
    } catch (ProtocolException e) {
      return true;
    }
  }

  private static Message request(Random random) {
    int sktid = random.nextInt(4);
    byte[] any = random.nextBoolean() ? new byte[4] : new byte[16];
    byte[] address = any.length == 4 ? LOCAL4 : loopback6();
    return switch (random.nextInt(12)) {
      case 0 -> Nopen.udp(sktid, random.nextInt(2_000), any, random.nextInt(8) == 0 ? sink.port() : 0);
      case 1, 2 -> Nopen.tcpConnect(sktid, random.nextInt(2_000), any, 0, address, random.nextInt(4) == 0 ? random.nextInt(65_536) : far.port());
      case 3 -> new Nclose(sktid);
      case 4, 5 -> new Nsend(sktid, any.length == 4 ? 4 : 6, 17, time(random), random.nextInt(3), address, sink.port(), new byte[random.nextInt(3_000)]);
      case 6, 7 -> new Nsend(sktid, any.length == 4 ? 4 : 6, 6, time(random), random.nextInt(3), null, 0, new byte[random.nextInt(20_000)]);
      case 8 -> new Nctl(sktid, any.length == 4 ? 4 : 6, 6, time(random), random.nextInt(3));
      case 9 -> new Ncap(sktid, 4, 0, time(random), new byte[1 + random.nextInt(20)]);
      case 10 -> new Mread(address(random), 1 + random.nextInt(2_000));
      default -> {
        byte[] data = new byte[random.nextInt(300)];
        random.nextBytes(data);
        yield new Mwrite(address(random), data);
      }
    };
  }

  private static byte[] loopback6() {
    byte[] address = new byte[16];
    address[15] = 1;
    return address;
  }

  private static long time(Random random) {
    return switch (random.nextInt(5)) {
      case 0 -> rig.clock() + random.nextInt(20_000_000);
      case 1 -> random.nextLong();
      case 2 -> 1;
      default -> 0;
    };
  }

  private static long address(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> 0x10000000L + random.nextInt(0x40000);
      case 1 -> random.nextInt() & 0x7FFFFFFFL;
      default -> 0x20000000L + random.nextInt(5 * 0x400);
    };
  }

  /** A frame with other octets, or another body length; its header always tells the truth about its length. */
  private static byte[] mutated(byte[] frame, Random random) {
    byte[] copy = frame.clone();
    switch (random.nextInt(4)) {
      case 0 -> copy[0] = (byte) random.nextInt(0x100);
      case 1 -> {
        if (copy.length > 4) {
          copy[4 + random.nextInt(copy.length - 4)] = (byte) random.nextInt();
        }
      }
      case 2 -> copy = java.util.Arrays.copyOf(copy, 4 + random.nextInt(copy.length - 3));
      default -> copy = java.util.Arrays.copyOf(copy, copy.length + random.nextInt(30));
    }
    int body = copy.length - 4;
    copy[1] = (byte) (body >>> 16);
    copy[2] = (byte) (body >>> 8);
    copy[3] = (byte) body;
    // A session that yields starts again, which is not what is looked at here.
    return copy[0] == MessageType.YIELD ? frame : copy;
  }
}
