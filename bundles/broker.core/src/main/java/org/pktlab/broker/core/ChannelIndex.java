package org.pktlab.broker.core;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.pktlab.rendezvous.Channel;

/** Who publishes and who subscribes on which channel, by increasing id, so that a walk can pause and go on. Owned by the conductor. */
final class ChannelIndex {
  private static final class Members {
    private final TreeMap<Long, Publication> publications = new TreeMap<>();
    private final TreeMap<Long, Subscription> subscriptions = new TreeMap<>();
  }

  private final Map<Channel, Members> channels = new HashMap<>();

  void add(Publication publication) {
    for (Channel channel : publication.request.channels()) {
      channels.computeIfAbsent(channel, unseen -> new Members()).publications.put(publication.id, publication);
    }
  }

  void add(Subscription subscription) {
    for (Channel channel : subscription.request.channels()) {
      channels.computeIfAbsent(channel, unseen -> new Members()).subscriptions.put(subscription.id, subscription);
    }
  }

  void remove(Publication publication) {
    for (Channel channel : publication.request.channels()) {
      Members members = channels.get(channel);
      if (members != null) {
        members.publications.remove(publication.id);
        dropIfEmpty(channel, members);
      }
    }
  }

  void remove(Subscription subscription) {
    for (Channel channel : subscription.request.channels()) {
      Members members = channels.get(channel);
      if (members != null) {
        members.subscriptions.remove(subscription.id);
        dropIfEmpty(channel, members);
      }
    }
  }

  /** The publication on that channel with the least id above the given one, or null. */
  Publication nextPublication(Channel channel, long id) {
    Members members = channels.get(channel);
    Map.Entry<Long, Publication> next = members == null ? null : members.publications.higherEntry(id);
    return next == null ? null : next.getValue();
  }

  /** The subscription to that channel with the least id above the given one, or null. */
  Subscription nextSubscription(Channel channel, long id) {
    Members members = channels.get(channel);
    Map.Entry<Long, Subscription> next = members == null ? null : members.subscriptions.higherEntry(id);
    return next == null ? null : next.getValue();
  }

  /** Channels that somebody uses. */
  int size() {
    return channels.size();
  }

  private void dropIfEmpty(Channel channel, Members members) {
    if (members.publications.isEmpty() && members.subscriptions.isEmpty()) {
      channels.remove(channel);
    }
  }
}
