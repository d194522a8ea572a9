package org.pktlab.endpoint.core;

import java.nio.ByteBuffer;

/** A mapped range of the endpoint's memory. Handlers, not storage: every read samples live values. Used on the session's loop. */
interface Region {
  /** First address, unsigned 32 bits. */
  long start();

  /** Octets mapped. */
  int length();

  /** Fills {@code to}, from position to limit, with what stands at {@code offset} of this region. {@code to} is zeroed beforehand. */
  void read(int offset, ByteBuffer to);

  /** Takes what was written at {@code offset}; read-only regions ignore it. */
  default void write(int offset, ByteBuffer from) {}

  /** A read-only region whose content is rendered anew for each read into an array of {@code length} octets. */
  static Region of(int start, int length, java.util.function.Consumer<ByteBuffer> render) {
    byte[] content = new byte[length];
    ByteBuffer view = ByteBuffer.wrap(content);
    return new Region() {
      @Override
      public long start() {
        return start & 0xFFFFFFFFL;
      }

      @Override
      public int length() {
        return length;
      }

      @Override
      public void read(int offset, ByteBuffer to) {
        view.clear();
        render.accept(view);
        to.put(content, offset, to.remaining());
      }
    };
  }
}
