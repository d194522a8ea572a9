package org.pktlab.broker.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.pktlab.broker.core.Client.channel;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pktlab.cert.Certificate;
import org.pktlab.cert.Ed25519PrivateKey;
import org.pktlab.cert.Ed25519PublicKey;
import org.pktlab.cert.bc.BouncyCastleTrust;
import org.pktlab.protocol.StatusCode;
import org.pktlab.protocol.Xpub;
import org.pktlab.protocol.Xsub;

class JudgementTest {
  private static final long NOW = 1_700_000_000_000_000_000L;
  private static final Instant LATER = Instant.ofEpochSecond(1_700_000_100L);
  private static final String GOOD = "controller_addr=192.0.2.1:20556;sni_key=abc;";

  private final Judgement judgement = new Judgement(BouncyCastleTrust.verifier(), 4);
  private final Ed25519PrivateKey operator = Pki.key();
  private final Ed25519PrivateKey experimenter = Pki.key();
  private final Ed25519PrivateKey controller = Pki.key();
  private final Ed25519PrivateKey deputy = Pki.key();
  private final Ed25519PrivateKey endpoint = Pki.key();
  private final byte[] own = operator.publicKey().keyId().octets();
  private final List<Certificate> experiment =
      List.of(Pki.pubcmd(experimenter, controller, Pki.FAR), Pki.exppriv(operator, experimenter, 7L, LATER));
  private final List<Certificate> representation = List.of(Pki.subcmd(deputy, endpoint, Pki.FAR), Pki.representation(operator, deputy));

  private PublicationRequest publish(String text, List<Certificate> chain, Ed25519PrivateKey agent, byte[] key, byte[]... channels)
      throws RefusedException {
    return judgement.publication(new Xpub(List.of(channels), key, text), chain, agent.publicKey(), NOW);
  }

  private SubscriptionRequest subscribe(String text, List<Certificate> chain, Ed25519PrivateKey agent, byte[] key, byte[]... channels)
      throws RefusedException {
    return judgement.subscription(new Xsub(List.of(channels), key, text), chain, agent.publicKey(), NOW);
  }

  private static void assertRefused(int status, Executable request) {
    RefusedException refusal = assertThrows(RefusedException.class, request);
    assertEquals(StatusCode.name(status), StatusCode.name(refusal.status()), refusal.getMessage());
  }

  @Test
  void shouldAcceptPublicationOnCoveredPrivateChannel() throws Exception {
    PublicationRequest request =
        publish(GOOD + "exp_priority=7;", experiment, controller, operator.publicKey().raw(), own, channel("p"), own);
    assertEquals(2, request.channels().size());
    assertEquals(OptionalLong.empty(), request.pubEnd());
    assertEquals(1_700_000_100_000_000_001L, request.endNs());
  }

  @Test
  void shouldHelpWhenLeafIsNotFirst() throws Exception {
    List<Certificate> turned = new ArrayList<>(representation);
    Collections.reverse(turned);
    byte[] ofDeputy = deputy.publicKey().keyId().octets();
    assertEquals(2, subscribe("", turned, endpoint, operator.publicKey().raw(), own, ofDeputy).channels().size());
  }

  @Test
  void shouldRefuseChainsThatDoNotCoverTheChannel() {
    byte[] key = operator.publicKey().raw();
    byte[] foreign = Pki.key().publicKey().keyId().octets();
    assertRefused(StatusCode.EPUBBADCHN, () -> publish(GOOD, List.of(), controller, key, own));
    assertRefused(StatusCode.EPUBBADCHN, () -> publish(GOOD, experiment, controller, key, own, foreign));
    assertRefused(StatusCode.EPUBBADCHN, () -> publish(GOOD, experiment, endpoint, key, own));
    assertRefused(StatusCode.EPUBBADCHN, () -> publish(GOOD, experiment, controller, Client.NO_OPERATOR, own));
    assertRefused(StatusCode.EPUBBADCHN, () -> publish(GOOD, experiment, controller, deputy.publicKey().raw(), own));
    assertRefused(StatusCode.ESUBBADCHN, () -> subscribe("", List.of(), endpoint, key, own));
    assertRefused(StatusCode.ESUBBADCHN, () -> subscribe("", representation, endpoint, key, foreign));
    assertRefused(StatusCode.ESUBBADCHN, () -> subscribe("", representation, controller, key, own));
    assertRefused(StatusCode.ESUBBADCHN, () -> subscribe("", representation, endpoint, Client.NO_OPERATOR, own));
    assertRefused(StatusCode.ESUBBADCHN, () -> subscribe("", representation, endpoint, deputy.publicKey().raw(), own));
  }

