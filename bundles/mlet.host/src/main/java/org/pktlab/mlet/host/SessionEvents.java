package org.pktlab.mlet.host;

/** What a session tells whoever runs it. Called on any thread; must not block. */
interface SessionEvents {
  /** A line for the person who watches; printable. */
  void progress(String line);

  /** The session is over. Called once. */
  void ended(String reason);
}
