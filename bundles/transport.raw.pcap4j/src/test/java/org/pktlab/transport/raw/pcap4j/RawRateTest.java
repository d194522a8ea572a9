package org.pktlab.transport.raw.pcap4j;

import org.pktlab.transport.Transport;
import org.pktlab.transport.rig.RawRates;

class RawRateTest extends RawRates {
  @Override
  protected Transport transport(int ringOctets, int kernelBufferOctets) {
    return Transports.open(ringOctets, kernelBufferOctets);
  }

  @Override
  protected void withdraw(Transport transport) {
    Transports.close(transport);
  }
}
