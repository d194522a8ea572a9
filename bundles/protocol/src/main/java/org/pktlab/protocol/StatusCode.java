package org.pktlab.protocol;

/**
 * Status codes of results and of ntag, u16, by their names in the reference (protocol specification, section 5).
 */
public final class StatusCode {
  /** Success; never written as octets. */
  public static final int SUCCESS = 0x00;

  /** A malformed frame; the session is closed behind it. */
  public static final int ECTLBADMSG = 0x10;

  /** A type that is unknown or not accepted in this phase. */
  public static final int ECTLNOTSUP = 0x11;

  /** A monitor rejected the request; carries its index and its own code. */
  public static final int ECTLMONREJ = 0x12;

  /** A monitor failed; carries its index. */
  public static final int ECTLMONUKN = 0x13;

  /** The content of a cdata is not acceptable. */
  public static final int ECRTBADHDAT = 0x20;

  /** Programs that the certificates require are missing at start; the session is closed. */
  public static final int ECRTNOHDAT = 0x21;

  /** A certificate is badly formed. */
  public static final int ECRTBADFRM = 0x22;

  /** No space for another certificate. */
  public static final int ECRTNOSPACE = 0x23;

  /** The hint of a cdata is not understood. */
  public static final int ECRTBADHINT = 0x24;

  /** The global buffer would be exceeded. */
  public static final int ESYSNOBUFS = 0x30;

  /** The endpoint lacks a permission. */
  public static final int ESYSNOPERM = 0x31;

  /** The slot is not free. */
  public static final int ESKTINUSE = 0x32;

  /** The socket is not in a state for this request. */
  public static final int ESKTNOTOPEN = 0x33;

  /** The endpoint exports no address of the family. */
  public static final int ESKTNOPRFAM = 0x34;

  /** The protocol is disabled at the endpoint. */
  public static final int ESKTNOPROTO = 0x35;

  /** The local address is not the endpoint's. */
  public static final int ESKTNOADDR = 0x36;

  /** Family or protocol differ from the socket's. */
  public static final int ESKTNOMATCH = 0x37;

  /** The capture program is not acceptable. */
  public static final int ESKTBADFILT = 0x38;

  /** The packet, its addresses, its size or the quota forbid sending. */
  public static final int ESKTPKTDENY = 0x39;

  /** The destination is not allowed. */
  public static final int ESKTOPNDENY = 0x3A;

  /** The local TCP port is in use. */
  public static final int ETCPNOPORT = 0x40;

  /** The data were discarded unsent; only inside ntag. */
  public static final int EPKTNOTSENT = 0x41;

  /** The local UDP port is in use. */
  public static final int EUDPNOPORT = 0x42;

  /** The packet was cut short. */
  public static final int EPKTTRUNC = 0x43;

  /** The experiment's socket quota is used up. */
  public static final int ENORES = 0x44;

  /** The memory address is not valid. */
  public static final int EMEMBADADR = 0x48;

  /** Broker to xpub: bad list of channels. */
  public static final int EPUBBADCHL = 0x50;

  /** Broker to xpub: bad certificate chain, or a channel that it does not cover. */
  public static final int EPUBBADCHN = 0x51;

  /** Broker to xpub: bad address. */
  public static final int EPUBBADADDR = 0x52;

  /** Broker to xpub: bad priority. */
  public static final int EPUBBADPR = 0x53;

  /** Broker to xpub: bad experiment description. */
  public static final int EPUBBADXD = 0x54;

  /** Broker to xsub: bad list of channels. */
  public static final int ESUBBADCHL = 0x60;

  /** Broker to xsub: bad certificate chain, or a channel that it does not cover. */
  public static final int ESUBBADCHN = 0x61;

  /** Broker to xsub: bad attributes. */
  public static final int ESUBBADDA = 0x62;

  /** Any other failure. */
  public static final int EUNKFAULT = 0xFFFF;

  private StatusCode() {}

