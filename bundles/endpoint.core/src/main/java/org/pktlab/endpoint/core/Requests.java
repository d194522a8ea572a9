package org.pktlab.endpoint.core;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.pktlab.filter.Dialect;
import org.pktlab.filter.FilterEngine;
import org.pktlab.filter.FilterRejectedException;
import org.pktlab.link.Link;
import org.pktlab.program.EbpfProgram;
import org.pktlab.program.Program;
import org.pktlab.program.ProgramException;
import org.pktlab.protocol.Family;
import org.pktlab.protocol.MemoryMap;
import org.pktlab.protocol.MessageType;
import org.pktlab.protocol.MreadFlyweight;
import org.pktlab.protocol.MwriteFlyweight;
import org.pktlab.protocol.NcapFlyweight;
import org.pktlab.protocol.NcloseFlyweight;
import org.pktlab.protocol.Nctl;
import org.pktlab.protocol.NctlFlyweight;
import org.pktlab.protocol.NopenFlyweight;
import org.pktlab.protocol.NsendFlyweight;
import org.pktlab.protocol.Protocol;
import org.pktlab.protocol.ProtocolException;
import org.pktlab.protocol.SocketState;
import org.pktlab.protocol.StatusCode;
import org.pktlab.transport.HidingFailedException;
import org.pktlab.transport.OpenFailedException;
import org.pktlab.transport.SocketRequest;
import org.pktlab.transport.Transport;

/**
 * Serves the requests about memory and sockets (protocol specification, sections 4.4 to 4.10 and 5 to 7): each gets its response, and what it causes comes after.
 * Owned by the session's loop.
 */
final class Requests {
  private final SessionHost host;
  private final Link link;
  private final SocketOwner owner;
  private final SocketSlot[] slots;
  private final SessionMemory memory;
  private final Answers answers;
  private final RawPackets rawPackets;
  private final MreadFlyweight mread = new MreadFlyweight();
  private final MwriteFlyweight mwrite = new MwriteFlyweight();
  private final NopenFlyweight nopen = new NopenFlyweight();
  private final NcloseFlyweight nclose = new NcloseFlyweight();
  private final NsendFlyweight nsend = new NsendFlyweight();
  private final NcapFlyweight ncap = new NcapFlyweight();
  private final NctlFlyweight nctl = new NctlFlyweight();
  private int generations;
  private String openFailure;

  /**
   * @param slots the session's socket table, by socket id; null is a free slot
   */
  Requests(SessionHost host, Link link, SocketOwner owner, SocketSlot[] slots, SessionMemory memory, Answers answers) {
    this.host = host;
    this.link = link;
    this.owner = owner;
    this.slots = slots;
    this.memory = memory;
    this.answers = answers;
    this.rawPackets = new RawPackets(host.exported());
  }

