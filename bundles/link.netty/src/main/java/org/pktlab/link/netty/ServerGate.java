package org.pktlab.link.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * The first handler of an accepted connection: reads the ClientHello and has the server choose by SNI. A client that is turned away sees
 * its connection closed without any octet (trust specification, section 10.2).
 */
final class ServerGate extends ChannelInboundHandlerAdapter {
  /** Octets of records in which the hello must have arrived. */
  static final int LONGEST = ClientHello.LONGEST + 4 * 1024;

  private static final int FIRST_CAPACITY = 512;

  /** Decides what follows the hello. */
  interface Chooser {
    /**
     * Chooses by SNI.
     *
     * @param sniKey the key, or null for none
     * @param handshakeNs the time that the handshake still has
     * @return the handler that goes on with the connection from its first octet
     * @throws ClientHello.RefusedException to close the connection
     */
    LinkChannel choose(String sniKey, long handshakeNs) throws ClientHello.RefusedException;

    /** The connection was turned away, or left. */
    void refused(String reason);
  }

  private final Chooser chooser;
  private final long handshakeNs;
  private ByteBuf hello;
  private int needed;
  private long deadlineNs;
  private Future<?> timer;
  private boolean over;

  ServerGate(Chooser chooser, long handshakeNs) {
    this.chooser = chooser;
    this.handshakeNs = handshakeNs;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    deadlineNs = System.nanoTime() + handshakeNs;
    timer = ctx.executor().schedule(() -> refuse(ctx, "no ClientHello in time"), handshakeNs, TimeUnit.NANOSECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf data = (ByteBuf) message;
    try {
      if (over) {
        return;
      }
      if (hello == null) {
        hello = Unpooled.buffer(Math.max(FIRST_CAPACITY, data.readableBytes()));
      }
      hello.writeBytes(data);
      if (hello.readableBytes() >= needed) {
        look(ctx);
      }
    } catch (ClientHello.RefusedException refused) {
      refuse(ctx, refused.getMessage());
    } finally {
      data.release();
    }
  }

  private void look(ChannelHandlerContext ctx) throws ClientHello.RefusedException {
    ClientHello.Seen seen = ClientHello.look(hello.array(), hello.readableBytes());
    needed = seen.needed();
    if (seen.complete()) {
      LinkChannel link = chooser.choose(seen.sniKey(), deadlineNs - System.nanoTime());
      over = true;
      timer.cancel(false);
      ctx.pipeline().addLast(link);
      ByteBuf octets = hello;
      hello = null;
      ctx.fireChannelRead(octets);
      ctx.pipeline().remove(this);
    } else if (hello.readableBytes() > LONGEST) {
      throw new ClientHello.RefusedException("no ClientHello in the first " + LONGEST + " octets");
    }
  }

  private void refuse(ChannelHandlerContext ctx, String reason) {
    if (!over) {
      over = true;
      chooser.refused(reason);
      ctx.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    refuse(ctx, "the peer closed the connection before its ClientHello was complete");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
    refuse(ctx, Shown.reason(failure));
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (timer != null) {
      timer.cancel(false);
    }
    if (hello != null) {
      hello.release();
      hello = null;
    }
  }
}
