package org.pktlab.transport.raw.linux;

import java.lang.annotation.Annotation;
import org.pktlab.transport.Transport;

/** Makes transports for tests. */
final class Transports {
  private Transports() {}

  static LinuxRawTransport open(int ringOctets, int kernelBufferOctets) {
    return open(ringOctets, kernelBufferOctets, Hiding::start);
  }

  static LinuxRawTransport open(int ringOctets, int kernelBufferOctets, Hiding.Way way) {
    return new LinuxRawTransport(
        new RawSettings() {
          @Override
          public int ringOctets() {
            return ringOctets;
          }

          @Override
          public int kernelBufferOctets() {
            return kernelBufferOctets;
          }

          @Override
          public Class<? extends Annotation> annotationType() {
            return RawSettings.class;
          }
        },
        way);
  }

  static void close(Transport transport) {
    ((LinuxRawTransport) transport).deactivate();
  }
}
