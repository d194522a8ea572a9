package org.pktlab.result.pcapng;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.pktlab.mlet.Column;
import org.pktlab.mlet.run.ResultFormat;

/**
 * Captured packets as a pcapng file (draft-ietf-opsawg-pcapng): an Enhanced Packet Block for each row, in nanoseconds, link type RAW. Needs
 * rows with {@code time_ns} and {@code octets} (hex, from the IP header on); takes {@code length} (octets of the packet before it was cut)
 * and {@code dropped} where they are, the latter as an Interface Statistics Block. Other columns are left out.
 *
 * <p>Each endpoint is an interface of its own where rows carry where they come from.
 */
@Component
public final class PcapngFormat implements ResultFormat {
  private static final int SECTION = 0x0A0D0D0A;
  private static final int INTERFACE = 1;
  private static final int STATISTICS = 5;
  private static final int PACKET = 6;
  private static final int BYTE_ORDER = 0x1A2B3C4D;
  private static final short LINK_TYPE_RAW = 101;
  private static final short OPTION_APPLICATION = 4;
  private static final short OPTION_INTERFACE_NAME = 2;
  private static final short OPTION_RESOLUTION = 9;
  private static final short OPTION_DROPPED = 5;
  private static final byte NANOSECONDS = 9;
  private static final int MOST_INTERFACES = 100_000;

  @Override
  public String name() {
    return "pcapng";
  }

  @Override
  public Writer open(List<Column> columns, OutputStream output) throws IOException {
    int time = index(columns, "time_ns");
    int octets = index(columns, "octets");
    if (time < 0 || octets < 0) {
      throw new IOException("format pcapng takes captured packets, that is rows with time_ns and octets, as those of mlet capture");
    }
    Blocks blocks =
        new Blocks(output, time, octets, index(columns, "length"), index(columns, "dropped"), index(columns, "endpoint_address"));
    blocks.section();
    return blocks;
  }

  private static int index(List<Column> columns, String name) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  private static final class Blocks implements Writer {
    private final OutputStream output;
    private final int time;
    private final int octets;
    private final int length;
    private final int dropped;
    private final int endpoint;
    private final Map<String, Integer> interfaces = new HashMap<>();
    private ByteBuffer block = ByteBuffer.allocate(4096);

    Blocks(OutputStream output, int time, int octets, int length, int dropped, int endpoint) {
      this.output = output;
      this.time = time;
      this.octets = octets;
      this.length = length;
      this.dropped = dropped;
      this.endpoint = endpoint;
    }

    void section() throws IOException {
      begin(SECTION, 64);
      block.putInt(BYTE_ORDER).putShort((short) 1).putShort((short) 0).putLong(-1);
      option(OPTION_APPLICATION, "pktlab".getBytes(StandardCharsets.US_ASCII));
      end();
    }

    /** A block with room for so many octets. */
    private void begin(int type, int room) {
      if (block.capacity() < room + 64) {
        block = ByteBuffer.allocate(room + 64);
      }
      block.clear().putInt(type).putInt(0);
    }

    private void padded(byte[] data) {
      block.put(data);
      while (block.position() % 4 != 0) {
        block.put((byte) 0);
      }
    }

    private void option(short code, byte[] value) {
      block.putShort(code).putShort((short) value.length);
      padded(value);
    }

    /** Ends the options and the block, and writes it with one call: a kill never leaves half a block behind that was whole before. */
    private void end() throws IOException {
      block.putInt(0);
      finish();
    }

    private void finish() throws IOException {
      int total = block.position() + 4;
      block.putInt(4, total).putInt(total);
      output.write(block.array(), 0, total);
      output.flush();
    }

    private int interfaceOf(Object[] values) throws IOException {
      String name = endpoint < 0 || values[endpoint] == null ? "" : (String) values[endpoint];
      Integer known = interfaces.get(name);
      if (known != null) {
        return known;
      }
      if (interfaces.size() == MOST_INTERFACES) {
        throw new IOException("more than " + MOST_INTERFACES + " endpoints in one pcapng file");
      }
      byte[] text = name.getBytes(StandardCharsets.UTF_8);
      begin(INTERFACE, text.length + 64);
      block.putShort(LINK_TYPE_RAW).putShort((short) 0).putInt(0);
      if (text.length > 0) {
        option(OPTION_INTERFACE_NAME, text);
      }
      option(OPTION_RESOLUTION, new byte[] {NANOSECONDS});
      end();
      interfaces.put(name, interfaces.size());
      return interfaces.size() - 1;
    }

    @Override
    public void write(Object[] values) throws IOException {
      if (!(values[time] instanceof Long timeNs)) {
        return;
      }
      if (values[octets] instanceof String hex) {
        packet(values, timeNs, hex);
      } else if (dropped >= 0 && values[dropped] instanceof Long count) {
        int number = interfaceOf(values);
        begin(STATISTICS, 64);
        block.putInt(number).putInt((int) (timeNs >>> 32)).putInt((int) (long) timeNs);
        option(OPTION_DROPPED, ByteBuffer.allocate(8).putLong(count).array());
        end();
      }
    }

    private void packet(Object[] values, long timeNs, String hex) throws IOException {
      byte[] data;
      try {
        data = HexFormat.of().parseHex(hex);
      } catch (IllegalArgumentException e) {
        throw new IOException("column octets does not hold hex digits");
      }
      int number = interfaceOf(values);
      long whole = length >= 0 && values[length] instanceof Long l ? Math.max(l, data.length) : data.length;
      begin(PACKET, data.length + 64);
      block.putInt(number).putInt((int) (timeNs >>> 32)).putInt((int) timeNs).putInt(data.length).putInt((int) whole);
      padded(data);
      finish();
    }

    @Override
    public void close() throws IOException {
      output.flush();
    }
  }
}
