package org.pktlab.transport.rig;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.nio.ByteBuffer;

/** Sends frames from a device as they are, whatever they say, many with one call. Lives in the namespace of the thread that makes it. */
public final class Frames implements AutoCloseable {
  /** The most frames of one call. */
  public static final int BATCH = 64;

  private static final int AF_PACKET = 17;
  private static final int SOCK_RAW = 3;
  private static final int SOL_PACKET = 263;
  private static final int PACKET_QDISC_BYPASS = 20;
  private static final int HEADER = 14;
  private static final int MESSAGE = 64;
  private static final int VECTOR = 16;

  private final int fd;
  private final byte[] to;
  private final Memory messages = new Memory(MESSAGE * BATCH);
  private final Memory vectors = new Memory(VECTOR * BATCH);
  private Memory prepared; // held as long as the vectors point to it

  /** @param to the link-layer address that frames are for, as {@code 02:00:00:00:00:01} */
  public Frames(String device, String to) {
    fd = call("socket", AF_PACKET, SOCK_RAW, 0);
    Memory name = new Memory(20);
    name.clear();
    name.setShort(0, (short) AF_PACKET);
    name.setInt(4, call("if_nametoindex", device));
    call("bind", fd, name, 20);
    Memory one = new Memory(4);
    one.setInt(0, 1);
    call("setsockopt", fd, SOL_PACKET, PACKET_QDISC_BYPASS, one, 4);
    this.to = new byte[6];
    for (int i = 0; i < 6; i++) {
      this.to[i] = (byte) Integer.parseInt(to.split(":")[i], 16);
    }
    messages.clear();
    for (int i = 0; i < BATCH; i++) {
      messages.setPointer((long) i * MESSAGE + 16, vectors.share((long) i * VECTOR));
      messages.setLong((long) i * MESSAGE + 24, 1);
    }
  }

  private static int call(String name, Object... arguments) {
    int result = Function.getFunction("c", name, Function.C_CONVENTION).invokeInt(arguments);
    if (result < 0) {
      throw new AssertionError(name + " failed with error " + Native.getLastError());
    }
    return result;
  }

  /** Sends a packet as the content of one frame; a packet may have any octets, or none. */
  public void send(int type, ByteBuffer packet) {
    Memory frame = frame(type, packet);
    call("send", fd, frame, (int) frame.size(), 0);
  }

  private Memory frame(int type, ByteBuffer packet) {
    byte[] octets = new byte[packet.remaining()];
    packet.duplicate().get(octets);
    Memory frame = new Memory(HEADER + octets.length);
    frame.write(0, to, 0, 6);
    frame.write(6, new byte[] {2, 0, 0, 0, 0, 9, (byte) (type >> 8), (byte) type}, 0, 8);
    frame.write(HEADER, octets, 0, octets.length);
    return frame;
  }

  /** Makes the frame that {@link #repeat} sends, with this packet in it. */
  public void prepare(int type, ByteBuffer packet) {
    prepared = frame(type, packet);
    for (int i = 0; i < BATCH; i++) {
      vectors.setPointer((long) i * VECTOR, prepared);
      vectors.setLong((long) i * VECTOR + 8, prepared.size());
    }
  }

  /** Sends the prepared frame several times; gives back how often the system took it. */
  public int repeat(int times) {
    return Function.getFunction("c", "sendmmsg").invokeInt(new Object[] {fd, messages, Math.min(times, BATCH), 0});
  }

  @Override
  public void close() {
    call("close", fd);
  }
}
