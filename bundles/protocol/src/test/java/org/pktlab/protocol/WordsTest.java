package org.pktlab.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Numbers and names that the specification fixes. */
class WordsTest {
  @Test
  void shouldNameEveryStatusAndDescribeItInOtherWords() throws IllegalAccessException {
    Set<Integer> codes = new HashSet<>();
    Set<String> words = new HashSet<>();
    for (Field constant : StatusCode.class.getFields()) {
      int code = constant.getInt(null);
      assertEquals(constant.getName(), StatusCode.name(code));
      assertTrue(codes.add(code), constant.getName());
      assertTrue(words.add(StatusCode.describe(code)), constant.getName());
    }
    assertEquals(36, codes.size());
    assertEquals("status 0x1234", StatusCode.name(0x1234));
    assertFalse(StatusCode.describe(0x1234).isBlank());
    assertEquals(0x3A, StatusCode.ESKTOPNDENY);
    assertEquals(0x44, StatusCode.ENORES);
    assertEquals(0x62, StatusCode.ESUBBADDA);
    assertEquals(0xFFFF, StatusCode.EUNKFAULT);
  }

  @Test
  void shouldNameEveryAssignedTypeAndNoOther() throws IllegalAccessException {
    Set<Integer> types = new HashSet<>();
    for (Field constant : MessageType.class.getFields()) {
      int type = constant.getInt(null);
      assertEquals(constant.getName().toLowerCase(), MessageType.name(type));
      assertTrue(types.add(type), constant.getName());
    }
    assertEquals(27, types.size());
    for (int type = 0; type < 256; type++) {
      assertEquals(types.contains(type), MessageType.isAssigned(type));
      assertEquals(types.contains(type), !MessageType.name(type).equals("unknown"));
    }
  }

  @Test
  void shouldNameStatesAsTheSignedOctetsOfMemory() throws IllegalAccessException {
    for (Field constant : SocketState.class.getFields()) {
      byte state = constant.getByte(null);
      assertEquals(constant.getName(), SocketState.name(state));
      assertEquals(state < 0, SocketState.isError(state));
      assertEquals(state > 0, SocketState.isWritable(state));
    }
    assertEquals(11, SocketState.class.getFields().length);
    assertEquals((byte) 0xFC, SocketState.UNREACH);
    assertEquals((byte) 0x80, SocketState.UNKFAULT);
    assertEquals("state 9", SocketState.name((byte) 9));
  }

  @Test
  void shouldInhibitWhatIsMaskedOnly() {
    assertTrue(NotificationMask.inhibits(0x0008, MessageType.NDATA));
    assertFalse(NotificationMask.inhibits(~0x0008, MessageType.NDATA));
    assertFalse(NotificationMask.inhibits(0xFFFF, MessageType.LINFO));
    assertFalse(NotificationMask.inhibits(0xFFFF, MessageType.SUSPD));
    assertEquals(0x003E, NotificationMask.ALL);
  }

  @Test
  void shouldPlaceSocketFields() {
    assertEquals(0x20000402, MemoryMap.socketField(1, MemoryMap.OFFSET_STATE));
    assertEquals(0x20001402, MemoryMap.socketField(5, MemoryMap.OFFSET_STATE));
    assertEquals(0x20000470, MemoryMap.socketField(1, MemoryMap.OFFSET_NOTIFICATION_MASK));
    assertEquals(0x2003FC00, MemoryMap.socketBlock(255));
    assertEquals(0x20040000, MemoryMap.SOCKET_END);
    assertThrows(IllegalArgumentException.class, () -> MemoryMap.socketBlock(256));
    assertThrows(IllegalArgumentException.class, () -> MemoryMap.socketField(1, 0x400));
  }

  @Test
  void shouldKeepTheExtensionWordOutsideTheReferencesRegions() {
    assertTrue(MemoryMap.EXTENSION_WORD >= MemoryMap.OPERATING_SYSTEM + MemoryMap.OPERATING_SYSTEM_LENGTH);
    assertTrue(MemoryMap.EXTENSION_WORD + MemoryMap.EXTENSION_WORD_LENGTH <= MemoryMap.SOCKET_BASE);
  }

  @Test
  void shouldNameFamiliesProtocolsCodesAndErrors() {
    assertEquals("IPv4", Family.name(4));
    assertEquals("family 5", Family.name(5));
    assertEquals(16, Family.addressLength(Family.IPV6));
    assertThrows(IllegalArgumentException.class, () -> Family.addressLength(0));
    assertEquals("raw", Protocol.name(0));
    assertEquals("protocol 1", Protocol.name(1));
    assertEquals("peer closed", StatCode.name(StatCode.PEER_CLOSED));
    assertEquals("code 9", StatCode.name(9));
    assertEquals("discarded by FIN", SendError.name(SendError.DISCARDED));
    assertEquals("error 9", SendError.name((byte) 9));
  }
}
