package org.pktlab.transport.raw.linux;

/**
 * A place in the kernel where a capture program says which packets are hidden.
 *
 * @param programType the kernel's number of the type of program that runs there
 * @param header octets before the network layer that a packet has there
 * @param hide what a program gives back there to have a packet dropped
 * @param show what it gives back to have it pass
 */
record HidingPlace(int programType, int header, int hide, int show) {
  private static final int SOCKET_FILTER = 1;
  private static final int TRAFFIC_CLASSIFIER = 3;
  private static final int DROP = 2;
  private static final int NEXT = -1;

  /** A traffic classifier (TCX): what it passes on goes to whatever classifiers come next. */
  static HidingPlace classifier(int header) {
    return new HidingPlace(TRAFFIC_CLASSIFIER, header, DROP, NEXT);
  }

  /** A match of a netfilter rule, which sees packets from the network layer on: the rule is for those for which it gives back anything but 0. */
  static HidingPlace match() {
    return new HidingPlace(SOCKET_FILTER, 0, 1, 0);
  }
}
