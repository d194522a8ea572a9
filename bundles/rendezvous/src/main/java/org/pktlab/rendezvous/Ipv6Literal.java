package org.pktlab.rendezvous;

/** The textual forms of RFC 4291 section 2.2, with an optional zone after {@code %}. */
final class Ipv6Literal {
  private static final int GROUPS = 8;
  private static final int MAX_ZONE = 32;

  private Ipv6Literal() {}

  static boolean isValid(String text) {
    int percent = text.indexOf('%');
    String address = percent < 0 ? text : text.substring(0, percent);
    if (percent >= 0 && !isZone(text.substring(percent + 1))) {
      return false;
    }
    int gap = address.indexOf("::");
    if (gap < 0) {
      return groups(address, true) == GROUPS;
    }
    int left = gap == 0 ? 0 : groups(address.substring(0, gap), false);
    String tail = address.substring(gap + 2);
    int right = tail.isEmpty() ? 0 : groups(tail, true);
    // The gap stands for at least one group; a second gap shows as an empty group in the tail.
    return left >= 0 && right >= 0 && left + right < GROUPS;
  }

  /** Number of 16-bit groups, or -1 when malformed; a dotted IPv4 address at the end counts as two. */
  private static int groups(String text, boolean mayEndInIpv4) {
    String[] parts = text.split(":", -1);
    int count = 0;
    for (int i = 0; i < parts.length; i++) {
      if (mayEndInIpv4 && i == parts.length - 1 && parts[i].indexOf('.') >= 0) {
        if (!isIpv4(parts[i])) {
          return -1;
        }
        count += 2;
      } else if (isGroup(parts[i])) {
        count++;
      } else {
        return -1;
      }
    }
    return count;
  }

  private static boolean isGroup(String text) {
    return !text.isEmpty() && text.length() <= 4 && text.chars().allMatch(c -> c < 128 && Character.digit(c, 16) >= 0);
  }

  private static boolean isIpv4(String text) {
    String[] parts = text.split("\\.", -1);
    for (String part : parts) {
      if (!Numbers.isDigits(part) || part.length() > 3 || Integer.parseInt(part) > 255) {
        return false;
      }
    }
    return parts.length == 4;
  }

  private static boolean isZone(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_ZONE
        && text.chars().allMatch(c -> c < 128 && (Character.isLetterOrDigit(c) || c == '.' || c == '-' || c == '_'));
  }
}
