package org.pktlab.cert;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What a whole chain permits at an endpoint (packetlab-trust section 9): the tightest of every limit that its {@code exppriv} and {@code
 * delpriv} certificates carry, and the built-in ones. Immutable: a session counts for itself.
 *
 * @param counters the totals at the start of the session
 * @param maxSockets how many sockets may be opened, 0 to 65535; closing one gives nothing back
 * @param maxPriority the largest permitted priority; 2^63-1 means any
 * @param sourceSpoofing whether raw packets may carry foreign source addresses; never true, as in the reference
 * @param octetRates every one must hold; the last one is built in
 * @param packetRates every one must hold
 * @param destinations each inner list comes from one certificate: a destination must match an entry of every inner list
 * @param monitors programs that must be supplied before the start, without repetition, leaf side first
 * @param endTimeNs when the session ends, nanoseconds since 1970, unsigned
 * @param hasAnyLimit whether any certificate of the chain carries a {@code cert_limit} at all
 */
public record EffectiveLimits(
    Counters counters,
    int maxSockets,
    long maxPriority,
    boolean sourceSpoofing,
    List<Rate> octetRates,
    List<Rate> packetRates,
    List<List<DestinationRange>> destinations,
    List<ProgramDigest> monitors,
    long endTimeNs,
    boolean hasAnyLimit) {
  /** The built-in octet rate: 12.5 megabytes in 10 seconds. */
  public static final Rate BUILT_IN_RATE = new Rate(12_500_000L, 10_000_000_000L);

  /** The number of sockets without a limit. */
  public static final int UNLIMITED_SOCKETS = 65_535;

  /** The largest number of monitors of a session; one with more is refused. */
  public static final int MAX_MONITORS = 100;

  /** Checks ranges and copies. */
  public EffectiveLimits {
    Objects.requireNonNull(counters, "counters");
    if (maxSockets < 0 || maxSockets > UNLIMITED_SOCKETS || maxPriority < 0) {
      throw new IllegalArgumentException("sockets or priority out of range");
    }
    octetRates = List.copyOf(octetRates);
    packetRates = List.copyOf(packetRates);
    destinations = List.copyOf(destinations);
    monitors = List.copyOf(monitors);
  }

  /**
   * Merges the limits of a chain of which nothing is used up yet.
   *
   * @param chain the verified chain, leaf first
   * @param nowNs the clock, nanoseconds since 1970, unsigned
   */
  public static EffectiveLimits of(List<Certificate> chain, long nowNs) {
    return of(chain, nowNs, certificate -> Optional.empty());
  }

  /**
   * Merges the limits of a chain.
   *
   * @param chain the verified chain, leaf first
   * @param nowNs the clock, nanoseconds since 1970, unsigned
   * @param remaining what earlier sessions left of a certificate's totals (see {@link Certificate#counterKey}), or nothing if it was never
   *     used; takes the place of the certificate's numbers
   */
  public static EffectiveLimits of(List<Certificate> chain, long nowNs, Function<Certificate, Optional<Counters>> remaining) {
    Counters counters = Counters.UNLIMITED;
    long sockets = UNLIMITED_SOCKETS;
    long priority = Long.MAX_VALUE;
    long endTimeNs = -1;
    boolean anyLimit = false;
    List<Rate> octetRates = new ArrayList<>();
    octetRates.add(BUILT_IN_RATE);
    List<Rate> packetRates = new ArrayList<>();
    List<List<DestinationRange>> destinations = new ArrayList<>();
    Set<ProgramDigest> monitors = new LinkedHashSet<>();
    for (Certificate certificate : chain) {
      anyLimit |= certificate.hasLimits();
      if (!certificate.kind().isPrivilege()) {
        continue;
      }
      CertificateLimits limits = certificate.limits();
      counters = counters.min(remaining.apply(certificate).orElseGet(() -> Counters.grantedBy(limits)));
      if (limits.maxSockets() != null) {
        sockets = Counters.min(sockets, limits.maxSockets());
      }
      if (limits.maxPriority() != null) {
        priority = Counters.min(priority, limits.maxPriority());
      }
      octetRates.addAll(limits.octetRates());
      packetRates.addAll(limits.packetRates());
      if (!limits.destinations().isEmpty()) {
        destinations.add(limits.destinations());
      }
      monitors.addAll(limits.monitors());
      endTimeNs = Counters.min(endTimeNs, certificate.notAfterNs());
    }
    endTimeNs = Counters.min(endTimeNs, addSaturating(nowNs, counters.runTimeNs()));
    // The reference puts each rate before the ones it has: the order is visible in its output, so it is kept.
    Collections.reverse(octetRates);
    Collections.reverse(packetRates);
    return new EffectiveLimits(
        counters,
        (int) sockets,
        priority,
        false,
        octetRates,
        packetRates,
        destinations,
        List.copyOf(monitors),
        endTimeNs,
        anyLimit);
  }

  /**
   * Returns whether packets may go to this destination.
   *
   * @param address 4 or 16 octets in network order
   */
  public boolean permitsDestination(byte[] address) {
    for (List<DestinationRange> ranges : destinations) {
      if (ranges.stream().noneMatch(range -> range.matches(address))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns whether an experiment of this priority may run.
   *
   * @param priority {@code exp_priority} of the descriptor, not negative
   */
  public boolean permitsPriority(long priority) {
    return Long.compareUnsigned(priority, maxPriority) <= 0;
  }

  /**
   * Returns whether one packet of so many octets may be sent while nothing was sent yet.
   *
   * @param octets the length of the packet
   */
  public boolean permitsFirstSend(long octets) {
    return Long.compareUnsigned(octets, counters.sendOctets()) <= 0
        && counters.sendPackets() != 0
        && octetRates.stream().allMatch(rate -> rate.holds(octets))
        && packetRates.stream().allMatch(rate -> rate.holds(1));
  }

  /** Returns whether the chain demands more monitors than a session can have. */
  public boolean hasTooManyMonitors() {
    return monitors.size() > MAX_MONITORS;
  }

  private static long addSaturating(long a, long b) {
    long sum = a + b;
    return Long.compareUnsigned(sum, a) < 0 ? -1 : sum;
  }
}
