package org.pktlab.transport.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.channel.unix.Errors;
import java.io.IOException;
import java.net.ConnectException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pktlab.transport.OpenFailedException.Reason;
import org.pktlab.transport.SocketFailure;
import org.pktlab.transport.parts.Failures;

/** Whether what Netty throws is understood: the number of an error is read from its text. */
class FailuresTest {
  @BeforeAll
  static void loadNativeErrors() {
    io.netty.channel.epoll.Epoll.ensureAvailability();
  }

  @ParameterizedTest
  @CsvSource({
    "1, DENIED", "13, DENIED", "32, RESET", "90, TOO_LONG", "100, UNREACHABLE", "101, UNREACHABLE", "104, RESET", "105, OTHER",
    "110, TIMED_OUT", "111, REFUSED", "112, UNREACHABLE", "113, UNREACHABLE"
  })
  void shouldNameEveryNumberOfTheSystem(int number, SocketFailure failure) {
    assertEquals(failure, Failures.failure(Errors.newConnectionResetException("read", -number)));
    assertEquals(failure, Failures.failure(new ConnectException("connect(..) failed with error(-" + number + "): whatever")));
  }

  @Test
  void shouldTellHostFromNetworkOnlyWhileConnecting() {
    IOException network = Errors.newConnectionResetException("connect", -101);
    IOException host = Errors.newConnectionResetException("connect", -113);
    assertEquals(SocketFailure.OTHER, Failures.connectFailure(network));
    assertEquals(SocketFailure.UNREACHABLE, Failures.connectFailure(host));
  }

  @Test
  void shouldNameWhyASocketCannotBeOpened() {
    assertEquals(Reason.DENIED, Failures.bind(Errors.newIOException("bind", -13)).reason());
    assertEquals(Reason.PORT_IN_USE, Failures.bind(Errors.newIOException("bind", -98)).reason());
    assertEquals(Reason.NO_ADDRESS, Failures.bind(Errors.newIOException("bind", -99)).reason());
    assertEquals(Reason.OTHER, Failures.open(Errors.newIOException("connect", -99)).reason());
    assertEquals(Reason.DENIED, Failures.open(Errors.newIOException("connect", -1)).reason());
  }
}
