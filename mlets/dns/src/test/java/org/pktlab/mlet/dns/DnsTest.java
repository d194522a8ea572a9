package org.pktlab.mlet.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pktlab.mlet.ArgumentParser;
import org.pktlab.mlet.testing.KeptRows;
import org.pktlab.mlet.testing.LocalVantage;

@Timeout(30)
class DnsTest {
  private static final List<byte[]> NOTHING = List.of();

  private DatagramSocket udp;
  private ServerSocket tcp;
  private Thread tcpThread;
  private final List<byte[]> queries = new CopyOnWriteArrayList<>();

  /** Answers to a query over udp or tcp. */
  private volatile BiFunction<byte[], String, List<byte[]>> answers = (query, transport) -> NOTHING;

  @BeforeEach
  void serve() throws IOException {
    tcp = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    udp = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), tcp.getLocalPort()));
    start(this::serveUdp);
    tcpThread = start(this::serveTcp);
  }

  private static Thread start(Runnable task) {
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void serveUdp() {
    try {
      while (true) {
        DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
        udp.receive(packet);
        byte[] query = Arrays.copyOf(packet.getData(), packet.getLength());
        queries.add(query);
        for (byte[] answer : answers.apply(query, "udp")) {
          udp.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        }
      }
    } catch (IOException e) {
      // The end of the test.
    }
  }

  private void serveTcp() {
    while (!tcp.isClosed()) {
      try (Socket socket = tcp.accept()) {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] query = new byte[in.readUnsignedShort()];
        in.readFully(query);
        for (byte[] answer : answers.apply(query, "tcp")) {
          ByteArrayOutputStream whole = new ByteArrayOutputStream();
          new DataOutputStream(whole).writeShort(answer.length);
          whole.writeBytes(answer);
          for (byte octet : whole.toByteArray()) {
            socket.getOutputStream().write(octet);
          }
        }
      } catch (IOException e) {
        // A client that went away, or the end of the test.
      }
    }
  }

  @AfterEach
  void stop() throws IOException {
    udp.close();
    tcp.close();
  }

  private List<Map<String, Object>> ask(String... line) throws Exception {
    Dns mlet = new Dns();
    KeptRows rows = new KeptRows(mlet.declaration());
    List<String> words = new ArrayList<>(List.of("--server", "127.0.0.1:" + tcp.getLocalPort()));
    words.addAll(List.of(line));
    mlet.run(new LocalVantage(), ArgumentParser.parse(mlet.declaration(), words), rows);
    return rows.rows();
  }

  /** A response to the query: flags, counts of the sections, and their records in hex. */
  static byte[] response(byte[] query, int flags, int answer, int authority, int additional, String records) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int end = 12;
    while (query[end] != 0) {
      end += 1 + query[end];
    }
    out.write(query, 0, 2);
    out.writeBytes(new byte[] {(byte) (flags >> 8), (byte) flags, 0, 1, 0, (byte) answer, 0, (byte) authority, 0, (byte) additional});
    out.write(query, 12, end + 5 - 12);
    out.writeBytes(HexFormat.of().parseHex(records.replace(" ", "")));
    return out.toByteArray();
  }

  @Test
  void shouldWriteARowForEachRecordOfTheAnswer() throws Exception {
    answers =
        (query, transport) ->
            List.of(
                response(
                    query,
                    0x8180,
                    2,
                    1,
                    0,
                    "c00c 0005 0001 0000003c 0006 0363646e c010" + "c02d 0001 0001 0000000a 0004 c0000250"
                        + "c010 0002 0001 00000001 0005 026e73 c010"));
    List<Map<String, Object>> rows = ask("www.example.org");
    assertEquals(2, rows.size());
    assertEquals("www.example.org.", rows.get(0).get("name"));
    assertEquals("CNAME", rows.get(0).get("type"));
    assertEquals("cdn.example.org.", rows.get(0).get("value"));
    assertEquals("cdn.example.org.", rows.get(1).get("name"));
    assertEquals("192.0.2.80", rows.get(1).get("value"));
    assertEquals(10L, rows.get(1).get("ttl"));
    assertEquals("NOERROR", rows.get(1).get("rcode"));
    assertEquals("answer", rows.get(1).get("section"));
    assertEquals("udp", rows.get(1).get("transport"));
    assertEquals(false, rows.get(1).get("truncated"));
    assertTrue((Double) rows.get(1).get("rtt_ms") > 0);
    assertEquals("127.0.0.1:" + tcp.getLocalPort(), rows.get(1).get("server"));
    assertNull(rows.get(1).get("error"));
    List<Map<String, Object>> all = ask("www.example.org", "--all");
    assertEquals(List.of("answer", "answer", "authority"), all.stream().map(r -> r.get("section")).toList());
    assertEquals("ns.example.org.", all.get(2).get("value"));
  }

  @Test
  void shouldAskAsTold() throws Exception {
    ask("a.example", "--type", "type65280", "--tries", "1", "--timeout", "20ms", "--dnssec", "--no-recurse", "--bufsize", "4096");
    byte[] query = queries.get(0);
    assertEquals("0000 0001 0000 0000 0001 0161076578616d706c6500 ff00 0001 00 0029 1000 0000 8000 0000".replace(" ", ""), HexFormat.of()
        .formatHex(query, 2, query.length));
  }

  @Test
  void shouldWriteOneRowWhenThereIsNoAnswer() throws Exception {
    answers = (query, transport) -> List.of(response(query, 0x8183, 0, 0, 0, ""));
    Map<String, Object> row = ask("nowhere.example", "-t", "mx").get(0);
    assertEquals("NXDOMAIN", row.get("rcode"));
    assertEquals("nowhere.example", row.get("name"));
    assertEquals("MX", row.get("type"));
    assertNull(row.get("error"));
    assertFalse(row.containsKey("value"));
  }

  @Test
  void shouldAskAgainOverTcpWhenTheAnswerWasCut() throws Exception {
    answers =
        (query, transport) ->
            List.of(
                transport.equals("udp")
                    ? response(query, 0x8380, 0, 0, 0, "")
                    : response(query, 0x8180, 1, 0, 0, "c00c 0010 0001 00000001 0009 0461 22 5c 07 03 78 20 79"));
    Map<String, Object> row = ask("t.example", "--type", "TXT").get(0);
    assertEquals("tcp", row.get("transport"));
    assertEquals(true, row.get("truncated"));
    assertEquals("\"a\\\"\\\\\\007\" \"x y\"", row.get("value"));
    assertEquals("tcp", ask("t.example", "--type", "TXT", "--tcp").get(0).get("transport"));
    tcp.close();
    tcpThread.join();
    Map<String, Object> half = ask("t.example", "--type", "TXT").get(0);
    assertEquals("no whole answer over TCP: refused", half.get("error"));
    assertEquals(true, half.get("truncated"));
    assertEquals("udp", half.get("transport"));
  }

  @Test
  void shouldTryAgainAndThenSayTimeout() throws Exception {
    Map<String, Object> row = ask("a.example", "--tries", "3", "--timeout", "20ms").get(0);
    assertEquals("timeout", row.get("error"));
    assertEquals(3, queries.size());
    assertFalse(row.containsKey("rcode"));
  }

  @Test
  void shouldPassOverAnswersThatAreNotItsOwn() throws Exception {
    answers =
        (query, transport) -> {
          byte[] otherId = response(query, 0x8180, 0, 0, 0, "");
          otherId[0] ^= 1;
          byte[] otherName = response(query, 0x8180, 0, 0, 0, "");
          otherName[13] ^= 1;
          return List.of(new byte[3], query, otherId, otherName, response(query, 0x8185, 0, 0, 0, ""));
        };
    assertEquals("REFUSED", ask("a.example").get(0).get("rcode"));
  }

  @Test
  void shouldSayThatAnAnswerIsMalformed() throws Exception {
    answers = (query, transport) -> List.of(response(query, 0x8180, 1, 0, 0, "c00c 0001 0001 00000001 0005 01020304"));
    assertEquals("malformed answer: it ends too early (octet 43)", ask("a.example").get(0).get("error"));
  }

  @Test
  void shouldRenderEveryTypeItNames() throws Exception {
    assertEquals("10 mx.example.", value("0006", 15, "000a 02 6d78 c00c"));
    assertEquals("1 2 443 mx.example.", value("000b", 33, "0001 0002 01bb 02 6d78 c00c"));
    assertEquals("mx.example. mx.example. 1 2 3 4 4294967295",
        value("", 6, "026d78c00c 026d78c00c 00000001 00000002 00000003 00000004 ffffffff"));
    assertEquals("2001:db8:0:0:0:0:0:1", value("", 28, "20010db8000000000000000000000001"));
    assertEquals("::ffff:192.0.2.1", value("", 28, "00000000000000000000ffffc0000201"));
    assertEquals("0 issue \"ca.example\"", value("", 257, "00 05 6973737565 63612e6578616d706c65"));
    assertEquals("\\# 3 010203", value("", 65280, "010203"));
    assertEquals("\\# 2 0102", value("", 1, "0102"));
    assertEquals("a\\.b\\032c.", value("", 2, "05 612e622063 00"));
  }

  /** The value of one record of "example." with this data. */
  private static String value(String ignored, int type, String data) throws MalformedDnsException {
    byte[] query = DnsMessage.query(7, "example", type, true, 0, false);
    byte[] octets = HexFormat.of().parseHex(data.replace(" ", ""));
    String record = String.format("c00c %04x 0001 00000001 %04x", type, octets.length) + HexFormat.of().formatHex(octets);
    return DnsMessage.parse(response(query, 0x8180, 1, 0, 0, record)).records().get(0).value();
  }

  @Test
  void shouldReadExtendedResponseCodes() throws Exception {
    byte[] query = DnsMessage.query(7, ".", 2, true, 1232, false);
    DnsMessage message = DnsMessage.parse(response(query, 0x8180, 0, 0, 1, "00 0029 04d0 01000000 0000"));
    assertEquals("BADVERS", DnsType.code(message.rcode()));
    assertEquals(List.of(), message.records());
    assertEquals("RCODE99", DnsType.code(99));
  }

  @Test
  void shouldRefusePointersThatLoopOrLeadNowhere() {
    for (String record : List.of("c01d 0001 0001 00000000 0000", "c0ff 0001 0001 00000000 0000", "ffff", "40 00", "80 00", "3f 61")) {
      byte[] query = DnsMessage.query(7, "a.example", 1, true, 0, false);
      assertThrows(MalformedDnsException.class, () -> DnsMessage.parse(response(query, 0x8180, 1, 0, 0, record)), record);
    }
  }

  @Test
  void shouldTakeServersApart() throws Exception {
    assertEquals(new InetSocketAddress("192.0.2.53", 53), DnsServer.parse("192.0.2.53"));
    assertEquals(new InetSocketAddress("192.0.2.53", 5353), DnsServer.parse("192.0.2.53:5353"));
    assertEquals(new InetSocketAddress("2001:db8::1", 53), DnsServer.parse("2001:db8::1"));
    assertEquals("[2001:db8:0:0:0:0:0:1]:54", DnsServer.text(DnsServer.parse("[2001:db8::1]:54")));
    for (String wrong : List.of("", "dns.example", "192.0.2.256", "192.0.2.1:0", "192.0.2.1:99999", "[::1", "1.2.3", ":::1::")) {
      assertThrows(IOException.class, () -> DnsServer.parse(wrong), wrong);
    }
    assertEquals(
        "the endpoint exports no resolver; name a server with --server ADDR",
        assertThrows(IOException.class, () -> DnsServer.of(new LocalVantage(), null)).getMessage());
    assertEquals(53, DnsServer.of(new LocalVantage(InetAddress.getLoopbackAddress()), null).getPort());
  }

  @Test
  void shouldRefuseNamesAndTypesThatDnsDoesNotHave() {
    for (String wrong : List.of("a..b", "", "x".repeat(64), "b\u00fccher.example", ("x".repeat(60) + ".").repeat(5), "a b")) {
      assertThrows(IllegalArgumentException.class, () -> DnsMessage.wireName(wrong), wrong);
    }
    assertEquals(1, DnsMessage.wireName(".").length);
    assertEquals("03612e6200", HexFormat.of().formatHex(DnsMessage.wireName("a\\.b.")));
    assertEquals("02610700", HexFormat.of().formatHex(DnsMessage.wireName("a\\007")));
    assertEquals(-1, DnsType.number("TYPE65536"));
    assertEquals(-1, DnsType.number("XYZ"));
    assertTrue(assertThrows(IOException.class, () -> ask("a.example", "--type", "XYZ")).getMessage().contains("CAA"));
  }
}
