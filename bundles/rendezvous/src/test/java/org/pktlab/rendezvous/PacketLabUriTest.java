package org.pktlab.rendezvous;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pktlab.rendezvous.PacketLabUri.Type;

class PacketLabUriTest {
  @ParameterizedTest
  @CsvSource({
    "pktlab://a/exp/,a,0,EXPERIMENT",
    "pktlab://A.b/exp/,A.b,0,EXPERIMENT",
    "pktlab://a.b.c./exp/,a.b.c.,0,EXPERIMENT",
    "pktlab://127.0.0.1:20556/exp/,127.0.0.1,20556,EXPERIMENT",
    "pktlab://a:0/exp/,a,0,EXPERIMENT",
    "pktlab://a:00001/exp/,a,1,EXPERIMENT",
    "pktlab://pktbrokr.caida.org/broker/,pktbrokr.caida.org,0,BROKER"
  })
  void shouldReadTheAcceptedExamples(String text, String host, int port, Type type) throws RendezvousException {
    PacketLabUri uri = PacketLabUri.parse(text);
    assertEquals(new PacketLabUri(host, port, type), uri);
    assertEquals(uri, PacketLabUri.parse(uri.toString()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pktlab://a/exp", "pktlab://a/exp/x", "pktlab://a:/exp/", "pktlab://a:65536/exp/", "pktlab://a:000001/exp/", "pktlab://a:+5/exp/",
        "pktlab://a-b/exp/", "pktlab://[::1]:5/exp/", "pktlab://::1/exp/", "PKTLAB://a/exp/", "pktlab://a/proxy/", "pktlab://a/Broker/",
        "pktlab:///exp/", "", "pktlab://", "pktlab://a", "pktlab://a:5", "pktlab://a/", "pktlab://a//exp/", "pktlab://a:\u0661/exp/"
      })
  void shouldRefuseTheRejectedExamples(String text) {
    assertThrows(RendezvousException.class, () -> PacketLabUri.parse(text));
  }

  @Test
  void shouldRefuseLongHosts() throws RendezvousException {
    assertEquals(255, PacketLabUri.parse("pktlab://" + "a".repeat(255) + "/exp/").host().length());
    assertThrows(RendezvousException.class, () -> PacketLabUri.parse("pktlab://" + "a".repeat(256) + "/exp/"));
    assertThrows(IllegalArgumentException.class, () -> new PacketLabUri("a-b", 1, Type.BROKER));
    assertThrows(IllegalArgumentException.class, () -> new PacketLabUri("a", -1, Type.BROKER));
  }

  @Property(tries = 1_000)
  void shouldGiveAResultOrTheCheckedExceptionForAnyText(@ForAll String any, @ForAll("near") String near) {
    for (String text : new String[] {any, "pktlab://" + near}) {
      try {
        PacketLabUri uri = PacketLabUri.parse(text);
        assertEquals(uri, PacketLabUri.parse(uri.toString()));
      } catch (RendezvousException e) {
        assertTrue(e.position() >= 0 && e.position() <= text.length());
      }
    }
  }

  @Provide
  Arbitrary<String> near() {
    return Arbitraries.strings().withChars("a.:/1exp").ofMaxLength(14);
  }
}
