package org.pktlab.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Replays frames whose meaning and verdict were taken from the C reference. */
class MessageVectorsTest {
  /** Names of fields in the file where the records use others. */
  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("timeNs", "time"),
          Map.entry("endTimeNs", "endtime"),
          Map.entry("resumeHintNs", "resumeHint"),
          Map.entry("firstTimeNs", "firstTime"),
          Map.entry("lastTimeNs", "lastTime"),
          Map.entry("Xpub.text", "xdescr"),
          Map.entry("Xnotify.text", "xdescr"),
          Map.entry("Xsub.text", "dattr"),
          Map.entry("Xreg.key", "snikey"));

  /** Fields that the file leaves out where they have no meaning; the records then hold 0. */
  private static final Set<String> OPTIONAL = Set.of("lport", "rport", "monitorIndex", "monitorErrid");

  record Vector(String name, String kind, ObjectNode fields, String hex) {
    @Override
    public String toString() {
      return kind + " " + name;
    }
  }

  static List<Vector> vectors() throws IOException {
    List<Vector> vectors = new ArrayList<>();
    try (InputStream in = MessageVectorsTest.class.getResourceAsStream("messages.json")) {
      for (JsonNode v : new ObjectMapper().readTree(in)) {
        vectors.add(new Vector(v.get("name").asText(), v.get("kind").asText(), (ObjectNode) v.get("fields"), v.get("hex").asText()));
      }
    }
    return vectors;
  }

  private static List<Vector> ofKind(String... kinds) throws IOException {
    return vectors().stream().filter(v -> List.of(kinds).contains(v.kind())).toList();
  }

  static List<Vector> decodable() throws IOException {
    return ofKind("canonical", "noncanonical");
  }

  static List<Vector> canonical() throws IOException {
    return ofKind("canonical");
  }

  static List<Vector> noncanonical() throws IOException {
    return ofKind("noncanonical");
  }

  static List<Vector> refused() throws IOException {
    return ofKind("unsafe", "malformed");
  }

  static List<Vector> unknown() throws IOException {
    return ofKind("unknown");
  }

  @Test
  void shouldFindEveryVectorInOneOfTheTests() throws IOException {
    assertEquals(131, vectors().size());
    assertEquals(71, canonical().size());
    assertEquals(5, noncanonical().size());
    assertEquals(49, refused().size());
    assertEquals(6, unknown().size());
  }

  @ParameterizedTest
  @MethodSource("decodable")
  void shouldDecodeTheFields(Vector v) throws ProtocolException {
    Message message = decode(v.hex());
    assertEquals(v.fields().get("typeCode").asInt(), message.type());
    assertEquals(v.fields().get("type").asText(), MessageType.name(message.type()));
    ObjectNode expected = v.fields().deepCopy();
    expected.remove(List.of("type", "typeCode", "canonicalHex"));
    assertEquals(expected, fieldsOf((Record) message, expected));
  }

  @ParameterizedTest
  @MethodSource("canonical")
  void shouldEncodeTheSameOctets(Vector v) throws ProtocolException {
    Message message = decode(v.hex());
    assertEquals(v.hex(), encode(message));
    assertEquals(v.hex().length() / 2, MessageCodec.encodedLength(message));
  }

  @ParameterizedTest
  @MethodSource("canonical")
  void shouldEncodeTheFields(Vector v) throws ReflectiveOperationException {
    assertEquals(v.hex(), encode(messageOf(v.fields())));
  }

  @ParameterizedTest
  @MethodSource("noncanonical")
  void shouldEncodeTheCanonicalForm(Vector v) throws ProtocolException {
    JsonNode canonical = v.fields().get("canonicalHex");
    assertEquals(canonical == null ? v.hex() : canonical.asText(), encode(decode(v.hex())));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void shouldRefuseWithTheOffset(Vector v) {
    ProtocolException refusal = assertThrows(ProtocolException.class, () -> decode(v.hex()));
    assertTrue(refusal.offset() >= Frame.HEADER_LENGTH && refusal.offset() <= v.hex().length() / 2, refusal.getMessage());
  }

  @ParameterizedTest
  @MethodSource("unknown")
  void shouldKeepUnknownMessagesWhole(Vector v) throws ProtocolException {
    Unknown message = assertInstanceOf(Unknown.class, decode(v.hex()));
    assertEquals(v.hex().substring(0, 2), HexFormat.of().toHexDigits((byte) message.type()));
    assertEquals(v.hex().substring(8), HexFormat.of().formatHex(message.body()));
    assertEquals(v.hex(), encode(message));
  }

  private static Message decode(String hex) throws ProtocolException {
    byte[] octets = HexFormat.of().parseHex(hex);
    return MessageCodec.decode(ByteBuffer.wrap(octets), 0, octets.length);
  }

  private static String encode(Message message) {
    return HexFormat.of().formatHex(MessageCodec.encode(message).array());
  }

  private static String nameOf(Class<?> type, String component) {
    return NAMES.getOrDefault(type.getSimpleName() + "." + component, NAMES.getOrDefault(component, component));
  }

  private static ObjectNode fieldsOf(Record message, ObjectNode expected) {
    ObjectNode fields = JsonNodeFactory.instance.objectNode();
    for (RecordComponent component : message.getClass().getRecordComponents()) {
      String name = nameOf(message.getClass(), component.getName());
      Object value = valueOf(message, component);
      if (value == null || OPTIONAL.contains(name) && !expected.has(name) && value.equals(0)) {
        continue;
      }
      if (value instanceof byte[] octets) {
        fields.put(name, HexFormat.of().formatHex(octets));
      } else if (value instanceof List<?> list) {
        ArrayNode array = fields.putArray(name);
        list.forEach(item -> array.add(HexFormat.of().formatHex((byte[]) item)));
      } else if (value instanceof String text) {
        fields.put(name, text);
      } else {
        // Numbers as the parser makes them, so that nodes compare: int, long, or beyond.
        BigInteger number = new BigInteger(Long.toUnsignedString(((Number) value).longValue()));
        if (number.bitLength() < 32) {
          fields.put(name, number.intValue());
        } else if (number.bitLength() < 64) {
          fields.put(name, number.longValue());
        } else {
          fields.put(name, number);
        }
      }
    }
    return fields;
  }

  private static Object valueOf(Record message, RecordComponent component) {
    try {
      return component.getAccessor().invoke(message);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private static Message messageOf(ObjectNode fields) throws ReflectiveOperationException {
    String name = fields.get("type").asText();
    Class<?> type = Class.forName("org.pktlab.protocol." + name.substring(0, 1).toUpperCase() + name.substring(1));
    RecordComponent[] components = type.getRecordComponents();
    Object[] values = new Object[components.length];
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      values[i] = valueOf(fields.get(nameOf(type, components[i].getName())), types[i]);
    }
    return (Message) type.getDeclaredConstructor(types).newInstance(values);
  }

  private static Object valueOf(JsonNode node, Class<?> type) {
    if (type == byte[].class) {
      return node == null ? null : HexFormat.of().parseHex(node.asText());
    }
    if (type == int.class) {
      return node == null ? 0 : node.intValue();
    }
    if (type == long.class) {
      return node.bigIntegerValue().longValue();
    }
    if (type == List.class) {
      List<byte[]> list = new ArrayList<>();
      node.forEach(item -> list.add(HexFormat.of().parseHex(item.asText())));
      return list;
    }
    return node.asText();
  }
}
