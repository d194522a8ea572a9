package org.pktlab.protocol;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Turns frames into {@link Message messages} and back (protocol specification, sections 2.2 and 4). It has no state and is safe for use
 * by many threads.
 *
 * <p>Decoding is stricter than the C decoder: frames that this one accepts although fields lie outside of them are refused. Lenient
 * forms that are harmless are accepted, and encode again in their canonical form. For the messages of the data path there are
 * flyweights, which judge by the same rules and allocate nothing.
 */
public final class MessageCodec {
  private MessageCodec() {}

  /**
   * Decodes one whole frame. The message owns copies of all octets.
   *
   * @param b buffer that holds the frame; position and byte order do not matter and are not changed
   * @param offset absolute offset of the frame's header
   * @param length octets of the whole frame including its header
   * @return the message, {@link Unknown} if the type is not assigned
   * @throws ProtocolException if it is not one whole well-formed frame
   * @throws IndexOutOfBoundsException if the range does not lie below the buffer's limit
   */
  public static Message decode(ByteBuffer b, int offset, int length) throws ProtocolException {
    int type = FrameRules.check(b, offset, length);
    return MessageReader.read(type, b, offset + Frame.HEADER_LENGTH, length - Frame.HEADER_LENGTH);
  }

  /** Octets of the whole frame that {@link #encode(Message, ByteBuffer, int)} writes, including its header. */
  public static int encodedLength(Message message) {
    return Frame.HEADER_LENGTH + MessageWriter.bodyLength(message);
  }

  /**
   * Writes a message as one whole frame in its canonical form.
   *
   * @param b buffer to write into; position and byte order do not matter and are not changed
   * @param offset absolute offset where the frame's header shall begin
   * @return octets written
   * @throws IndexOutOfBoundsException if the buffer has no room for the frame; nothing is written then
   */
  public static int encode(Message message, ByteBuffer b, int offset) {
    int body = MessageWriter.bodyLength(message);
    Objects.checkFromIndexSize(offset, Frame.HEADER_LENGTH + body, b.limit());
    MessageWriter.write(message, b, offset, body);
    return Frame.HEADER_LENGTH + body;
  }

  /** A new heap buffer with the message as one whole frame: position 0, limit at its end. */
  public static ByteBuffer encode(Message message) {
    ByteBuffer b = ByteBuffer.allocate(encodedLength(message));
    encode(message, b, 0);
    return b;
  }
}
