package org.pktlab.mlet.dns;

/**
 * What came of a query.
 *
 * @param message the answer, or null
 * @param rttMs from the query having left to the answer, milliseconds on the endpoint's clock, or null
 * @param error why there is no (whole) answer, or null
 */
record DnsReply(DnsMessage message, Double rttMs, String error) {
  static DnsReply failed(String error) {
    return new DnsReply(null, null, error);
  }
}
