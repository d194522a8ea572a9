package org.pktlab.link.netty;

import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;

/** The orderly end of a connection: alert or close_notify, FIN, and a bounded wait for the peer's FIN. For the loop only. */
final class Farewell {
  /** How long the end of a link may take: sending what is queued, and the peer's own end. */
  static final long LINGER_MS = 2_000;

  private final Channel channel;
  private final Sealer sealer;
  private final LinkTimers timers;
  private boolean said;

  Farewell(Channel channel, Sealer sealer, LinkTimers timers) {
    this.channel = channel;
    this.sealer = sealer;
    this.timers = timers;
  }

  /** From now on the connection ends, at the latest in a while. */
  void begin() {
    timers.end(LINGER_MS, channel::close);
  }

  /** Ends our side; closing with octets of the peer unread would make TCP discard what we sent, so the peer's end is awaited. */
  void say() {
    if (!said) {
      sendClosing();
      sealer.afterAll(
          sent -> {
            if (sent.isSuccess() && channel.isActive()) {
              ((DuplexChannel) channel).shutdownOutput();
            } else {
              channel.close();
            }
          });
      channel.config().setAutoRead(true);
    }
  }

  /** Answers the peer's end: nothing more can come, so nothing is awaited. */
  void answer() {
    if (!said) {
      sealer.flush();
      sendClosing();
      sealer.afterAll(sent -> channel.close());
    }
  }

  private void sendClosing() {
    said = true;
    begin();
    sealer.sendClosing();
  }
}
