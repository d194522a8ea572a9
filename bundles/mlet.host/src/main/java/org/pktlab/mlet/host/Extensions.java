package org.pktlab.mlet.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import org.pktlab.mlet.RefusedException;
import org.pktlab.protocol.MemoryMap;
import org.pktlab.protocol.StatusCode;

/**
 * What of ours the endpoint grants this session (docs/reference/extensions.md): one word, which holds for the captures that begin after it
 * was written. It is written when a capture wants it otherwise than the one before. Any thread may call it.
 */
final class Extensions {
  private final SessionWire wire;
  private final ReentrantLock lock = new ReentrantLock();

  /** Whether captures that begin now consume, null when that is not known; under the lock. */
  private Boolean consuming = false;

  Extensions(SessionWire wire) {
    this.wire = wire;
  }

  /**
   * Submits a capture, and before it whatever the endpoint has to be asked for.
   *
   * @throws RefusedException when the capture is to consume and the endpoint does not grant that
   */
  void submit(Call capture, boolean consume) throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      if (consuming == null || consume != consuming) {
        ask(consume);
      }
      wire.submit(capture);
    } finally {
      lock.unlock();
    }
  }

  private void ask(boolean consume) throws IOException, InterruptedException {
    byte[] wanted = ByteBuffer.allocate(MemoryMap.EXTENSION_WORD_LENGTH).putInt(consume ? MemoryMap.EXTENSION_CONSUME : 0).array();
    Call write = new Call("ask for the extension consume", Frames.mwrite(MemoryMap.EXTENSION_WORD, wanted));
    Call read = Call.read(MemoryMap.EXTENSION_WORD, MemoryMap.EXTENSION_WORD_LENGTH);
    consuming = null;
    wire.submit(write, read);
    write.awaitSuccess();
    boolean granted = (ByteBuffer.wrap(read.awaitSuccess()).getInt() & MemoryMap.EXTENSION_CONSUME) != 0;
    consuming = granted;
    if (consume && !granted) {
      throw new RefusedException(StatusCode.ESYSNOPERM, "the endpoint does not let experiments consume packets (its operator allows it with "
          + "AllowConsume 1; a C endpoint cannot)");
    }
  }
}
