package org.pktlab.broker.core;

import java.util.List;
import org.pktlab.rendezvous.Channel;

/** Tells a subscriber of the publications on its channels that are there already, no faster than it takes them. */
final class CatchUp implements Walk {
  private final ChannelIndex index;
  private final Notifier notifier;
  private final Subscription subscription;
  private int at;
  private long last;
  private boolean again;

  CatchUp(ChannelIndex index, Notifier notifier, Subscription subscription) {
    this.index = index;
    this.notifier = notifier;
    this.subscription = subscription;
  }

  /** Something was left out meanwhile: once through, everything is looked at once more. What was delivered is not delivered again. */
  void again() {
    again = true;
  }

  @Override
  public boolean step() {
    if (!subscription.live) {
      subscription.catchUp = null;
      return false;
    }
    if (notifier.isBusy(subscription.owner)) {
      subscription.owner.parked.add(this);
      return false;
    }
    List<Channel> channels = subscription.request.channels();
    if (at == channels.size()) {
      if (!again) {
        subscription.catchUp = null;
        return false;
      }
      again = false;
      at = 0;
      last = 0;
    }
    Publication publication = index.nextPublication(channels.get(at), last);
    if (publication == null) {
      at++;
      last = 0;
    } else {
      last = publication.id;
      notifier.offer(publication, subscription, channels.get(at));
    }
    return true;
  }
}