  /** The reference's name of a code, or "status 0xNNNN". */
  public static String name(int status) {
    return switch (status) {
      case SUCCESS -> "SUCCESS";
      case ECTLBADMSG -> "ECTLBADMSG";
      case ECTLNOTSUP -> "ECTLNOTSUP";
      case ECTLMONREJ -> "ECTLMONREJ";
      case ECTLMONUKN -> "ECTLMONUKN";
      case ECRTBADHDAT -> "ECRTBADHDAT";
      case ECRTNOHDAT -> "ECRTNOHDAT";
      case ECRTBADFRM -> "ECRTBADFRM";
      case ECRTNOSPACE -> "ECRTNOSPACE";
      case ECRTBADHINT -> "ECRTBADHINT";
      case ESYSNOBUFS -> "ESYSNOBUFS";
      case ESYSNOPERM -> "ESYSNOPERM";
      case ESKTINUSE -> "ESKTINUSE";
      case ESKTNOTOPEN -> "ESKTNOTOPEN";
      case ESKTNOPRFAM -> "ESKTNOPRFAM";
      case ESKTNOPROTO -> "ESKTNOPROTO";
      case ESKTNOADDR -> "ESKTNOADDR";
      case ESKTNOMATCH -> "ESKTNOMATCH";
      case ESKTBADFILT -> "ESKTBADFILT";
      case ESKTPKTDENY -> "ESKTPKTDENY";
      case ESKTOPNDENY -> "ESKTOPNDENY";
      case ETCPNOPORT -> "ETCPNOPORT";
      case EPKTNOTSENT -> "EPKTNOTSENT";
      case EUDPNOPORT -> "EUDPNOPORT";
      case EPKTTRUNC -> "EPKTTRUNC";
      case ENORES -> "ENORES";
      case EMEMBADADR -> "EMEMBADADR";
      case EPUBBADCHL -> "EPUBBADCHL";
      case EPUBBADCHN -> "EPUBBADCHN";
      case EPUBBADADDR -> "EPUBBADADDR";
      case EPUBBADPR -> "EPUBBADPR";
      case EPUBBADXD -> "EPUBBADXD";
      case ESUBBADCHL -> "ESUBBADCHL";
      case ESUBBADCHN -> "ESUBBADCHN";
      case ESUBBADDA -> "ESUBBADDA";
      case EUNKFAULT -> "EUNKFAULT";
      default -> String.format("status 0x%04x", status);
    };
  }

  /** The code in plain words for people; never empty. */
  public static String describe(int status) {
    return switch (status) {
      case SUCCESS -> "success";
      case ECTLBADMSG -> "the message was malformed; the session is closed";
      case ECTLNOTSUP -> "the message is not known or not accepted in this phase";
      case ECTLMONREJ -> "a monitor of the endpoint rejected the request";
      case ECTLMONUKN -> "a monitor of the endpoint failed";
      case ECRTBADHDAT -> "the program was not acceptable";
      case ECRTNOHDAT -> "a program that the certificates require is missing; the session is closed";
      case ECRTBADFRM -> "a certificate was badly formed";
      case ECRTNOSPACE -> "there was no space for another certificate";
      case ECRTBADHINT -> "the purpose stated for the program was not understood";
      case ESYSNOBUFS -> "the endpoint's buffer is full";
      case ESYSNOPERM -> "the endpoint lacks a permission for this";
      case ESKTINUSE -> "the socket number is in use";
      case ESKTNOTOPEN -> "the socket is not open for this";
      case ESKTNOPRFAM -> "the endpoint offers no address of this family";
      case ESKTNOPROTO -> "the endpoint does not offer this protocol";
      case ESKTNOADDR -> "the local address does not belong to the endpoint";
      case ESKTNOMATCH -> "family or protocol differ from the socket's";
      case ESKTBADFILT -> "the capture filter was not acceptable";
      case ESKTPKTDENY -> "sending this packet is not allowed";
      case ESKTOPNDENY -> "connecting to this destination is not allowed";
      case ETCPNOPORT -> "the local TCP port is in use";
      case EPKTNOTSENT -> "the data were not sent";
      case EUDPNOPORT -> "the local UDP port is in use";
      case EPKTTRUNC -> "the packet was cut short";
      case ENORES -> "the experiment may open no more sockets";
      case EMEMBADADR -> "the memory address is not valid";
      case EPUBBADCHL -> "the broker did not accept the list of channels of the publication";
      case EPUBBADCHN -> "the publication's certificate chain is not valid or does not cover its channels";
      case EPUBBADADDR -> "the broker did not accept the controller address of the publication";
      case EPUBBADPR -> "the broker did not accept the priority of the publication";
      case EPUBBADXD -> "the broker did not accept the experiment description";
      case ESUBBADCHL -> "the broker did not accept the list of channels of the subscription";
      case ESUBBADCHN -> "the subscription's certificate chain is not valid or does not cover its channels";
      case ESUBBADDA -> "the broker did not accept the endpoint's attributes";
      case EUNKFAULT -> "some other failure";
      default -> String.format("a status that this version does not know (0x%04x)", status);
    };
  }
}
