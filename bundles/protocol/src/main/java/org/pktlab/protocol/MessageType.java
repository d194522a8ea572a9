package org.pktlab.protocol;

/**
 * The assigned type octets (protocol specification, sections 2.5 and 4.0). Codes 0x90 to 0xFF are for private use and never
 * assigned here.
 */
public final class MessageType {
  /** Controller to endpoint: a program asked for by digest. */
  public static final int CDATA = 0x20;

  /** Controller to endpoint: set-up is complete. */
  public static final int START = 0x21;

  /** Controller to endpoint: end of the experiment. */
  public static final int END = 0x22;

  /** Controller to endpoint: give the endpoint away until a time. */
  public static final int YIELD = 0x23;

  /** Controller to endpoint: continue; assigned but without use. */
  public static final int CONT = 0x24;

  /** Controller to endpoint: read memory. */
  public static final int MREAD = 0x28;

  /** Controller to endpoint: write memory. */
  public static final int MWRITE = 0x29;

  /** Controller to endpoint: open a socket. */
  public static final int NOPEN = 0x2A;

  /** Controller to endpoint: close a socket. */
  public static final int NCLOSE = 0x2B;

  /** Controller to endpoint: send data at a time. */
  public static final int NSEND = 0x2C;

  /** Controller to endpoint: capture on a raw socket until a time. */
  public static final int NCAP = 0x2D;

  /** Controller to endpoint: control a TCP connection. */
  public static final int NCTL = 0x2E;

  /** Publisher or endpoint to broker: one certificate. */
  public static final int XCERT = 0x30;

  /** Publisher to broker: publish an experiment. */
  public static final int XPUB = 0x31;

  /** Endpoint to broker: subscribe. */
  public static final int XSUB = 0x38;

  /** Answer with a status. */
  public static final int RESULT = 0x40;

  /** Endpoint to controller: memory that was read. */
  public static final int MDATA = 0x41;

  /** Endpoint to controller: when a tagged nsend left, or that it did not. */
  public static final int NTAG = 0x60;

  /** Endpoint to controller: a connection changed its state. */
  public static final int NSTAT = 0x61;

  /** Endpoint to controller: data received. */
  public static final int NDATA = 0x62;

  /** Endpoint to controller: data dropped. */
  public static final int NDROP = 0x63;

  /** Endpoint to controller: a monitor withheld received data. */
  public static final int NBLOCK = 0x64;

  /** Endpoint to controller: a word from a component of the endpoint. */
  public static final int LINFO = 0x65;

  /** Endpoint to controller: the experiment is suspended. */
  public static final int SUSPD = 0x68;

  /** Endpoint to controller: the experiment is resumed; assigned but without use. */
  public static final int RESUMD = 0x69;

  /** Broker to endpoint: a publication that matches. */
  public static final int XNOTIFY = 0x70;

  /** Controller to proxy: register a key. */
  public static final int XREG = 0x80;

  private MessageType() {}

  /** The lower-case name of a type, or "unknown". */
  public static String name(int type) {
    return switch (type) {
      case CDATA -> "cdata";
      case START -> "start";
      case END -> "end";
      case YIELD -> "yield";
      case CONT -> "cont";
      case MREAD -> "mread";
      case MWRITE -> "mwrite";
      case NOPEN -> "nopen";
      case NCLOSE -> "nclose";
      case NSEND -> "nsend";
      case NCAP -> "ncap";
      case NCTL -> "nctl";
      case XCERT -> "xcert";
      case XPUB -> "xpub";
      case XSUB -> "xsub";
      case RESULT -> "result";
      case MDATA -> "mdata";
      case NTAG -> "ntag";
      case NSTAT -> "nstat";
      case NDATA -> "ndata";
      case NDROP -> "ndrop";
      case NBLOCK -> "nblock";
      case LINFO -> "linfo";
      case SUSPD -> "suspd";
      case RESUMD -> "resumd";
      case XNOTIFY -> "xnotify";
      case XREG -> "xreg";
      default -> "unknown";
    };
  }

  /** Whether the protocol assigns a message to this type; all others decode as {@link Unknown}. */
  public static boolean isAssigned(int type) {
    return switch (type) {
      case CDATA, START, END, YIELD, CONT, MREAD, MWRITE, NOPEN, NCLOSE, NSEND, NCAP, NCTL -> true;
      case XCERT, XPUB, XSUB, XNOTIFY, XREG -> true;
      case RESULT, MDATA, NTAG, NSTAT, NDATA, NDROP, NBLOCK, LINFO, SUSPD, RESUMD -> true;
      default -> false;
    };
  }
}
