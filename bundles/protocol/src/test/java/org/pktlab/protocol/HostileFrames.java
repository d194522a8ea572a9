package org.pktlab.protocol;

import java.util.Arrays;
import java.util.Random;

/** Makes octets that are almost, partly or not at all a frame. */
final class HostileFrames {
  private final Random random;
  private final Messages messages;

  HostileFrames(Random random) {
    this.random = random;
    messages = new Messages(random);
  }

  byte[] any() {
    return switch (random.nextInt(6)) {
      case 0 -> noise();
      case 1 -> typedNoise();
      case 2 -> cut(good());
      case 3 -> mutated(good());
      case 4 -> reframed(mutated(good()));
      default -> reframed(resized(good()));
    };
  }

  byte[] good() {
    return MessageCodec.encode(messages.any()).array();
  }

  private byte[] noise() {
    byte[] octets = new byte[random.nextInt(64)];
    random.nextBytes(octets);
    return octets;
  }

  /** An assigned type and a correct length before random octets, small values more often than chance. */
  private byte[] typedNoise() {
    byte[] octets = new byte[Frame.HEADER_LENGTH + random.nextInt(64)];
    for (int i = 0; i < octets.length; i++) {
      octets[i] = (byte) (random.nextBoolean() ? random.nextInt(18) : random.nextInt(256));
    }
    octets[0] = (byte) Messages.TYPES[random.nextInt(Messages.TYPES.length)];
    return reframed(octets);
  }

  private byte[] cut(byte[] frame) {
    return Arrays.copyOf(frame, random.nextInt(frame.length + 1));
  }

  private byte[] resized(byte[] frame) {
    int length = Math.max(Frame.HEADER_LENGTH, frame.length + random.nextInt(9) - 4);
    return Arrays.copyOf(frame, length);
  }

  private byte[] mutated(byte[] frame) {
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      int at = random.nextInt(Math.min(frame.length, 48));
      switch (random.nextInt(3)) {
        case 0 -> frame[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> frame[at] = (byte) random.nextInt(256);
        default -> frame[at] = (byte) (random.nextBoolean() ? 0 : 0xFF);
      }
    }
    return frame;
  }

  /** Makes the length field right again, so that the rules of the body are reached. */
  private static byte[] reframed(byte[] frame) {
    int body = frame.length - Frame.HEADER_LENGTH;
    frame[1] = (byte) (body >>> 16);
    frame[2] = (byte) (body >>> 8);
    frame[3] = (byte) body;
    return frame;
  }
}
