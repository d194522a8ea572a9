package org.pktlab.transport.raw.pcap4j;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.lang.reflect.Field;
import org.pcap4j.core.PcapHandle;

/**
 * The few functions of libpcap that are called for each packet. Those of pcap4j make several objects for a packet, which costs more than all the rest; here addresses of
 * memory are plain numbers.
 */
final class LibPcap {
  /** What {@link #pcap_next_ex} gives back: a packet. */
  static final int PACKET = 1;

  /** What {@link #pcap_next_ex} gives back: there is no packet now. */
  static final int NONE = 0;

  static {
    Native.register(LibPcap.class, System.getProperty("org.pcap4j.core.pcapLibName", "pcap")); // as pcap4j does
  }

  private LibPcap() {}

  /** Writes the addresses of a packet's header and data to the two given places. */
  static native int pcap_next_ex(long handle, long header, long data);

  static native int pcap_get_selectable_fd(long handle);

  /** The library's own handle, which pcap4j keeps to itself. It lies within this bundle, always in the same version. */
  static long address(PcapHandle handle) {
    try {
      Field field = PcapHandle.class.getDeclaredField("handle");
      field.setAccessible(true);
      return Pointer.nativeValue((Pointer) field.get(handle));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("pcap4j is not of the version that lies in this bundle", e);
    }
  }
}
