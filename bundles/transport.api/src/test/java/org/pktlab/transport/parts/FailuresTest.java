package org.pktlab.transport.parts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pktlab.transport.OpenFailedException;
import org.pktlab.transport.OpenFailedException.Reason;
import org.pktlab.transport.SocketFailure;

/** What errors of the system become. What Netty throws is tried where Netty is. */
class FailuresTest {
  @Test
  void shouldNameTheErrorsOfTheJdk() {
    assertEquals(SocketFailure.RESET, Failures.failure(new SocketException("Connection reset")));
    assertEquals(SocketFailure.RESET, Failures.failure(new IOException("Broken pipe")));
    assertEquals(SocketFailure.REFUSED, Failures.failure(new ConnectException("Connection refused")));
    assertEquals(SocketFailure.UNREACHABLE, Failures.failure(new NoRouteToHostException("No route to host")));
    assertEquals(SocketFailure.UNREACHABLE, Failures.failure(new NoRouteToHostException()));
    assertEquals(SocketFailure.OTHER, Failures.failure(new IOException()));
  }

  @Test
  void shouldNameWhyASocketCannotBeOpened() {
    OpenFailedException denied = Failures.bind(new SocketException("Permission denied"));
    assertEquals(Reason.DENIED, denied.reason());
    assertEquals("Permission denied", denied.getMessage());
    assertEquals(Reason.PORT_IN_USE, Failures.bind(new BindException("Address already in use")).reason());
    assertEquals(Reason.NO_ADDRESS, Failures.bind(new BindException("Cannot assign requested address")).reason());
    assertEquals(Reason.OTHER, Failures.open(new BindException("Cannot assign requested address")).reason());
    assertEquals("IOException", Failures.open(new IOException()).getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "1, DENIED, DENIED, false", "13, DENIED, DENIED, true", "22, OTHER, OTHER, true", "24, OTHER, OTHER, false", "90, TOO_LONG, OTHER, true",
    "99, UNREACHABLE, NO_ADDRESS, false", "100, UNREACHABLE, OTHER, false", "101, UNREACHABLE, OTHER, false", "111, OTHER, OTHER, false",
    "112, UNREACHABLE, OTHER, false", "113, UNREACHABLE, OTHER, false"
  })
  void shouldNameTheErrorsOfRawSockets(int number, SocketFailure open, Reason opening, boolean ofOnePacket) {
    assertEquals(open, RawFailures.failure(number));
    assertEquals(opening, RawFailures.open("a raw IP socket", number).reason());
    assertEquals(ofOnePacket, RawFailures.isOfOnePacket(number));
  }

  @Test
  void shouldSayWhatARawSocketNeeds() {
    assertTrue(RawFailures.open("a raw IP socket", Errno.EPERM).getMessage().startsWith("a raw IP socket needs the privilege CAP_NET_RAW"));
  }
}