  @Test
  void shouldRefuseExpiredChain() {
    Instant past = Instant.ofEpochSecond(1_600_000_000L);
    List<Certificate> expired = List.of(Pki.pubcmd(experimenter, controller, past), experiment.get(1));
    assertRefused(StatusCode.EPUBBADCHN, () -> publish(GOOD, expired, controller, operator.publicKey().raw(), own));
    List<Certificate> expiredToo = List.of(Pki.subcmd(deputy, endpoint, past), representation.get(1));
    assertRefused(StatusCode.ESUBBADCHN, () -> subscribe("", expiredToo, endpoint, operator.publicKey().raw(), own));
  }

  @Test
  void shouldAcceptPublicChannelsWithoutCertificates() throws Exception {
    assertEquals(PublicationRequest.NEVER, publish(GOOD, List.of(), controller, Client.NO_OPERATOR, channel("x")).endNs());
    assertEquals(PublicationRequest.NEVER, subscribe("", List.of(), endpoint, Client.NO_OPERATOR, new byte[31]).endNs());
  }

  @Test
  void shouldRefuseBadChannelLists() {
    assertRefused(StatusCode.EPUBBADCHL, () -> publish(GOOD, List.of(), controller, Client.NO_OPERATOR));
    assertRefused(StatusCode.ESUBBADCHL, () -> subscribe("", List.of(), endpoint, Client.NO_OPERATOR));
    byte[][] many = {channel("1"), channel("2"), channel("3"), channel("4"), channel("5")};
    assertRefused(StatusCode.ESUBBADCHL, () -> subscribe("", List.of(), endpoint, Client.NO_OPERATOR, many));
  }

  @ParameterizedTest
  @CsvSource({
    "'', EPUBBADADDR",
    "sni_key=abc;, EPUBBADADDR",
    "controller_addr=;, EPUBBADADDR",
    "controller_addr=h:99999;, EPUBBADADDR",
    "controller_addr=a;controller_addr=b;, EPUBBADADDR",
    "controller_addr=a;exp_priority=x;, EPUBBADPR",
    "controller_addr=a;exp_priority=8;, EPUBBADPR",
    "controller_addr=a;exp_priority=18446744073709551616;, EPUBBADPR",
    "controller_addr=a;pub_end=soon;, EPUBBADXD",
    "controller_addr=a;pub_end=1700000000000000000;, EPUBBADXD",
    "controller_addr=a;sni_key=;, EPUBBADXD",
    "controller_addr=a;sni_key=ABC;, EPUBBADXD",
    "controller_addr=a;sni_key=a;sni_key=b;, EPUBBADXD",
    "controller_addr=a;sni_key=aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg;, EPUBBADXD",
  })
  void shouldRefuseDescriptor(String text, String status) {
    RefusedException refusal =
        assertThrows(RefusedException.class, () -> publish(text, experiment, controller, operator.publicKey().raw(), own));
    assertEquals(status, StatusCode.name(refusal.status()));
  }

  @Test
  void shouldTakePubEndAsUnsignedAndRefuseLongDescriptors() throws Exception {
    PublicationRequest request =
        publish(GOOD + "pub_end=18446744073709551615;", List.of(), controller, Client.NO_OPERATOR, channel("x"));
    assertEquals(OptionalLong.of(-1), request.pubEnd());
    String filling = "x=" + "y".repeat(4_094 - GOOD.length() - 3) + ";";
    assertEquals(4_094, publish(GOOD + filling, List.of(), controller, Client.NO_OPERATOR, channel("x")).descriptor().format().length());
    assertRefused(
        StatusCode.EPUBBADXD, () -> publish(GOOD + "y" + filling, List.of(), controller, Client.NO_OPERATOR, channel("x")));
    String longer = "a=" + "b".repeat(20_000) + ";";
    assertRefused(StatusCode.EPUBBADXD, () -> publish(longer, List.of(), controller, Client.NO_OPERATOR, channel("x")));
    assertRefused(StatusCode.ESUBBADDA, () -> subscribe(longer, List.of(), endpoint, Client.NO_OPERATOR, channel("x")));
  }

  @Test
  void shouldIgnorePriorityLimitOnPublicChannels() throws Exception {
    Ed25519PublicKey unused = operator.publicKey();
    assertEquals(1, publish(GOOD + "exp_priority=99;", experiment, controller, unused.raw(), channel("x")).channels().size());
  }
}
