package org.pktlab.broker.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.pktlab.rendezvous.Channel;
import org.pktlab.role.Printable;
import org.pktlab.role.SessionStatus;

/** Publications and subscriptions in words, for the administrator. Used on the conductor. */
final class Descriptions {
  private static final int CHANNELS_SHOWN = 4;

  private Descriptions() {}

  static List<SessionStatus> of(Collection<Publication> publications, Collection<Subscription> subscriptions) {
    List<SessionStatus> sessions = new ArrayList<>(publications.size() + subscriptions.size());
    publications.forEach(publication -> sessions.add(of(publication)));
    subscriptions.forEach(subscription -> sessions.add(of(subscription)));
    sessions.sort(Comparator.comparingLong(SessionStatus::id));
    return sessions;
  }

  private static SessionStatus of(Publication publication) {
    PublicationRequest request = publication.request;
    return new SessionStatus(
        publication.id,
        "publication",
        publication.owner.name,
        "PUBLISHED",
        publication.since,
        "channels=" + names(request.channels()) + " descriptor=" + Printable.of(request.descriptor().format()));
  }

  private static SessionStatus of(Subscription subscription) {
    SubscriptionRequest request = subscription.request;
    return new SessionStatus(
        subscription.id,
        "subscription",
        subscription.owner.name,
        "SUBSCRIBED",
        subscription.since,
        "channels="
            + names(request.channels())
            + " waiting="
            + subscription.owner.waiting.size()
            + " attributes="
            + Printable.of(request.attributes().format()));
  }

  /** The first few channels, in hex. */
  static String names(List<Channel> channels) {
    int shown = Math.min(channels.size(), CHANNELS_SHOWN);
    String names = String.join(",", channels.subList(0, shown).stream().map(Channel::hex).toList());
    return shown == channels.size() ? names : names + ",...(" + channels.size() + ")";
  }
}
