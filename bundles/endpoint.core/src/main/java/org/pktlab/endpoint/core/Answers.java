package org.pktlab.endpoint.core;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.pktlab.link.Link;
import org.pktlab.protocol.Frame;
import org.pktlab.protocol.MdataFlyweight;
import org.pktlab.protocol.MessageType;
import org.pktlab.protocol.ResultFlyweight;

/** Queues responses for the controller, from buffers that are used again and again. Owned by the session's loop. */
final class Answers {
  private final Link link;
  private final ByteBuffer small = ByteBuffer.allocate(32);
  private ByteBuffer mdata = ByteBuffer.allocate(256);

  Answers(Link link) {
    this.link = link;
  }

  void result(int status) {
    link.write(small.clear().limit(ResultFlyweight.encode(small, 0, status)));
  }

  void suspended() {
    Frame.putHeader(small.clear(), 0, MessageType.SUSPD, 0);
    link.write(small.limit(Frame.HEADER_LENGTH));
  }

  void mdata(SessionMemory memory, long address, int length) {
    int begin = Frame.HEADER_LENGTH + 4;
    if (mdata.capacity() < begin + length) {
      mdata = ByteBuffer.allocate(Math.min(begin + 0xFFFF, 2 * (begin + length)));
    }
    mdata.clear().limit(begin + length);
    Arrays.fill(mdata.array(), begin, begin + length, (byte) 0);
    MdataFlyweight.encodeHeader(mdata, 0, address, length);
    memory.read(address, mdata.position(begin));
    link.write(mdata.position(0));
  }
}
