package org.pktlab.controller.core;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.pktlab.cert.ProgramDigest;
import org.pktlab.link.Link;
import org.pktlab.link.LinkEnd;
import org.pktlab.link.LinkHandler;
import org.pktlab.protocol.Cdata;
import org.pktlab.protocol.Message;
import org.pktlab.protocol.MessageCodec;
import org.pktlab.protocol.ProtocolException;
import org.pktlab.protocol.Result;
import org.pktlab.protocol.Start;
import org.pktlab.protocol.StatusCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The controller's side of session set-up (manager specification, section 4.1): delivers the monitor programs that the certificates demand and that are known,
 * one at a time, then {@code start}. Owned by the link's loop.
 */
final class SessionSetup implements LinkHandler {
  private static final Logger LOG = LoggerFactory.getLogger(SessionSetup.class);

  /** Told exactly once, on the link's loop. */
  interface Outcome {
    /** {@code start} has succeeded; the link is to be given its next handler before this returns. */
    void started(Link link);

    /** The session was not set up; its link is closed. */
    void failed(String reason);
  }

  private final Link link;
  private final Outcome outcome;
  private final Queue<byte[]> programs = new ArrayDeque<>();
  private final ScheduledFuture<?> timer;
  private boolean startSent;
  private boolean over;

  SessionSetup(Link link, ControllerSettings settings, ExperimentEntry entry, long timeoutMs, Outcome outcome) {
    this.link = link;
    this.outcome = outcome;
    for (ProgramDigest digest : entry.monitors()) {
      byte[] program = settings.programs().get(digest);
      if (program != null) {
        programs.add(program);
      } else if (settings.programsConfigured()) {
        LOG.warn("Skipping as cannot find program for following digest: {}", digest);
      }
    }
    timer = link.loop().schedule(() -> fail("no answer to our set-up within " + timeoutMs + " ms"), timeoutMs, TimeUnit.MILLISECONDS);
    next();
  }

  private void next() {
    byte[] program = programs.poll();
    startSent = program == null;
    link.write(MessageCodec.encode(program == null ? new Start() : new Cdata("monitor", program)));
    link.flush();
  }

  @Override
  public void onFrame(ByteBuffer buffer, int offset, int length) {
    if (over) {
      return;
    }
    Message message;
    try {
      message = MessageCodec.decode(buffer, offset, length);
    } catch (ProtocolException e) {
      fail("malformed message during set-up: " + e.getMessage());
      return;
    }
    if (!(message instanceof Result result)) {
      fail("unexpected message during set-up: " + message.getClass().getSimpleName());
    } else if (result.status() != StatusCode.SUCCESS) {
      fail(
          "the endpoint refused " + (startSent ? "start" : "a monitor program") + ": " + StatusCode.name(result.status()) + " ("
              + StatusCode.describe(result.status()) + ")");
    } else if (startSent) {
      over = true;
      timer.cancel(false);
      outcome.started(link);
    } else {
      next();
    }
  }

  @Override
  public void onClosed(LinkEnd reason) {
    if (!over) {
      over = true;
      timer.cancel(false);
      outcome.failed("the endpoint ended the session during set-up: " + reason.detail());
    }
  }

  private void fail(String reason) {
    if (!over) {
      over = true;
      timer.cancel(false);
      outcome.failed(reason);
      link.close();
    }
  }
}
