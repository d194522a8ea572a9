package org.pktlab.broker.core;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.pktlab.cert.Certificate;
import org.pktlab.cert.CertificateRefusedException;
import org.pktlab.cert.Ed25519PublicKey;
import org.pktlab.link.Link;
import org.pktlab.link.LinkEnd;
import org.pktlab.link.LinkHandler;
import org.pktlab.protocol.Frame;
import org.pktlab.protocol.Message;
import org.pktlab.protocol.MessageCodec;
import org.pktlab.protocol.MessageType;
import org.pktlab.protocol.ProtocolException;
import org.pktlab.protocol.Result;
import org.pktlab.protocol.StatusCode;
import org.pktlab.protocol.Xcert;
import org.pktlab.protocol.Xpub;
import org.pktlab.protocol.Xsub;

/**
 * The conversation on one connection: every message gets one result, in order (rendezvous specification, section 9). Owned by its link's
 * loop. One message is dealt with at a time and at most one request is with the conductor; the others wait here, and reading pauses while
 * they are many. An error result is held back for a while, and all behind it with it: clients that try again at once are slowed, nobody
 * else is.
 */
final class Dialogue implements LinkHandler {
  /** A frame that came: the message, or what is wrong with it. */
  private record Received(Message message, String problem, int octets) {}

  private final Link link;
  private final Broker broker;
  private final BrokerLimits limits;
  private final Party party;
  private final Ed25519PublicKey agent;
  private final ArrayDeque<Received> inbox = new ArrayDeque<>();
  private final List<Certificate> certificates = new ArrayList<>();
  private int certificateOctets;
  private long inboxOctets;
  private boolean busy;
  private boolean paused;
  private boolean deaf;
  private boolean closed;
  private boolean unflushed;

  Dialogue(Link link, Broker broker) {
    this.link = link;
    this.broker = broker;
    this.limits = broker.limits();
    this.agent = link.peer().chain().leaf().publicKey();
    this.party = new Party(link, this, agent.keyId());
  }

  Party party() {
    return party;
  }

  @Override
  public void onFrame(ByteBuffer buffer, int offset, int length) {
    if (deaf) {
      return;
    }
    try {
      inbox.add(new Received(MessageCodec.decode(buffer, offset, length), null, length));
    } catch (ProtocolException e) {
      inbox.add(new Received(null, MessageType.name(Frame.type(buffer, offset)) + ": " + e.getMessage(), length));
      deaf = true; // what follows is answered no more
    }
    inboxOctets += length;
    if (inbox.size() > limits.unansweredMost()) {
      deaf = true;
      inbox.clear();
      broker.refused(party, "connection", "more than " + limits.unansweredMost() + " messages without waiting for an answer");
      link.close();
      return;
    }
    step();
  }

  @Override
  public void onReadComplete() {
    flush();
  }

  @Override
  public void onWritable() {
    step();
    flush();
  }

  @Override
  public void onWritten(long token) {
    broker.written(party, token);
  }

  @Override
  public void onClosed(LinkEnd reason) {
    closed = true;
    inbox.clear();
    clearCertificates();
    broker.ended(party, reason);
  }

  private void step() {
    while (!busy && !closed && !inbox.isEmpty() && link.writable()) {
      Received next = inbox.poll();
      inboxOctets -= next.octets();
      handle(next);
    }
    boolean much = deaf || inbox.size() >= limits.unanswered() || inboxOctets >= limits.unansweredOctets();
    if (much != paused && !closed) {
      paused = much;
      if (much) {
        link.pauseReading();
      } else {
        link.resumeReading();
      }
    }
  }

  private void handle(Received received) {
    if (received.message() == null) {
      refuse(StatusCode.ECTLBADMSG, "message", received.problem(), true);
    } else if (received.message() instanceof Xcert xcert) {
      certificate(xcert);
    } else if (received.message() instanceof Xpub xpub) {
      publication(xpub);
    } else if (received.message() instanceof Xsub xsub) {
      subscription(xsub);
    } else {
      int type = received.message().type();
      String reason = String.format("a broker takes no message of type 0x%02x (%s)", type, MessageType.name(type));
      refuse(StatusCode.ECTLNOTSUP, "message", reason, false);
    }
  }

