package org.pktlab.broker.core;

import java.util.List;
import org.pktlab.rendezvous.Channel;

/** Tells the subscribers of a new publication's channels of it. */
final class Announcement implements Walk {
  private final ChannelIndex index;
  private final Notifier notifier;
  private final Publication publication;
  private int at;
  private long last;

  Announcement(ChannelIndex index, Notifier notifier, Publication publication) {
    this.index = index;
    this.notifier = notifier;
    this.publication = publication;
  }

  @Override
  public boolean step() {
    List<Channel> channels = publication.request.channels();
    if (!publication.live || at == channels.size()) {
      return false;
    }
    Subscription subscription = index.nextSubscription(channels.get(at), last);
    if (subscription == null) {
      at++;
      last = 0;
    } else {
      last = subscription.id;
      notifier.offer(publication, subscription, channels.get(at));
    }
    return true;
  }
}
