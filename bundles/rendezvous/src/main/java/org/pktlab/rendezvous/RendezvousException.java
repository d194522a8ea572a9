package org.pktlab.rendezvous;

/**
 * Text or octets that are not what the rendezvous specification allows.
 *
 * <p>The message is one line of printable ASCII, safe for a log or a terminal: foreign octets in it are escaped.
 */
public final class RendezvousException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Value of {@link #position()} when no single octet is to blame. */
  public static final int NOWHERE = -1;

  private final int position;
  private final String reason;

  /**
   * @param position 0-based offset of the first offending octet in the input, or {@link #NOWHERE}
   * @param reason what is wrong, in words; escaped by this constructor
   */
  public RendezvousException(int position, String reason) {
    super(position < 0 ? Quoted.escape(reason) : Quoted.escape(reason) + " (at octet " + position + ")");
    this.position = Math.max(position, NOWHERE);
    this.reason = Quoted.escape(reason);
  }

  /** 0-based offset of the first offending octet in the input, or {@link #NOWHERE}. */
  public int position() {
    return position;
  }

  /** What is wrong, in words, without the position. */
  public String reason() {
    return reason;
  }
}
