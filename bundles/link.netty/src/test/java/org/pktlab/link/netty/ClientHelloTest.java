package org.pktlab.link.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.net.ssl.SSLEngine;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Whatever the first octets are, looking at them gives an answer or a refusal. */
class ClientHelloTest {
  private static final byte[] HELLO = hello();

  private static byte[] hello() {
    try {
      PeerJudge anyone = new PeerJudge(null, null, null);
      SSLEngine engine = TlsEngines.client(LocalIdentity.of(Handshakes.key("k_ep"), Handshakes.chain("subcmd_eop_ep")), anyone, "abc123");
      ByteBuffer out = ByteBuffer.allocate(20_000);
      engine.beginHandshake();
      engine.wrap(ByteBuffer.allocate(0), out);
      return Arrays.copyOf(out.array(), out.position());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Property(tries = 2000)
  void shouldAnswerOrRefuseAnyMutation(
      @ForAll @Size(max = 6) int[] places, @ForAll byte value, @ForAll @IntRange(min = 0, max = 2000) int length) {
    byte[] mutated = Arrays.copyOf(HELLO, Math.min(length, HELLO.length));
    for (int place : places) {
      if (mutated.length > 0) {
        mutated[Math.floorMod(place, mutated.length)] = value;
      }
    }
    try {
      ClientHello.Seen seen = ClientHello.look(mutated, mutated.length);
      assertFalse(!seen.complete() && seen.needed() <= mutated.length, "must ask for more than there is");
    } catch (ClientHello.RefusedException refused) {
      assertFalse(refused.getMessage().isEmpty());
    }
  }

  @Property(tries = 300)
  void shouldFindTheKeyExactlyWhenAllIsThere(@ForAll @IntRange(min = 0, max = 2000) int length) throws Exception {
    int there = Math.min(length, HELLO.length);
    ClientHello.Seen seen = ClientHello.look(HELLO, there);
    assertEquals(there == HELLO.length, seen.complete());
    assertEquals(there == HELLO.length ? "abc123" : null, seen.sniKey());
  }
}
