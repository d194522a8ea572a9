package org.pktlab.endpoint.core;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.pktlab.protocol.MemoryMap;

/** The memory map of one session (protocol specification, section 6). Owned by the session's loop. */
final class SessionMemory {
  // What happens to the header fields of raw packets (section 8.2): 1 always overwritten, 2 filled in when zero.
  private static final byte[] IPV4_TREATMENT = {0, 0, 0, 1, 2, 0, 0, 0, 0, 1, 2, 0};

  private final AddressSpace space;
  private final int grantable;
  private int extensions;

  /**
   * @param grantable bits of the extension word that are granted when the controller asks (docs/reference/extensions.md)
   * @param protocols which kinds of socket can be opened now, as in {@link MemoryMap#PROTOCOLS}
   * @param slots the slot in use of a number, or null
   */
  SessionMemory(
      int grantable, ExportedHost host, HostFacts facts, BufferAccount buffer, LongSupplier epochNs, IntSupplier protocols, IntFunction<SocketSlot> slots, SendTimes sendTimes) {
    this.grantable = grantable;
    List<Region> regions = new ArrayList<>(host.regions());
    regions.add(Region.of(MemoryMap.PROTOCOLS, MemoryMap.PROTOCOLS_LENGTH, to -> to.putInt(protocols.getAsInt())));
    regions.add(Region.of(MemoryMap.BUFFER_LIMIT_COPY, 4, to -> to.putInt(saturated(buffer.limit()))));
    regions.add(Region.of(MemoryMap.CLOCK, MemoryMap.CLOCK_LENGTH, to -> to.putLong(epochNs.getAsLong())));
    regions.add(
        Region.of(MemoryMap.BUFFER_LIMIT, 8, to -> to.putInt(saturated(buffer.limit())).putInt(saturated(buffer.used()))));
    regions.add(
        Region.of(
            MemoryMap.IPV4_TREATMENT,
            MemoryMap.IPV4_TREATMENT_LENGTH,
            to -> to.put((protocols.getAsInt() & MemoryMap.PROTOCOL_RAW) == 0 ? new byte[IPV4_TREATMENT.length] : IPV4_TREATMENT)));
    regions.add(Region.of(MemoryMap.IPV6_TREATMENT, MemoryMap.IPV6_TREATMENT_LENGTH, to -> {}));
    regions.add(new ExtensionWord());
    regions.addAll(facts.regions());
    regions.add(new SocketBlocks(slots));
    regions.add(sendTimes.region());
    space = new AddressSpace(regions);
  }

  /** The extensions granted now. */
  int extensions() {
    return extensions;
  }

  void read(long address, ByteBuffer to) {
    space.read(address, to);
  }

  void write(long address, ByteBuffer from) {
    space.write(address, from);
  }

  private static int saturated(long value) {
    return (int) Math.min(value, 0xFFFFFFFFL);
  }

  /** Where a controller asks for extensions of ours: what is granted of what was written can be read back. */
  private final class ExtensionWord implements Region {
    private final ByteBuffer word = ByteBuffer.allocate(MemoryMap.EXTENSION_WORD_LENGTH);

    @Override
    public long start() {
      return MemoryMap.EXTENSION_WORD & 0xFFFFFFFFL;
    }

    @Override
    public int length() {
      return MemoryMap.EXTENSION_WORD_LENGTH;
    }

    @Override
    public void read(int offset, ByteBuffer to) {
      word.putInt(0, extensions);
      to.put(word.array(), offset, to.remaining());
    }

    @Override
    public void write(int offset, ByteBuffer from) {
      word.putInt(0, extensions);
      from.get(word.array(), offset, from.remaining());
      extensions = word.getInt(0) & grantable;
    }
  }

  /** The 256 socket blocks. A block is rendered whole, and a write goes through it, so that partial fields are honoured octet by octet. */
  private static final class SocketBlocks implements Region {
    private final IntFunction<SocketSlot> slots;
    private final ByteBuffer block = ByteBuffer.allocate(MemoryMap.SOCKET_STRIDE);

    SocketBlocks(IntFunction<SocketSlot> slots) {
      this.slots = slots;
    }

    @Override
    public long start() {
      return MemoryMap.SOCKET_BASE;
    }

    @Override
    public int length() {
      return MemoryMap.SOCKET_COUNT * MemoryMap.SOCKET_STRIDE;
    }

    @Override
    public void read(int offset, ByteBuffer to) {
      for (int at = offset; to.hasRemaining(); ) {
        int inside = at % MemoryMap.SOCKET_STRIDE;
        int count = Math.min(to.remaining(), MemoryMap.SOCKET_STRIDE - inside);
        SocketSlot slot = slots.apply(at / MemoryMap.SOCKET_STRIDE);
        if (slot == null) {
          to.position(to.position() + count);
        } else {
          render(slot);
          to.put(block.array(), inside, count);
        }
        at += count;
      }
    }

    @Override
    public void write(int offset, ByteBuffer from) {
      for (int at = offset; from.hasRemaining(); ) {
        int inside = at % MemoryMap.SOCKET_STRIDE;
        int count = Math.min(from.remaining(), MemoryMap.SOCKET_STRIDE - inside);
        SocketSlot slot = slots.apply(at / MemoryMap.SOCKET_STRIDE);
        if (slot == null) {
          from.position(from.position() + count);
        } else {
          render(slot);
          from.get(block.array(), inside, count);
          slot.store(block);
        }
        at += count;
      }
    }

    private void render(SocketSlot slot) {
      Arrays.fill(block.array(), (byte) 0);
      slot.render(block);
    }
  }
}
