package org.pktlab.transport.raw.pcap4j;

import org.pktlab.transport.Transport;
import org.pktlab.transport.rig.RawTransportContract;

class PcapRawTransportTest extends RawTransportContract {
  @Override
  protected Transport transport(int ringOctets, int kernelBufferOctets) {
    return Transports.open(ringOctets, kernelBufferOctets);
  }

  @Override
  protected void withdraw(Transport transport) {
    Transports.close(transport);
  }
}
