package org.pktlab.transport.raw.linux;

import org.junit.jupiter.api.AfterAll;
import org.pktlab.transport.Transport;
import org.pktlab.transport.rig.RawTransportContract;

class LinuxRawTransportTest extends RawTransportContract {
  private static final TimeKeeper TIMES = new TimeKeeper(); // the kernel takes times from before the first test to the end of the last

  @AfterAll
  static void end() {
    TIMES.close();
  }

  @Override
  protected Transport transport(int ringOctets, int kernelBufferOctets) {
    return Transports.open(ringOctets, kernelBufferOctets);
  }

  @Override
  protected void withdraw(Transport transport) {
    Transports.close(transport);
  }
}
