package org.pktlab.transport;

/** Why a socket failed. */
public enum SocketFailure {
  /** Nobody listens there. */
  REFUSED,
  /** The peer reset the connection. */
  RESET,
  /** No answer in time. */
  TIMED_OUT,
  /** No way to that host or network. */
  UNREACHABLE,
  /** The operating system forbade it. */
  DENIED,
  /** The datagram is longer than the socket or path takes. */
  TOO_LONG,
  /** The transport was taken away while the socket was open. */
  WITHDRAWN,
  /** Anything else. */
  OTHER
}
