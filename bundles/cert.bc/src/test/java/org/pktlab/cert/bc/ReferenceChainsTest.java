package org.pktlab.cert.bc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pktlab.cert.Certificate;
import org.pktlab.cert.ChainFault;
import org.pktlab.cert.ChainMode;
import org.pktlab.cert.ChainRefusedException;
import org.pktlab.cert.ChannelRefusedException;
import org.pktlab.cert.DestinationRange;
import org.pktlab.cert.Ed25519PublicKey;
import org.pktlab.cert.EffectiveLimits;
import org.pktlab.cert.PermittedChannels;
import org.pktlab.cert.Rate;
import org.pktlab.cert.VerifiedChain;

/** Chains, broker checks and effective limits of the reference set. */
class ReferenceChainsTest {
  static Stream<String> chainCases() {
    return ids("verify_chain");
  }

  static Stream<String> publicationCases() {
    return ids("broker_check_publication");
  }

  static Stream<String> subscriptionCases() {
    return ids("broker_check_subscription");
  }

  static Stream<String> limitCases() {
    return ids("endpoint_effective_limits");
  }

  @Test
  void shouldHoldAllCases() {
    assertEquals(74, chainCases().count());
    assertEquals(11, publicationCases().count());
    assertEquals(9, subscriptionCases().count());
    assertEquals(6, limitCases().count());
  }

  @ParameterizedTest
  @MethodSource("chainCases")
  void shouldJudgeChainsAsTheReferenceDoes(String id) throws Exception {
    JsonNode one = find("verify_chain", id);
    JsonNode expected = one.get("reference");
    ChainMode mode = ChainMode.valueOf(one.get("mode").asText().toUpperCase(Locale.ROOT));
    List<Ed25519PublicKey> roots = new ArrayList<>();
    one.get("roots").forEach(name -> roots.add(ReferenceSet.publicKey(name.asText())));
    List<byte[]> der = ReferenceSet.certificates(one.get("certs"));
    if (expected.get("verdict").asText().equals("accept")) {
      VerifiedChain chain = BouncyCastleTrust.verifier().verify(mode, der, roots, ReferenceSet.NOW_NS);
      List<Integer> order = new ArrayList<>();
      expected.get("verified_order").forEach(position -> order.add(position.asInt()));
      assertEquals(order, chain.positions());
      if (expected.get("used_root_index").isNull()) {
        assertEquals(-1, chain.rootIndex());
        assertNull(chain.rootKey());
      } else {
        assertEquals(expected.get("used_root_index").asInt(), chain.rootIndex());
        assertEquals(roots.get(chain.rootIndex()), chain.rootKey());
      }
      return;
    }
    ChainRefusedException refusal =
        assertThrows(
            ChainRefusedException.class, () -> BouncyCastleTrust.verifier().verify(mode, der, roots, ReferenceSet.NOW_NS));
    if (expected.get("verdict").asText().equals("reference_crash")) {
      assertEquals(ChainFault.BAD_CERT, refusal.fault());
    } else {
      assertEquals(expected.get("code").asInt(), refusal.code());
      assertEquals(expected.get("name").asText(), refusal.reason());
    }
  }

  @ParameterizedTest
  @MethodSource("publicationCases")
  void shouldJudgePublicationsAsTheReferenceDoes(String id) throws Exception {
    judge(find("broker_check_publication", id), true);
  }

  @ParameterizedTest
  @MethodSource("subscriptionCases")
  void shouldJudgeSubscriptionsAsTheReferenceDoes(String id) throws Exception {
    judge(find("broker_check_subscription", id), false);
  }

  @ParameterizedTest
  @MethodSource("limitCases")
  void shouldMergeLimitsAsTheReferenceDoes(String id) throws Exception {
    JsonNode one = find("endpoint_effective_limits", id);
    JsonNode expected = one.get("reference");
    List<Certificate> chain = new ArrayList<>();
    for (byte[] der : ReferenceSet.certificates(one.get("certs"))) {
      chain.add(BouncyCastleTrust.decoder().decode(der));
    }
    EffectiveLimits limits = EffectiveLimits.of(chain, one.get("now_ns").asLong());
    assertEquals(unsigned(expected.get("endtime_ns")), limits.endTimeNs());
    assertEquals(unsigned(expected.get("sndpkt")), limits.counters().sendPackets());
    assertEquals(unsigned(expected.get("rcvpkt")), limits.counters().receivePackets());
    assertEquals(unsigned(expected.get("sndbyte")), limits.counters().sendOctets());
    assertEquals(unsigned(expected.get("rcvbyte")), limits.counters().receiveOctets());
    assertEquals(unsigned(expected.get("runtime")), limits.counters().runTimeNs());
    assertEquals(expected.get("sktcnt").asInt(), limits.maxSockets());
    assertEquals(unsigned(expected.get("max_priority")), limits.maxPriority());
    assertEquals(expected.get("spoof").asBoolean(), limits.sourceSpoofing());
    assertEquals(rates(expected.get("byte_rates")), limits.octetRates());
    assertEquals(rates(expected.get("pkt_rates")), limits.packetRates());
    for (JsonNode check : one.get("checks")) {
      assertEquals(expected.get("checks").get(check.asText()).asBoolean(), probe(limits, check.asText()), check.asText());
    }
    assertEquals(chain.stream().anyMatch(Certificate::hasLimits), limits.hasAnyLimit());
  }

