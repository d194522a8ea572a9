package org.pktlab.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Bounds and equality of what rendezvous messages share: channels and text (protocol specification, section 4.19). */
final class Channels {
  private Channels() {}

  static void check(byte[] channel) {
    Check.that(channel.length >= 1 && channel.length <= Xpub.MAX_CHANNEL, "a channel has 1 to 32 octets");
  }

  /** The octets of the list on the wire without its closing zero; refuses channels of a wrong length. */
  static long octets(List<byte[]> channels) {
    long sum = 0;
    for (byte[] channel : channels) {
      check(channel);
      sum += 1 + channel.length;
    }
    return sum;
  }

  static void checkText(String text, boolean patterns) {
    Check.latin1("text", text);
    ByteBuffer octets = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    int error = TextSyntax.firstError(octets, 0, octets.limit(), patterns);
    if (error != TextSyntax.GOOD) {
      throw new IllegalArgumentException("the text is not a sequence of name=value; items, at " + error);
    }
    if (!patterns && TextSyntax.repeatedName(octets, 0, octets.limit()) != TextSyntax.GOOD) {
      throw new IllegalArgumentException("an attribute occurs twice");
    }
  }

  static boolean equal(List<byte[]> left, List<byte[]> right) {
    return Arrays.deepEquals(left.toArray(), right.toArray());
  }

  static int hash(List<byte[]> channels) {
    return Arrays.deepHashCode(channels.toArray());
  }
}
