package org.pktlab.mlet.httpget;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads an HTTP/1 response piece by piece: status line, headers, and a body by length, in chunks, or up to the end of the connection.
 * Everything is bounded, and whatever comes leads to a response or a {@link BadReplyException}.
 */
final class HttpReply {
  /** Octets of status line, headers and trailers together. */
  static final int MOST_HEAD = 64 * 1024;

  /** Octets of a body that are kept. */
  static final int MOST_KEPT = 16 << 20;

  private static final Pattern STATUS_LINE = Pattern.compile("HTTP/\\d\\.\\d +([1-9]\\d\\d)(?: (.*))?");
  private static final Pattern CHARSET = Pattern.compile("charset\\s*=\\s*\"?([A-Za-z0-9._:+-]+)", Pattern.CASE_INSENSITIVE);

  private enum Part {
    STATUS,
    HEADERS,
    BODY,
    CHUNK_SIZE,
    CHUNK_END,
    TRAILERS,
    DONE
  }

  private final boolean head;
  private final long mostBody;
  private final boolean keep;
  private final StringBuilder line = new StringBuilder();
  private final Map<String, String> headers = new LinkedHashMap<>();
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private Part part = Part.STATUS;
  private int headOctets;
  private int status;
  private String reason = "";
  private boolean hasHead;
  private boolean chunked;
  private boolean untilEnd;
  private boolean truncated;
  private long left;
  private long body;

  HttpReply(boolean head, long mostBody, boolean keep) {
    this.head = head;
    this.mostBody = mostBody;
    this.keep = keep;
  }

  /** Takes octets; stops where the response ends. */
  void feed(ByteBuffer octets) throws BadReplyException {
    while (octets.hasRemaining() && part != Part.DONE) {
      if (part == Part.BODY) {
        takeBody(octets);
      } else if (takeLine(octets)) {
        String whole = line.toString();
        line.setLength(0);
        onLine(whole.endsWith("\r") ? whole.substring(0, whole.length() - 1) : whole);
      }
    }
  }

  /** The connection has ended. */
  void end() throws BadReplyException {
    if (part == Part.BODY && untilEnd) {
      part = Part.DONE;
    } else if (part == Part.STATUS && line.length() == 0 && headOctets == 0) {
      throw new BadReplyException("the server closed the connection without an answer");
    } else if (part != Part.DONE) {
      throw new BadReplyException("the connection ended inside the " + (hasHead ? "body" : "header") + " of the answer");
    }
  }

  private boolean takeLine(ByteBuffer octets) throws BadReplyException {
    while (octets.hasRemaining()) {
      char c = (char) (octets.get() & 0xFF);
      if (++headOctets > MOST_HEAD) {
        throw new BadReplyException("the header of the answer has more than " + MOST_HEAD + " octets");
      }
      if (c == '\n') {
        return true;
      }
      line.append(c);
      if (part == Part.STATUS && !couldBegin()) {
        throw new BadReplyException("the answer is not HTTP");
      }
    }
    return false;
  }

  private boolean couldBegin() {
    return "HTTP/".regionMatches(0, line.substring(0, Math.min(5, line.length())), 0, Math.min(5, line.length()));
  }

  private void onLine(String text) throws BadReplyException {
    switch (part) {
      case STATUS -> onStatusLine(text);
      case HEADERS -> onHeader(text);
      case CHUNK_SIZE -> onChunkSize(text);
      case CHUNK_END -> {
        if (!text.isEmpty()) {
          throw new BadReplyException("a chunk of the body is longer than it says");
        }
        // Framing of a long body must not count as its header does.
        headOctets = 0;
        part = Part.CHUNK_SIZE;
      }
      case TRAILERS -> part = text.isEmpty() ? Part.DONE : Part.TRAILERS;
      default -> throw new IllegalStateException(part.name());
    }
  }

