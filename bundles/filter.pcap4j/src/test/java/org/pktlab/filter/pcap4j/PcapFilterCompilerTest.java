package org.pktlab.filter.pcap4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pktlab.filter.Dialect;
import org.pktlab.filter.Filter;
import org.pktlab.filter.FilterFaultException;
import org.pktlab.filter.FilterRejectedException;
import org.pktlab.filter.FilterSyntaxException;
import org.pktlab.filter.ebpf.Compiler;

/** With the libpcap of the host. */
class PcapFilterCompilerTest {
  private static final String ECHO_REPLY = "4500001c1e6140004001a1b20a000001080808080000ebff15be0000";
  private static final String ECHO_REQUEST = "4500001c1e6140004001a1b20a000001080808080800e3ff15be0000";
  private static final String DNS = "4500001e00010000401166cc0a0000010808080813880035000a00004142";
  private static final String DNS_IPV6 = "60000000000a1140200100000000000000000000000000012001000000000000000000000000000230390035000a00004142";
  private static final String ICMPV6 = "6000000000083a402001000000000000000000000000000120010000000000000000000000000002800012345678abcd";
  private static final String SYN = "4500002800004000400600000a0000010808080830390050000000010000000050022000000000000000";

  @ParameterizedTest
  @CsvSource({
    "icmp[icmptype] = icmp-echoreply," + ECHO_REPLY + ",true",
    "icmp[icmptype] = icmp-echoreply," + ECHO_REQUEST + ",false",
    "icmp[icmptype] = icmp-echoreply," + DNS + ",false",
    "icmp or udp port 53," + ECHO_REQUEST + ",true",
    "icmp or udp port 53," + DNS + ",true",
    "icmp or udp port 53," + DNS_IPV6 + ",true",
    "icmp or udp port 53," + ICMPV6 + ",false",
    "icmp or udp port 53," + SYN + ",false",
    "icmp6," + ICMPV6 + ",true",
    "ip6," + DNS_IPV6 + ",true",
    "ip6," + DNS + ",false",
    "host 8.8.8.8 and not udp," + ECHO_REPLY + ",true",
    "host 8.8.8.8 and not udp," + DNS + ",false",
    "net 10.0.0.0/8," + SYN + ",true",
    "src host 2001::1," + ICMPV6 + ",true",
    "tcp[tcpflags] & (tcp-syn|tcp-ack) = tcp-syn," + SYN + ",true",
    "tcp[tcpflags] & (tcp-syn|tcp-ack) = tcp-ack," + SYN + ",false",
    "tcp dst port 80," + SYN + ",true",
    "len > 38," + SYN + ",true",
    "less 28," + ECHO_REPLY + ",true",
    "greater 29," + ECHO_REPLY + ",false",
    "ip[2:2] - ((ip[0] & 0xf) << 2) = 8," + ECHO_REPLY + ",true",
    "'',4500,true"
  })
  void shouldMatchAsTcpdumpDoes(String expression, String packet, boolean matches) throws FilterSyntaxException, FilterRejectedException, FilterFaultException {
    Filter filter = new Compiler().load(new PcapFilterCompiler().compile(expression), Dialect.LINUX);
    byte[] octets = HexFormat.of().parseHex(packet);
    assertEquals(matches ? 262_144 : 0, filter.run(ByteBuffer.wrap(octets), 0, octets.length));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tcp port 80 and (((ip[2:2] - ((ip[0]&0xf)<<2)) - ((tcp[12]&0xf0)>>2)) != 0)",
        "icmp or icmp6 or (udp and portrange 33434-33534)",
        "ip proto 1 and ip[8] < 5 and not net 192.168.0.0/16",
        "(ip and ip[6:2] & 0x1fff != 0) or ip6 proto 44",
        "host 1.2.3.4 or host 1.2.3.5 or host 1.2.3.6 or src net 0.0.0.0/1"
      })
  void shouldSayWhatTheClassicProgramSays(String expression) throws FilterSyntaxException, FilterRejectedException, FilterFaultException {
    List<ClassicInstruction> classic = PcapFilterCompiler.classic(expression);
    Filter filter = new Compiler().load(ClassicTranslation.translate(classic), Dialect.LINUX);
    SplittableRandom random = new SplittableRandom(expression.hashCode());
    for (int i = 0; i < 2_000; i++) {
      byte[] packet = HexFormat.of().parseHex(List.of(ECHO_REPLY, DNS, DNS_IPV6, ICMPV6, SYN).get(random.nextInt(5)));
      for (int change = random.nextInt(4); change > 0; change--) {
        packet[random.nextInt(packet.length)] = (byte) random.nextInt();
      }
      int length = random.nextInt(3) == 0 ? random.nextInt(packet.length + 1) : packet.length;
      byte[] cut = java.util.Arrays.copyOf(packet, length);
      assertEquals(ClassicMachine.run(classic, cut), filter.run(ByteBuffer.wrap(packet), 0, length), HexFormat.of().formatHex(cut));
    }
  }

  @Test
  void shouldRefuseWhatIsNoExpression() {
    for (String expression : List.of("icmp and", "nonsense here", "port 99999999", "(", "vlan 1 or )", "tcp\0udp", "x".repeat(70_000))) {
      FilterSyntaxException e = assertThrows(FilterSyntaxException.class, () -> new PcapFilterCompiler().compile(expression));
      assertFalse(e.getMessage().contains("\n"));
      assertTrue(e.getMessage().contains("expression"), e.getMessage());
    }
  }
}
