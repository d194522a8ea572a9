package org.pktlab.endpoint.core;

import org.pktlab.protocol.SendError;
import org.pktlab.protocol.SocketState;
import org.pktlab.protocol.StatCode;
import org.pktlab.transport.SocketFailure;

/** How the failure of a socket shows on the wire (protocol specification, sections 7.2 and 7.6). */
final class FailureCodes {
  private FailureCodes() {}

  static byte stateOf(SocketFailure failure) {
    return switch (failure) {
      case REFUSED -> SocketState.REFUSED;
      case RESET -> SocketState.RESET;
      case TIMED_OUT -> SocketState.TIMEDOUT;
      case UNREACHABLE -> SocketState.UNREACH;
      default -> SocketState.UNKFAULT;
    };
  }

  static int codeOf(SocketFailure failure) {
    return switch (failure) {
      case REFUSED, RESET -> StatCode.RESET;
      case TIMED_OUT -> StatCode.TIMEDOUT;
      default -> StatCode.OTHER;
    };
  }

  static byte sendErrorOf(SocketFailure failure) {
    return switch (failure) {
      case RESET -> SendError.RESET;
      case TIMED_OUT -> SendError.TIMEDOUT;
      case UNREACHABLE -> SendError.UNREACHABLE;
      case TOO_LONG -> SendError.BAD_PACKET;
      default -> SendError.OTHER;
    };
  }
}
