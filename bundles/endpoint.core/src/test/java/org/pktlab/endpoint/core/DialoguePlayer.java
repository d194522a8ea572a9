package org.pktlab.endpoint.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.pktlab.filter.ebpf.Compiler;
import org.pktlab.protocol.Message;
import org.pktlab.protocol.MessageCodec;
import org.pktlab.protocol.MessageType;
import org.pktlab.protocol.Ndata;
import org.pktlab.protocol.Notification;
import org.pktlab.protocol.Nsend;
import org.pktlab.protocol.Ntag;
import org.pktlab.transport.raw.pcap4j.PcapRawTransport;
import org.pktlab.transport.raw.pcap4j.RawSettings;

/**
 * Plays the mlets' side of recorded dialogues to an endpoint with real raw sockets, in a namespace that has the addresses of the recording: the vantage point is
 * 198.51.100.7, and 192.0.2.9 and 192.0.2.99 are behind one router. A program of its own, since a namespace belongs to a process. Prints a line for each dialogue.
 */
public final class DialoguePlayer {
  private static final int IP_HEADER = 20;
  private static final int ICMP_HEADER = 8;
  private static final int PROTOCOL_OCTET = 9;
  private static final int TTL_OCTET = 8;
  private static final int ICMP = 1;
  private static final int TIME_EXCEEDED = 11;
  private static final int UNREACHABLE = 3;

  private DialoguePlayer() {}

  public static void main(String[] arguments) throws Exception {
    JsonNode cases;
    try (InputStream file = DialoguePlayer.class.getResourceAsStream("raw_dialogues.json")) {
      cases = new ObjectMapper().readTree(file).get("cases");
    }
    for (JsonNode dialogue : cases) {
      ExportedHost host =
          new ExportedHost(List.of(new ExportedHost.Prefix(Rig.ip("198.51.100.7"), 24)), List.of(), List.of(Rig.ip("192.0.2.53")), List.of(), "vantage");
      try (Rig rig = Rig.with().exported(host).raw(new PcapRawTransport(settings()), new Compiler()).start()) {
        List<Notification> told = new ArrayList<>();
        try {
          play(rig.session(), dialogue, told);
        } catch (AssertionError e) {
          throw new AssertionError(dialogue.get("name").asText() + ": " + told + "; refusals: " + rig.refusals.latest(), e);
        }
      }
      System.out.println("played " + dialogue.get("name").asText());
    }
    System.exit(0); // threads of libraries go on
  }

  private static RawSettings settings() {
    return new RawSettings() {
      @Override
      public int ringOctets() {
        return 8_388_608;
      }

      @Override
      public int kernelBufferOctets() {
        return 16_777_216; // libpcap cuts it into blocks that each last a millisecond at most
      }

      @Override
      public Class<? extends Annotation> annotationType() {
        return RawSettings.class;
      }
    };
  }

  private static void play(ControllerEnd session, JsonNode dialogue, List<Notification> told) throws Exception {
    List<Nsend> sent = new ArrayList<>();
    for (JsonNode step : dialogue.get("steps")) {
      byte[] octets = HexFormat.of().parseHex(step.get("hex").asText());
      int type = octets[0] & 0x7F;
      if (step.get("from").asText().equals("endpoint")) {
        if (type == MessageType.RESULT || type == MessageType.MDATA) {
          assertEquals(HexFormat.of().formatHex(octets), hex(session.response()));
        }
        continue;
      }
      if (type == MessageType.NCLOSE) {
        awaitAll(session, sent, told);
      }
      Message request = MessageCodec.decode(ByteBuffer.wrap(octets), 0, octets.length);
      if (request instanceof Nsend) {
        sent.add((Nsend) request);
      }
      session.sendFrames(octets);
    }
    awaitAll(session, sent, told);
    assertEquals(sent.stream().map(Nsend::tag).toList(), told.stream().filter(Ntag.class::isInstance).map(each -> ((Ntag) each).tag()).toList());
    List<Ndata> data = told.stream().filter(Ndata.class::isInstance).map(Ndata.class::cast).toList();
    for (Nsend probe : sent) {
      assertTrue(data.stream().anyMatch(each -> answers(probe, each)), () -> "no answer to " + probe + " in " + data);
    }
    session.close();
  }

  private static String hex(Message message) {
    ByteBuffer frame = MessageCodec.encode(message);
    byte[] octets = new byte[frame.remaining()];
    frame.get(octets);
    return HexFormat.of().formatHex(octets);
  }

  /** One tag notification and one answer for each probe; the tag comes first, as the C package's mlets need it. */
  private static void awaitAll(ControllerEnd session, List<Nsend> sent, List<Notification> told) {
    while (told.size() < 2 * sent.size()) {
      Message next = session.next();
      assertTrue(next instanceof Ntag || next instanceof Ndata, next::toString);
      if (next instanceof Ndata) {
        long tagged = told.stream().filter(Ntag.class::isInstance).count();
        assertTrue(told.size() - tagged < tagged, "an answer came before the tag of its probe");
        assertEquals(sent.get(0).sktid(), ((Ndata) next).sktid());
      }
      told.add((Notification) next);
    }
  }

  private static boolean answers(Nsend probe, Ndata data) {
    byte[] asked = probe.data();
    byte[] packet = data.data();
    if (packet[PROTOCOL_OCTET] != ICMP) {
      return false;
    }
    if (asked[PROTOCOL_OCTET] == ICMP) { // an echo request: answered with its identifier and number
      return packet[IP_HEADER] == 0 && Arrays.equals(packet, IP_HEADER + 4, IP_HEADER + 8, asked, IP_HEADER + 4, IP_HEADER + 8);
    }
    int quote = IP_HEADER + ICMP_HEADER;
    if (!Arrays.equals(packet, quote + IP_HEADER, quote + IP_HEADER + 8, asked, IP_HEADER, IP_HEADER + 8)) {
      return false;
    }
    assertEquals(asked[TTL_OCTET] == 1 ? TIME_EXCEEDED : UNREACHABLE, packet[IP_HEADER]);
    assertArrayEquals(Arrays.copyOfRange(asked, 12, IP_HEADER), Arrays.copyOfRange(packet, quote + 12, quote + IP_HEADER));
    return true;
  }
}