  /**
   * Serves a frame.
   *
   * @return false when it is none of these requests: nothing was answered then
   * @throws ProtocolException when it is malformed: nothing was answered then
   */
  boolean serve(int type, ByteBuffer buffer, int offset, int length) throws ProtocolException {
    switch (type) {
      case MessageType.MREAD -> {
        mread.wrap(buffer, offset, length);
        answers.mdata(memory, mread.addr(), mread.readLength());
      }
      case MessageType.MWRITE -> {
        mwrite.wrap(buffer, offset, length);
        memory.write(mwrite.addr(), part(buffer, mwrite.dataOffset(), mwrite.dataLength()));
        answers.result(StatusCode.SUCCESS);
      }
      case MessageType.NSEND -> {
        nsend.wrap(buffer, offset, length);
        nsend(buffer);
      }
      case MessageType.NOPEN -> {
        nopen.wrap(buffer, offset, length);
        openFailure = null;
        int status = nopen(buffer);
        answers.result(status);
        if (status != StatusCode.SUCCESS) { // the controller is told a number, the operator the whole
          String reason = openFailure == null ? StatusCode.describe(status) : openFailure;
          host.refusals().add(String.valueOf(link.remoteAddress()), "nopen", "socket " + nopen.sktid() + " " + Protocol.name(nopen.proto()) + ": " + reason);
        }
      }
      case MessageType.NCLOSE -> {
        nclose.wrap(buffer, offset, length);
        answers.result(nclose(nclose.sktid()));
      }
      case MessageType.NCTL -> {
        nctl.wrap(buffer, offset, length);
        nctl();
      }
      case MessageType.NCAP -> {
        ncap.wrap(buffer, offset, length);
        int status = ncap(buffer);
        answers.result(status);
        if (status == StatusCode.SUCCESS) {
          owner.wake(slots[ncap.sktid()]);
        }
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private static ByteBuffer part(ByteBuffer buffer, int offset, int length) {
    return buffer.duplicate().clear().position(offset).limit(offset + length);
  }

  /** The checks in the order of section 5. */
  private int nopen(ByteBuffer buffer) {
    int family = nopen.family();
    int proto = nopen.proto();
    int sktid = nopen.sktid();
    if (slots[sktid] != null) {
      return StatusCode.ESKTINUSE;
    }
    if (!host.exported().exports(family)) {
      return StatusCode.ESKTNOPRFAM;
    }
    Transport transport = host.transports().get(proto);
    if (transport == null) {
      return StatusCode.ESKTNOPROTO;
    }
    if (proto == Protocol.TCP && !nopen.isConnect()) {
      return StatusCode.ECTLNOTSUP; // the listen form is defined on the wire, and no endpoint implements it
    }
    InetAddress localAddress = address(buffer, nopen.localAddressOffset(), nopen.addressLength());
    if (proto == Protocol.RAW && localAddress.isAnyLocalAddress()) {
      localAddress = host.exported().best(family); // a raw socket is one of an interface
    }
    InetSocketAddress local = new InetSocketAddress(localAddress, nopen.localPort());
    InetSocketAddress remote =
        nopen.isConnect() ? new InetSocketAddress(address(buffer, nopen.remoteAddressOffset(), nopen.addressLength()), nopen.remotePort()) : null;
    byte state = remote == null ? SocketState.OPEN : SocketState.OPENING;
    SocketSlot slot = new SocketSlot(owner, sktid, ++generations, family, proto, state, remote, nopen.rbufsz());
    try {
      slot.opened(transport.open(new SocketRequest(local, remote, host.epochNs()), slot, link.loop()));
    } catch (OpenFailedException e) {
      openFailure = e.getMessage();
      return statusOf(e.reason(), proto);
    }
    slots[sktid] = slot;
    owner.counters().opens++;
    return StatusCode.SUCCESS;
  }

  private static int statusOf(OpenFailedException.Reason reason, int proto) {
    return switch (reason) {
      case NO_ADDRESS -> StatusCode.ESKTNOADDR;
      case PORT_IN_USE -> proto == Protocol.UDP ? StatusCode.EUDPNOPORT : StatusCode.ETCPNOPORT;
      default -> StatusCode.EUNKFAULT;
    };
  }

  private int nclose(int sktid) {
    SocketSlot slot = slots[sktid];
    if (slot == null) {
      return StatusCode.ESKTNOTOPEN;
    }
    slot.close();
    slots[sktid] = null;
    return StatusCode.SUCCESS;
  }

  private void nsend(ByteBuffer buffer) {
    int status = send(buffer);
    if (status == StatusCode.ESYSNOBUFS && owner.tryAccepted()) {
      status = send(buffer); // those before it have left and given their room back
    }
    answers.result(status);
    if (status == StatusCode.SUCCESS) {
      owner.accepted(slots[nsend.sktid()], nsend.timeNs());
    }
  }

  private int send(ByteBuffer buffer) {
    SocketSlot slot = slots[nsend.sktid()];
    if (slot == null || !slot.acceptsSend()) {
      return StatusCode.ESKTNOTOPEN;
    }
    if (slot.family != nsend.family() || slot.proto != nsend.proto()) {
      return StatusCode.ESKTNOMATCH;
    }
    InetSocketAddress to =
        nsend.addressLength() == 0 ? null : new InetSocketAddress(address(buffer, nsend.addressOffset(), nsend.addressLength()), nsend.port());
    ByteBuffer data = part(buffer, nsend.dataOffset(), nsend.dataLength());
    boolean permitted = slot.proto != Protocol.RAW || rawPackets.mayLeave(slot.family, data);
    return permitted ? slot.send(nsend.timeNs(), nsend.tag(), data, to) : StatusCode.ESKTPKTDENY;
  }

  private void nctl() {
    SocketSlot slot = slots[nctl.sktid()];
    if (slot == null || slot.family != nctl.family() || slot.proto != nctl.proto()) {
      answers.result(StatusCode.ESKTNOMATCH);
    } else if (nctl.command() != Nctl.FIN) {
      answers.result(StatusCode.ECTLNOTSUP);
    } else if (SocketState.isError(slot.state())) {
      answers.result(StatusCode.ESKTNOTOPEN);
    } else {
      slot.finish(nctl.timeNs());
      answers.result(StatusCode.SUCCESS);
      owner.wake(slot);
    }
  }

  /** The checks in the order of the programs specification, section 3.5. */
  private int ncap(ByteBuffer buffer) {
    SocketSlot slot = slots[ncap.sktid()];
    if (slot == null || slot.state() != SocketState.OPEN && slot.state() != SocketState.OPENING) {
      return StatusCode.ESKTNOTOPEN;
    }
    if (slot.family != ncap.family() || slot.proto != ncap.proto()) {
      return StatusCode.ESKTNOMATCH;
    }
    if (slot.proto != Protocol.RAW) {
      return StatusCode.EUNKFAULT;
    }
    FilterEngine engine = host.filters().get();
    if (engine == null) {
      return StatusCode.ECTLNOTSUP;
    }
    byte[] octets = new byte[ncap.programLength()];
    buffer.get(ncap.programOffset(), octets);
    try {
      if (!(Program.decode(octets) instanceof EbpfProgram program)) {
        return refusedFilter("it is no eBPF program");
      }
      boolean consume = (memory.extensions() & MemoryMap.EXTENSION_CONSUME) != 0;
      Capture capture = new Capture(engine.load(program, Dialect.LINUX), ncap.endTimeNs(), consume);
      slot.capture(capture, consume ? program : null);
    } catch (ProgramException e) {
      return refusedFilter(e.getMessage()); // an earlier filter goes on
    } catch (FilterRejectedException e) {
      slot.stopCapture();
      return refusedFilter(e.getMessage());
    } catch (HidingFailedException e) {
      refusedFilter(e.getMessage());
      return StatusCode.ECTLNOTSUP;
    }
    return StatusCode.SUCCESS;
  }

  private int refusedFilter(String reason) {
    host.refusals().add(String.valueOf(link.remoteAddress()), "ncap", "socket " + ncap.sktid() + ": " + reason);
    return StatusCode.ESKTBADFILT;
  }

  private static InetAddress address(ByteBuffer buffer, int offset, int length) {
    byte[] octets = new byte[length];
    buffer.get(offset, octets);
    try {
      // An IPv4-mapped address stays one of IPv6: the family is what the request says.
      return length == Family.IPV6_LENGTH ? Inet6Address.getByAddress(null, octets, -1) : InetAddress.getByAddress(octets);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("the codec lets only addresses of 4 and 16 octets pass", e);
    }
  }
}
