package org.pktlab.endpoint.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pktlab.protocol.MemoryMap;
import org.pktlab.protocol.Nclose;
import org.pktlab.protocol.Nopen;
import org.pktlab.protocol.Nsend;
import org.pktlab.protocol.Nstat;
import org.pktlab.protocol.Ntag;
import org.pktlab.protocol.SocketState;
import org.pktlab.protocol.StatCode;
import org.pktlab.protocol.StatusCode;
import org.pktlab.transport.tcp.TcpTransport;
import org.pktlab.transport.udp.UdpTransport;

/** Transports that go and come back while sessions run. */
class TransportChangesTest {
  private static final byte[] ANY4 = new byte[4];
  private static final byte[] LOCAL4 = {127, 0, 0, 1};

  @Test
  void shouldEndItsSocketsWithTheirStatusAndLetTheOthersAndTheSessionGoOn() throws Exception {
    try (Rig rig = Rig.usual();
        Peers.Udp sink = new Peers.Udp(Rig.ip("127.0.0.1"));
        Peers.Tcp far = new Peers.Tcp(Rig.ip("127.0.0.1"))) {
      ControllerEnd controller = rig.session();
      controller.succeed(Nopen.udp(1, 100, LOCAL4, 0));
      controller.succeed(Nopen.tcpConnect(2, 100, ANY4, 0, LOCAL4, far.port()));
      try (Socket peer = far.accept()) {
        controller.next(Nstat.class);
        long later = rig.clock() + 3_600_000_000_000L;
        controller.succeed(new Nsend(1, 4, 17, later, 5, sink.address(), sink.port(), new byte[10]));

        UdpTransport udp = (UdpTransport) rig.transports.get(17);
        rig.transports.remove(udp);
        udp.deactivate();

        Nstat stat = controller.next(Nstat.class);
        assertEquals(List.of(1, StatCode.OTHER), List.of(stat.sktid(), stat.code()));
        Ntag tag = controller.next(Ntag.class);
        assertEquals(List.of(1, 5, StatusCode.EPKTNOTSENT), List.of(tag.sktid(), tag.tag(), tag.status()));
        assertEquals(SocketState.UNKFAULT, (byte) controller.readNumber(MemoryMap.socketField(1, MemoryMap.OFFSET_STATE), 1));
        assertEquals(StatusCode.ESKTNOPROTO, controller.status(Nopen.udp(3, 100, LOCAL4, 0)));
        assertEquals(MemoryMap.PROTOCOL_TCP, controller.readNumber(MemoryMap.PROTOCOLS, 4));
        controller.succeed(new Nsend(2, 4, 6, 0, 6, null, 0, new byte[] {42}));
        assertEquals(6, controller.next(Ntag.class).tag());
        assertEquals(42, peer.getInputStream().read());

        rig.transports.add(Rig.udp(), 0);
        assertEquals(StatusCode.ESKTINUSE, controller.status(Nopen.udp(1, 100, LOCAL4, 0)));
        controller.succeed(new Nclose(1));
        controller.succeed(Nopen.udp(1, 100, LOCAL4, 0));
        controller.succeed(new Nsend(1, 4, 17, 0, 7, sink.address(), sink.port(), new byte[] {43}));
        assertEquals(7, controller.next(Ntag.class).tag());
        assertArrayEquals(new byte[] {43}, sink.receive());
        assertEquals(Rig.EVERYTHING, controller.readNumber(MemoryMap.PROTOCOLS, 4));
      }
    }
  }

  @Test
  void shouldEndConnectionsOfATransportThatGoes() throws Exception {
    try (Rig rig = Rig.usual();
        Peers.Tcp far = new Peers.Tcp(Rig.ip("127.0.0.1"))) {
      ControllerEnd controller = rig.session();
      controller.succeed(Nopen.tcpConnect(2, 100, ANY4, 0, LOCAL4, far.port()));
      try (Socket peer = far.accept()) {
        controller.next(Nstat.class);
        TcpTransport tcp = (TcpTransport) rig.transports.get(6);
        rig.transports.remove(tcp);
        tcp.deactivate();
        assertEquals(StatCode.OTHER, controller.next(Nstat.class).code());
        assertEquals(-1, peer.getInputStream().read());
        assertEquals(StatusCode.ESKTNOPROTO, controller.status(Nopen.tcpConnect(3, 100, ANY4, 0, LOCAL4, far.port())));
        rig.transports.add(new TcpTransport(), 0);
        controller.succeed(Nopen.tcpConnect(3, 100, ANY4, 0, LOCAL4, far.port()));
        far.accept().close();
        assertEquals(StatCode.ESTABLISHED, controller.next(Nstat.class).code());
      }
    }
  }

  @Test
  void shouldGoOnWithASecondTransportOfTheSameKind() {
    try (Rig rig = Rig.usual()) {
      ControllerEnd controller = rig.session();
      UdpTransport first = (UdpTransport) rig.transports.get(17);
      UdpTransport second = Rig.udp();
      rig.transports.add(second, 0);
      controller.succeed(Nopen.udp(1, 100, LOCAL4, 0));
      rig.transports.remove(second);
      second.deactivate();
      assertEquals(StatCode.OTHER, controller.next(Nstat.class).code());
      assertEquals(first, rig.transports.get(17));
      controller.succeed(Nopen.udp(2, 100, LOCAL4, 0));
      assertEquals(Rig.EVERYTHING, controller.readNumber(MemoryMap.PROTOCOLS, 4));
    }
  }
}
