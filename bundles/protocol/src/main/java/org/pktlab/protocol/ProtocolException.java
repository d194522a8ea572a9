package org.pktlab.protocol;

/**
 * Tells that a frame breaks the rules of the protocol: what is wrong, in words, and at which octet.
 *
 * <p>It is the only exception that octets from the network can cause. A buffer that does not hold the stated range is the
 * caller's mistake and shows as an {@link IndexOutOfBoundsException}.
 */
public final class ProtocolException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int offset;
  private final String reason;

  /**
   * @param offset octet of the frame where it went wrong, counted from the first octet of its header; the length of the frame
   *     when octets are missing at its end
   * @param reason what is wrong, in words
   */
  public ProtocolException(int offset, String reason) {
    super(reason + " (octet " + offset + " of the frame)");
    this.offset = offset;
    this.reason = reason;
  }

  /** The octet where it went wrong, from 0 (the type octet) to the length of the frame inclusive. */
  public int offset() {
    return offset;
  }

  /** What is wrong, in words and without the offset. */
  public String reason() {
    return reason;
  }
}
