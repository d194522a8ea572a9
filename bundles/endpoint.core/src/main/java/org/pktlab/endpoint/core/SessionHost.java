package org.pktlab.endpoint.core;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.pktlab.filter.FilterEngine;
import org.pktlab.role.RefusalLog;
import org.pktlab.schedule.SendTimer;

/**
 * What the endpoint lends to its sessions; shared by them, and safe for their loops.
 *
 * @param exported what it tells about its host
 * @param facts what it tells besides, as far as it may
 * @param buffer its global buffer
 * @param transports kinds of socket
 * @param timer wakes a session when a packet is to leave
 * @param filters makes capture filters; null when there is no engine now
 * @param epochNs its clock
 * @param sendRate the limit on sending, or null for none
 * @param mayConsume whether experiments may hide packets that they capture from the host
 * @param setupNs how long set-up may take from the end of the handshake
 * @param refusals where refusals are kept for the administrator
 */
record SessionHost(
    ExportedHost exported,
    HostFacts facts,
    BufferAccount buffer,
    Transports transports,
    Supplier<SendTimer> timer,
    Supplier<FilterEngine> filters,
    LongSupplier epochNs,
    RateLimit sendRate,
    boolean mayConsume,
    long setupNs,
    RefusalLog refusals) {
  /** The longest that set-up may last (protocol specification, section 3, rule 1). */
  static final long SETUP_NS = TimeUnit.SECONDS.toNanos(10);

  /**
   * A limit on sending.
   *
   * @param octets at most so many
   * @param windowNs in any window of this length
   */
  record RateLimit(long octets, long windowNs) {}
}
