package org.pktlab.link;

import java.nio.ByteBuffer;
import org.osgi.annotation.versioning.ConsumerType;

/** Receives the frames and events of one {@link Link}, always on the link's loop. An exception thrown here aborts the link. */
@ConsumerType
public interface LinkHandler {
  /**
   * One whole frame has arrived.
   *
   * @param buffer borrowed until this method returns; big-endian; neither position nor limit mean anything
   * @param offset where the frame's header begins
   * @param length octets of header and body together
   */
  void onFrame(ByteBuffer buffer, int offset, int length);

  /** No further frame is waiting at the moment: a good time to {@link Link#flush()}. */
  default void onReadComplete() {}

  /** The frame that was written with this token has been given to the operating system. */
  default void onWritten(long token) {}

  /** {@link Link#writable()} is true again. */
  default void onWritable() {}

  /**
   * The link has ended; nothing else is called afterwards. Called exactly once, also after {@link Link#close()} and {@link Link#abort()}.
   *
   * @param reason how it ended, in one sentence fit for a log
   */
  void onClosed(LinkEnd reason);
}
