package org.pktlab.protocol;

/**
 * One control message (protocol specification, section 4). A message that breaks the protocol cannot exist: the constructors of its
 * records refuse it with an {@link IllegalArgumentException}.
 *
 * <p>Messages are values, equal by content. Byte arrays are borrowed, not copied: {@link MessageCodec#decode} gives each message arrays
 * of its own, and whoever makes or shares a message must not change its arrays afterwards. With that, messages are safe for use by
 * many threads.
 */
public sealed interface Message permits Request, Response, Notification, Rendezvous, Unknown {
  /** The type octet, 0 to 255, see {@link MessageType}. */
  int type();
}
