package org.pktlab.cert.bc;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** PEM blocks: the first one with a wanted label counts; other text and blocks are ignored (packetlab-trust section 2). */
final class PemText {
  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END ";
  private static final String DASHES = "-----";

  /** One block. */
  record Block(String label, byte[] content) {}

  private PemText() {}

  /** Returns whether the octets could be PEM text at all. */
  static boolean looksLikePem(byte[] octets) {
    return text(octets).contains(BEGIN);
  }

  /**
   * Returns the first block whose label is one of those wanted, or null if there is none.
   *
   * @throws MalformedDerException if that block is cut off or not Base64
   */
  static Block first(byte[] octets, List<String> labels) throws MalformedDerException {
    String text = text(octets);
    int position = 0;
    while (true) {
      int begin = text.indexOf(BEGIN, position);
      if (begin < 0) {
        return null;
      }
      int labelStart = begin + BEGIN.length();
      int labelEnd = text.indexOf(DASHES, labelStart);
      boolean lineStart = begin == 0 || text.charAt(begin - 1) == '\n' || text.charAt(begin - 1) == '\r';
      if (labelEnd < 0) {
        return null;
      }
      String label = text.substring(labelStart, labelEnd);
      if (lineStart && labels.contains(label)) {
        int contentStart = labelEnd + DASHES.length();
        int end = text.indexOf(END + label + DASHES, contentStart);
        if (end < 0) {
          throw new MalformedDerException("the " + label + " block does not end");
        }
        return new Block(label, base64(text.substring(contentStart, end), label));
      }
      position = labelStart;
    }
  }

  /** Returns the text of a block, lines of 64 characters. */
  static byte[] write(String label, byte[] content) {
    byte[] begin = (BEGIN + label + DASHES + "\n").getBytes(StandardCharsets.US_ASCII);
    byte[] body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encode(content);
    byte[] end = ("\n" + END + label + DASHES + "\n").getBytes(StandardCharsets.US_ASCII);
    byte[] text = Arrays.copyOf(begin, begin.length + body.length + end.length);
    System.arraycopy(body, 0, text, begin.length, body.length);
    System.arraycopy(end, 0, text, begin.length + body.length, end.length);
    Arrays.fill(body, (byte) 0);
    return text;
  }

  private static byte[] base64(String text, String label) throws MalformedDerException {
    StringBuilder compact = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
        compact.append(c);
      }
    }
    try {
      return Base64.getDecoder().decode(compact.toString());
    } catch (IllegalArgumentException e) {
      throw new MalformedDerException("the " + label + " block is not Base64");
    }
  }

  private static String text(byte[] octets) {
    return new String(octets, StandardCharsets.ISO_8859_1);
  }
}