  private void certificate(Xcert xcert) {
    int length = xcert.der().length;
    if (certificates.size() == limits.certificates()) {
      refuse(StatusCode.ECRTNOSPACE, "xcert", "more than " + limits.certificates() + " certificates", false);
    } else if (certificateOctets + length > limits.certificateOctets()) {
      refuse(StatusCode.ECRTNOSPACE, "xcert", "certificates of more than " + limits.certificateOctets() + " octets", false);
    } else if (!broker.reserveCertificateOctets(length)) {
      refuse(StatusCode.ECRTNOSPACE, "xcert", "the broker holds too many certificates of all clients", false);
    } else {
      certificateOctets += length;
      try {
        certificates.add(broker.decoder().decode(xcert.der()));
        write(Result.SUCCESS);
      } catch (CertificateRefusedException e) {
        certificateOctets -= length;
        broker.releaseCertificateOctets(length);
        refuse(StatusCode.ECRTBADFRM, "xcert", e.reason() + ": " + e.getMessage(), false);
      }
    }
  }

  private void publication(Xpub xpub) {
    try {
      PublicationRequest request = broker.judgement().publication(xpub, certificates, agent, broker.nowNs());
      busy = true;
      broker.publish(party, request);
    } catch (RefusedException e) {
      refuse(e.status(), "xpub", e.getMessage(), false);
    }
    clearCertificates();
  }

  private void subscription(Xsub xsub) {
    try {
      SubscriptionRequest request = broker.judgement().subscription(xsub, certificates, agent, broker.nowNs());
      busy = true;
      broker.subscribe(party, request);
    } catch (RefusedException e) {
      refuse(e.status(), "xsub", e.getMessage(), false);
    }
    clearCertificates();
  }

  private void clearCertificates() {
    certificates.clear();
    broker.releaseCertificateOctets(certificateOctets);
    certificateOctets = 0;
  }

  /** The conductor has accepted the request it was handed. Any thread. */
  void accepted() {
    onLoop(
        () -> {
          write(Result.SUCCESS);
          proceed();
        });
  }

  /** The conductor has refused the request it was handed. Any thread. */
  void refused(int status, String what, String reason) {
    onLoop(() -> refuse(status, what, reason, false));
  }

  /** Sends notifications; the first gets the token, the others those that follow. Any thread. */
  void deliver(List<Notice> notices, long firstToken) {
    onLoop(
        () -> {
          long token = firstToken;
          for (Notice notice : notices) {
            byte[] channel = notice.channel().octets();
            byte[] text = notice.publication().text;
            ByteBuffer head = ByteBuffer.allocate(Frame.HEADER_LENGTH + 1 + channel.length);
            Frame.putHeader(head, 0, MessageType.XNOTIFY, 1 + channel.length + text.length);
            head.position(Frame.HEADER_LENGTH).put((byte) channel.length).put(channel).flip();
            link.write(head, ByteBuffer.wrap(text), token++);
          }
          link.flush();
        });
  }

  private void refuse(int status, String what, String reason, boolean last) {
    busy = true;
    broker.refused(party, what, reason + " (" + StatusCode.name(status) + ")");
    link.loop()
        .schedule(
            () -> {
              if (!closed) {
                write(Result.of(status));
                if (last) {
                  inbox.clear();
                  flush();
                  link.close();
                } else {
                  proceed();
                }
              }
            },
            limits.errorDelay().toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private void proceed() {
    busy = false;
    step();
    flush();
  }

  private void onLoop(Runnable task) {
    try {
      link.loop()
          .execute(
              () -> {
                if (!closed) {
                  task.run();
                }
              });
    } catch (RejectedExecutionException e) {
      link.abort(); // the loops are shut down, and the link with them
    }
  }

  private void write(Result result) {
    link.write(MessageCodec.encode(result));
    unflushed = true;
  }

  private void flush() {
    if (unflushed && !closed) {
      unflushed = false;
      link.flush();
    }
  }
}