  private void onStatusLine(String text) throws BadReplyException {
    Matcher matcher = STATUS_LINE.matcher(text);
    if (!matcher.matches()) {
      throw new BadReplyException("the answer is not HTTP: its first line is no status line");
    }
    status = Integer.parseInt(matcher.group(1));
    reason = matcher.group(2) == null ? "" : matcher.group(2);
    part = Part.HEADERS;
  }

  private void onHeader(String text) throws BadReplyException {
    if (!text.isEmpty()) {
      int colon = text.indexOf(':');
      if (colon > 0) {
        String name = text.substring(0, colon).strip().toLowerCase(Locale.ROOT);
        headers.merge(name, text.substring(colon + 1).strip(), (a, b) -> name.equals("content-length") || name.equals("location") ? a : a
            + ", " + b);
      }
      return;
    }
    if (status < 200 && status != 101) {
      // An interim answer: the real one follows.
      headers.clear();
      part = Part.STATUS;
      return;
    }
    hasHead = true;
    beginBody();
  }

  private void beginBody() throws BadReplyException {
    String encoding = headers.getOrDefault("transfer-encoding", "");
    if (head || status == 101 || status == 204 || status == 304) {
      part = Part.DONE;
    } else if (encoding.toLowerCase(Locale.ROOT).endsWith("chunked")) {
      chunked = true;
      headOctets = 0;
      part = Part.CHUNK_SIZE;
    } else if (headers.containsKey("content-length") && encoding.isEmpty()) {
      left = length(headers.get("content-length"), 10);
      part = left == 0 ? Part.DONE : Part.BODY;
    } else {
      untilEnd = true;
      left = Long.MAX_VALUE;
      part = Part.BODY;
    }
    if (part != Part.DONE && mostBody == 0) {
      truncate();
    }
  }

  private void onChunkSize(String text) throws BadReplyException {
    int semicolon = text.indexOf(';');
    left = length((semicolon < 0 ? text : text.substring(0, semicolon)).strip(), 16);
    part = left == 0 ? Part.TRAILERS : Part.BODY;
  }

  private static long length(String text, int radix) throws BadReplyException {
    try {
      if (!text.isEmpty() && text.charAt(0) != '-' && text.charAt(0) != '+') {
        return Long.parseLong(text, radix);
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new BadReplyException("a length of the body is no number");
  }

  private void takeBody(ByteBuffer octets) {
    int count = (int) Math.min(octets.remaining(), Math.min(left, mostBody - body));
    if (keep && kept.size() < MOST_KEPT) {
      byte[] piece = new byte[Math.min(count, MOST_KEPT - kept.size())];
      octets.duplicate().get(piece);
      kept.writeBytes(piece);
    }
    octets.position(octets.position() + count);
    body += count;
    left = untilEnd ? left : left - count;
    if (left == 0) {
      part = chunked ? Part.CHUNK_END : Part.DONE;
    }
    if (part != Part.DONE && body >= mostBody && octets.hasRemaining()) {
      truncate();
    }
  }

  private void truncate() {
    truncated = true;
    part = Part.DONE;
  }

  boolean isDone() {
    return part == Part.DONE;
  }

  boolean hasHead() {
    return hasHead;
  }

  int status() {
    return status;
  }

  String reason() {
    return reason;
  }

  /** A header by its name in lower case, or null. */
  String header(String name) {
    return headers.get(name);
  }

  long bodyOctets() {
    return body;
  }

  boolean isTruncated() {
    return truncated;
  }

  boolean isRedirect() {
    return hasHead && (status == 301 || status == 302 || status == 303 || status == 307 || status == 308)
        && headers.containsKey("location");
  }

  /** The kept body as text: in the charset that it names where the platform has it, else UTF-8. */
  String bodyText() {
    Charset charset = StandardCharsets.UTF_8;
    Matcher matcher = CHARSET.matcher(headers.getOrDefault("content-type", ""));
    if (matcher.find()) {
      try {
        charset = Charset.forName(matcher.group(1));
      } catch (IllegalArgumentException e) {
        charset = StandardCharsets.UTF_8;
      }
    }
    return kept.toString(charset);
  }
}
