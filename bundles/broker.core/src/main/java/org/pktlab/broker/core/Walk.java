package org.pktlab.broker.core;

/** Work of the conductor that may touch thousands of pairs of publication and subscription, done in small portions. */
interface Walk {
  /**
   * Looks at one pair.
   *
   * @return whether there is more to do now
   */
  boolean step();
}
