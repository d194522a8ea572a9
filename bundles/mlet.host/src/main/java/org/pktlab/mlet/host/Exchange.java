package org.pktlab.mlet.host;

/**
 * One request to the endpoint and its one answer. Made on any thread; once given to {@link SessionWire#submit} it is touched by the link's
 * loop only, except where a subclass says otherwise.
 */
abstract class Exchange {
  private final byte[] frame;
  private final int readAddress;
  private final int readLength;

  /** A request that is answered by a result. */
  Exchange(byte[] frame) {
    this(frame, 0, 0);
  }

  /** A request that is answered by mdata of this address and length, or by a result that says no. */
  Exchange(byte[] frame, int readAddress, int readLength) {
    this.frame = frame;
    this.readAddress = readAddress;
    this.readLength = readLength;
  }

  /** The whole frame. */
  final byte[] frame() {
    return frame;
  }

  final int readAddress() {
    return readAddress;
  }

  /** Octets that mdata must bring; 0 when a result is expected. */
  final int readLength() {
    return readLength;
  }

  /** Asked on the loop when its turn to be written has come; false when its socket keeps it back and writes it later. */
  boolean mayLeave() {
    return true;
  }

  /** The endpoint answered. */
  abstract void answered(Answer answer);

  /** The session ended first. */
  abstract void lost(String reason);
}
