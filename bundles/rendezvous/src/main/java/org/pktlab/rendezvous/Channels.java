package org.pktlab.rendezvous;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Lists of channels: on the wire {@code (length u8, octets)* 00}, in configuration hex items between commas
 * (packetlab-rendezvous.md section 4).
 */
public final class Channels {
  /** Longest list that is read or written: one line of a configuration file cannot name more. */
  public static final int MAX_CHANNELS = 2_048;

  private Channels() {}

  /**
   * Reads a list that is the whole input.
   *
   * @throws RendezvousException when malformed, unterminated, followed by anything, or longer than {@link #MAX_CHANNELS}
   */
  public static List<Channel> decode(byte[] octets) throws RendezvousException {
    ByteBuffer in = ByteBuffer.wrap(octets);
    List<Channel> channels = decode(in);
    if (in.hasRemaining()) {
      throw new RendezvousException(in.position(), "octets after the end of the channel list");
    }
    return channels;
  }

  /**
   * Reads a list from the position of the buffer on and leaves the position after its final zero; when it fails the position is
   * undefined. Positions in the exception are those of the buffer.
   *
   * @throws RendezvousException when malformed, unterminated or longer than {@link #MAX_CHANNELS}
   */
  public static List<Channel> decode(ByteBuffer in) throws RendezvousException {
    List<Channel> channels = new ArrayList<>();
    while (in.hasRemaining()) {
      int at = in.position();
      int length = in.get() & 0xff;
      if (length == 0) {
        return List.copyOf(channels);
      }
      if (length > Channel.PRIVATE_OCTETS) {
        throw new RendezvousException(at, "channel length " + length + ", at most 32 is allowed");
      }
      if (length > in.remaining()) {
        throw new RendezvousException(at, "channel of " + length + " octets, only " + in.remaining() + " are left");
      }
      if (channels.size() == MAX_CHANNELS) {
        throw new RendezvousException(at, "more than " + MAX_CHANNELS + " channels");
      }
      byte[] octets = new byte[length];
      in.get(octets);
      channels.add(Channel.of(octets));
    }
    throw new RendezvousException(in.position(), "channel list does not end in 00");
  }

  /** Size of the list on the wire, in octets, its final zero included. */
  public static int encodedLength(List<Channel> channels) {
    int length = 1;
    for (Channel channel : channels) {
      length += 1 + channel.length();
    }
    return length;
  }

  /**
   * The list as it is on the wire, a new array.
   *
   * @throws IllegalArgumentException when there are more than {@link #MAX_CHANNELS}
   */
  public static byte[] encode(List<Channel> channels) {
    ByteBuffer out = ByteBuffer.allocate(encodedLength(channels));
    encode(channels, out);
    return out.array();
  }

  /**
   * Writes the list at the position of the buffer, which needs {@link #encodedLength} octets of room.
   *
   * @throws IllegalArgumentException when there are more than {@link #MAX_CHANNELS}
   * @throws java.nio.BufferOverflowException when the room does not suffice
   */
  public static void encode(List<Channel> channels, ByteBuffer out) {
    if (channels.size() > MAX_CHANNELS) {
      throw new IllegalArgumentException("more than " + MAX_CHANNELS + " channels");
    }
    for (Channel channel : channels) {
      channel.put(out);
    }
    out.put((byte) 0);
  }

  /**
   * Reads a list in configuration syntax: hex items between commas, without blanks. An empty item stands for the private channels of
   * the one who configures it and comes out as an empty {@link Optional}; an empty text is one such item.
   *
   * @throws RendezvousException when an item is not a channel or there are more than {@link #MAX_CHANNELS}
   */
  public static List<Optional<Channel>> parseConfigured(String text) throws RendezvousException {
    List<Optional<Channel>> items = new ArrayList<>();
    int start = 0;
    while (true) {
      int comma = text.indexOf(',', start);
      int end = comma < 0 ? text.length() : comma;
      if (items.size() == MAX_CHANNELS) {
        throw new RendezvousException(start, "more than " + MAX_CHANNELS + " channels");
      }
      items.add(end == start ? Optional.empty() : Optional.of(item(text, start, end)));
      if (comma < 0) {
        return List.copyOf(items);
      }
      start = comma + 1;
    }
  }

  /** Puts the given channels in the place of every empty item; the order is kept and nothing is removed. */
  public static List<Channel> resolve(List<Optional<Channel>> items, List<Channel> own) {
    List<Channel> channels = new ArrayList<>();
    for (Optional<Channel> item : items) {
      item.ifPresentOrElse(channels::add, () -> channels.addAll(own));
    }
    return List.copyOf(channels);
  }

  private static Channel item(String text, int start, int end) throws RendezvousException {
    try {
      return Channel.ofHex(text.substring(start, end));
    } catch (RendezvousException e) {
      throw new RendezvousException(start + e.position(), e.reason());
    }
  }
}
