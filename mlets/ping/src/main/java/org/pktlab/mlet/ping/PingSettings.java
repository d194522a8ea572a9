package org.pktlab.mlet.ping;

import java.io.IOException;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.pktlab.mlet.Arguments;
import org.pktlab.mlet.packet.Source;
import org.pktlab.mlet.packet.Targets;

/**
 * What a run was asked for.
 *
 * @param source null for the endpoint's best address
 * @param intervalNs between requests
 * @param timeoutNs for each reply
 * @param deadlineNs for the whole run; {@link Long#MAX_VALUE} for none
 * @param replyCount answers after which to stop
 * @param payload of every request, except for the mark at its begin
 */
record PingSettings(
    InetAddress target,
    InetAddress source,
    int count,
    long intervalNs,
    int ttl,
    long timeoutNs,
    long deadlineNs,
    long replyCount,
    int tos,
    int identifier,
    boolean dontFragment,
    boolean quiet,
    byte[] payload) {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int DEFAULT_TTL = 64;

  static PingSettings of(Arguments arguments) throws IOException {
    Source source = Source.of(arguments.text(arguments.has("source") ? "source" : "srcaddr"), Source.version(arguments));
    InetAddress target = Targets.resolve(arguments.text("target"), source.version());
    boolean ipv4 = target.getAddress().length == 4;
    int size = (int) arguments.integer("size");
    byte[] pattern = pattern(arguments.text("pattern"));
    byte[] payload = new byte[size];
    for (int i = 0; i < size; i++) {
      payload[i] = pattern.length == 0 ? (byte) i : pattern[i % pattern.length];
    }
    String ttl = arguments.has("ttl") ? "ttl" : "hop-limit";
    return new PingSettings(
        target,
        source.address(),
        (int) arguments.integer("count"),
        arguments.duration("interval").toNanos(),
        arguments.has(ttl) ? (int) arguments.integer(ttl) : DEFAULT_TTL,
        arguments.duration("timeout").toNanos(),
        arguments.has("deadline") ? arguments.duration("deadline").toNanos() : Long.MAX_VALUE,
        arguments.has("reply-count") ? arguments.integer("reply-count") : Long.MAX_VALUE,
        (int) arguments.integer("tos"),
        arguments.has("identifier") ? (int) arguments.integer("identifier") : RANDOM.nextInt(0x10000),
        ipv4 && "do".equals(arguments.text("pmtudisc")),
        arguments.flag("quiet"),
        payload);
  }

  private static byte[] pattern(String text) throws IOException {
    if (text == null) {
      return new byte[0];
    }
    if (!text.matches("(?:[0-9A-Fa-f]{2}){1,16}")) {
      throw new IOException("--pattern takes 1 to 16 octets in hex, such as ff00");
    }
    return HexFormat.of().parseHex(text);
  }

  int version() {
    return target.getAddress().length == 4 ? 4 : 6;
  }
}
