package org.pktlab.link.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import java.util.Arrays;

/** TLS records that are given to the operating system together, and what is to be told when it has taken them. */
final class SealedBatch implements ChannelFutureListener {
  private static final long[] NONE = {};

  private final Sealer sealer;
  private ByteBuf records;
  private long[] tokens = NONE;
  private int tokenCount;
  private int sealedOctets;
  private long plainOctets;

  SealedBatch(Sealer sealer, ByteBuf records) {
    this.sealer = sealer;
    this.records = records;
  }

  ByteBuf records() {
    return records;
  }

  /** Gives the records away, to be released by the taker. */
  ByteBuf handOver() {
    ByteBuf given = records;
    sealedOctets = given.readableBytes();
    records = null;
    return given;
  }

  void discard() {
    if (records != null) {
      records.release();
      records = null;
    }
  }

  void plain(int octets) {
    plainOctets += octets;
  }

  void token(long token) {
    if (tokenCount == tokens.length) {
      tokens = Arrays.copyOf(tokens, Math.max(4, 2 * tokenCount));
    }
    tokens[tokenCount++] = token;
  }

  long plainOctets() {
    return plainOctets;
  }

  int sealedOctets() {
    return sealedOctets;
  }

  int tokenCount() {
    return tokenCount;
  }

  long tokenAt(int index) {
    return tokens[index];
  }

  @Override
  public void operationComplete(ChannelFuture written) {
    sealer.written(this, written);
  }
}
