package org.pktlab.endpoint.core;

import java.nio.ByteBuffer;
import org.pktlab.protocol.NdataFlyweight;
import org.pktlab.protocol.NstatFlyweight;
import org.pktlab.protocol.NtagFlyweight;

/** Renders notifications into one reused buffer: whoever gets it uses it before the next call. */
final class NotificationFrames {
  private final ByteBuffer buffer = ByteBuffer.allocate(64);

  ByteBuffer tag(int sktid, int tag, long timeNs, int status) {
    return ready(NtagFlyweight.encode(buffer.clear(), 0, sktid, tag, timeNs, status));
  }

  ByteBuffer established(int sktid, int family, int proto, long timeNs, byte[] address, int port) {
    return ready(NstatFlyweight.encodeEstablished(buffer.clear(), 0, sktid, family, proto, timeNs, address, port));
  }

  ByteBuffer stat(int sktid, int family, int proto, long timeNs, int code) {
    return ready(NstatFlyweight.encodeCode(buffer.clear(), 0, sktid, family, proto, timeNs, code));
  }

  ByteBuffer dataHead(int sktid, int family, int proto, long timeNs, byte[] address, int port, int dataLength) {
    return ready(NdataFlyweight.encodeHeader(buffer.clear(), 0, sktid, family, proto, timeNs, address, port, dataLength));
  }

  private ByteBuffer ready(int length) {
    return buffer.limit(length);
  }
}
