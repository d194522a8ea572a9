package org.pktlab.cert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How the limits of a chain come together. */
class EffectiveLimitsTest {
  private static final long NOW_NS = 1_800_000_000_000_000_000L;
  private static final long END_NS = 1_900_000_000_000_000_000L;

  @Test
  void shouldTakeNothingFromLeaves() {
    CertificateLimits limits = CertificateLimits.builder().maxSockets(1L).maxPriority(1L).build();
    EffectiveLimits effective = EffectiveLimits.of(List.of(certificate(CertificateKind.PUBCMD, 1, limits, 5)), NOW_NS);
    assertEquals(EffectiveLimits.UNLIMITED_SOCKETS, effective.maxSockets());
    assertTrue(effective.permitsPriority(0xffffffffL));
    assertEquals(-1, effective.endTimeNs());
    assertTrue(effective.hasAnyLimit());
  }

  @Test
  void shouldTakeTheSmallerOfUnsignedNumbers() {
    CertificateLimits large = CertificateLimits.builder().maxSendOctets(-2L).maxSockets(-1L).maxPriority(-1L).build();
    CertificateLimits small = CertificateLimits.builder().maxSendOctets(7L).maxSockets(9L).build();
    EffectiveLimits effective = EffectiveLimits.of(chain(large, small), NOW_NS);
    assertEquals(7, effective.counters().sendOctets());
    assertEquals(9, effective.maxSockets());
    assertEquals(Long.MAX_VALUE, effective.maxPriority());
    assertEquals(-2, EffectiveLimits.of(chain(large), NOW_NS).counters().sendOctets());
    assertEquals(65_535, EffectiveLimits.of(chain(large), NOW_NS).maxSockets());
  }

  @Test
  void shouldUseWhatEarlierSessionsLeft() {
    CertificateLimits granted = CertificateLimits.builder().maxSendPackets(10L).maxRunTimeNs(50L).build();
    List<Certificate> chain = chain(granted, granted);
    byte[] used = chain.get(1).counterKey();
    EffectiveLimits effective =
        EffectiveLimits.of(
            chain,
            NOW_NS,
            certificate ->
                ByteBuffer.wrap(used).equals(ByteBuffer.wrap(certificate.counterKey()))
                    ? Optional.of(new Counters(-1, 3, -1, -1, 20))
                    : Optional.empty());
    assertEquals(3, effective.counters().sendPackets());
    assertEquals(NOW_NS + 20, effective.endTimeNs());
  }

  @Test
  void shouldEndWithTheFirstCertificateOrTheRunTime() {
    assertEquals(END_NS, EffectiveLimits.of(chain(CertificateLimits.NONE), NOW_NS).endTimeNs());
    CertificateLimits longest = CertificateLimits.builder().maxRunTimeNs(-2L).build();
    assertEquals(END_NS, EffectiveLimits.of(chain(longest), NOW_NS).endTimeNs());
    CertificateLimits none = CertificateLimits.builder().maxRunTimeNs(0L).build();
    assertEquals(NOW_NS, EffectiveLimits.of(chain(none), NOW_NS).endTimeNs());
  }

  @Test
  void shouldDemandAMatchInEveryListOfDestinations() {
    CertificateLimits wide = destinations(new DestinationRange(new byte[] {10, 0, 0, 0}, 8));
    CertificateLimits narrow =
        destinations(new DestinationRange(new byte[] {10, 1, 0, 0}, 16), new DestinationRange(new byte[] {11, 0, 0, 0}, 8));
    EffectiveLimits effective = EffectiveLimits.of(chain(wide, narrow), NOW_NS);
    assertTrue(effective.permitsDestination(new byte[] {10, 1, 2, 3}));
    assertFalse(effective.permitsDestination(new byte[] {10, 2, 2, 3}));
    assertFalse(effective.permitsDestination(new byte[] {11, 1, 2, 3}));
    assertFalse(effective.permitsDestination(new byte[16]));
  }

  @Test
  void shouldCollectMonitorsFromLeafToRootOnce() {
    EffectiveLimits effective = EffectiveLimits.of(chain(monitors(1, 2), monitors(2, 3)), NOW_NS);
    assertEquals(List.of(digest(1), digest(2), digest(3)), effective.monitors());
    assertFalse(effective.hasTooManyMonitors());
    List<ProgramDigest> many = new ArrayList<>();
    for (int i = 0; i <= EffectiveLimits.MAX_MONITORS; i++) {
      many.add(digest(i));
    }
    assertTrue(EffectiveLimits.of(chain(CertificateLimits.builder().monitors(many).build()), NOW_NS).hasTooManyMonitors());
  }

  @Test
  void shouldNeverGrantForeignSources() {
    CertificateLimits spoofing = CertificateLimits.builder().sourceSpoofing(true).build();
    assertFalse(EffectiveLimits.of(chain(spoofing), NOW_NS).sourceSpoofing());
  }

  @Test
  void shouldForbidSendingWhenARateOrTotalIsZero() {
    CertificateLimits noPackets = CertificateLimits.builder().packetRates(List.of(new Rate(0, 1))).build();
    assertFalse(EffectiveLimits.of(chain(noPackets), NOW_NS).permitsFirstSend(0));
    CertificateLimits noTotal = CertificateLimits.builder().maxSendPackets(0L).build();
    assertFalse(EffectiveLimits.of(chain(noTotal), NOW_NS).permitsFirstSend(0));
    assertTrue(EffectiveLimits.of(chain(CertificateLimits.NONE), NOW_NS).permitsFirstSend(12_500_000));
    assertFalse(EffectiveLimits.of(chain(CertificateLimits.NONE), NOW_NS).permitsFirstSend(12_500_001));
  }

  private static List<Certificate> chain(CertificateLimits... limits) {
    List<Certificate> chain = new ArrayList<>();
    chain.add(certificate(CertificateKind.PUBCMD, 1, CertificateLimits.NONE, 5));
    for (CertificateLimits one : limits) {
      chain.add(certificate(CertificateKind.EXPPRIV, chain.size() + 1, one, END_NS));
    }
    return Collections.unmodifiableList(chain);
  }

  private static Certificate certificate(CertificateKind kind, int serial, CertificateLimits limits, long notAfterNs) {
    Ed25519PublicKey key = Ed25519PublicKey.of(new byte[32]);
    String text = limits.isEmpty() ? null : "limited=1;";
    return new Certificate(
        new byte[] {(byte) serial},
        kind,
        Set.of(),
        null,
        List.of(),
        new byte[] {(byte) serial},
        0,
        notAfterNs,
        key,
        key.keyId(),
        key.keyId(),
        -1,
        "cert_type=" + kind.text() + ";",
        text,
        limits);
  }

  private static CertificateLimits destinations(DestinationRange... ranges) {
    return CertificateLimits.builder().destinations(List.of(ranges)).build();
  }

  private static CertificateLimits monitors(int... numbers) {
    List<ProgramDigest> digests = new ArrayList<>();
    for (int number : numbers) {
      digests.add(digest(number));
    }
    return CertificateLimits.builder().monitors(digests).build();
  }

  private static ProgramDigest digest(int number) {
    byte[] octets = new byte[32];
    octets[0] = (byte) number;
    return ProgramDigest.of(octets);
  }
}