  private static void judge(JsonNode one, boolean publication) throws Exception {
    JsonNode expected = one.get("reference");
    List<byte[]> der = ReferenceSet.certificates(one.get("certs"));
    Ed25519PublicKey leafKey = ReferenceSet.publicKey(one.get("leaf_key").asText());
    Ed25519PublicKey rootKey = ReferenceSet.publicKey(one.get("root_key").asText());
    List<byte[]> requested = new ArrayList<>();
    one.get("requested_channels").forEach(channel -> requested.add(HexFormat.of().parseHex(channel.asText())));
    if (expected.get("verdict").asText().equals("accept")) {
      PermittedChannels permitted = channels(publication, der, leafKey, rootKey);
      List<String> channels = new ArrayList<>();
      expected.get("permitted_private_channels").forEach(channel -> channels.add(channel.asText()));
      assertEquals(channels, permitted.channels().stream().map(Object::toString).toList());
      assertEquals(one.get("derived_channel_verdict").asText().equals("accept"), permitted.permitsAll(requested));
      return;
    }
    ChannelRefusedException refusal =
        assertThrows(ChannelRefusedException.class, () -> channels(publication, der, leafKey, rootKey));
    assertEquals(expected.get("chain_code").asInt(), refusal.code());
    assertEquals(expected.get("chain_name").asText(), refusal.reason());
    assertEquals("reject", one.get("derived_channel_verdict").asText());
  }

  private static PermittedChannels channels(
      boolean publication, List<byte[]> der, Ed25519PublicKey leafKey, Ed25519PublicKey rootKey) throws ChannelRefusedException {
    return publication
        ? BouncyCastleTrust.verifier().permittedPublicationChannels(der, leafKey, rootKey, ReferenceSet.NOW_NS)
        : BouncyCastleTrust.verifier().permittedSubscriptionChannels(der, leafKey, rootKey, ReferenceSet.NOW_NS);
  }

  private static boolean probe(EffectiveLimits limits, String check) {
    String value = check.substring(check.indexOf(':') + 1);
    if (check.startsWith("prio:")) {
      return limits.permitsPriority(Long.parseUnsignedLong(value));
    }
    if (check.startsWith("dst:")) {
      return limits.permitsDestination(DestinationRange.parseAddress(value).orElseThrow());
    }
    if (check.startsWith("send:")) {
      return limits.permitsFirstSend(Long.parseUnsignedLong(value));
    }
    assertEquals("spoof", check);
    return limits.sourceSpoofing();
  }

  @Test
  void shouldLeaveOutKeyChecksOfAPublicationWhenNoKeysAreGiven() throws Exception {
    List<byte[]> der = List.of(ReferenceSet.certificate("pubcmd_exper_xc"), ReferenceSet.certificate("exppriv_exper"));
    PermittedChannels permitted =
        BouncyCastleTrust.verifier().permittedPublicationChannels(der, null, null, ReferenceSet.NOW_NS);
    assertEquals(List.of(ReferenceSet.publicKey("k_eop").keyId()), permitted.channels());
    assertFalse(permitted.permits(new byte[33]));
  }

  private static Stream<String> ids(String operation) {
    return ReferenceSet.cases(operation).stream().map(one -> one.get("id").asText());
  }

  private static JsonNode find(String operation, String id) {
    return ReferenceSet.cases(operation).stream().filter(one -> one.get("id").asText().equals(id)).findFirst().orElseThrow();
  }

  private static long unsigned(JsonNode node) {
    BigInteger value = node.bigIntegerValue();
    return value.longValue();
  }

  private static List<Rate> rates(JsonNode node) {
    List<Rate> rates = new ArrayList<>();
    node.forEach(rate -> rates.add(new Rate(unsigned(rate.get(0)), unsigned(rate.get(1)))));
    return rates;
  }
}
