package org.pktlab.transport.raw.linux;

import org.pktlab.transport.Transport;
import org.pktlab.transport.rig.RawProbe;
import org.pktlab.transport.rig.RawRoutesContract;

class RawRoutesTest extends RawRoutesContract {
  @Override
  protected Transport transport(int ringOctets, int kernelBufferOctets) {
    return Transports.open(ringOctets, kernelBufferOctets);
  }

  @Override
  protected void withdraw(Transport transport) {
    Transports.close(transport);
  }

  @Override
  protected Class<?> probe() {
    return Probe.class;
  }

  static final class Probe {
    private Probe() {}

    public static void main(String[] addresses) throws Exception {
      RawProbe.run(Transports.open(RING, KERNEL_BUFFER), addresses);
    }
  }
}
