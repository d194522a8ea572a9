package org.pktlab.rendezvous;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which descriptors are for which endpoints (packetlab-rendezvous.md section 3).
 *
 * <p>An attribute that the descriptor names must match one of the values given there, taken as patterns; attributes that only one
 * side has do not matter. The cost is at most the product of the two text lengths, whatever the patterns.
 */
public final class Matching {
  private Matching() {}

  /** Whether the endpoint may be told of the experiment. An empty descriptor or no attributes match everything. */
  public static boolean matches(Descriptor descriptor, EndpointAttributes attributes) {
    return matches(descriptor, attributes, new Glob());
  }

  static boolean matches(Descriptor descriptor, EndpointAttributes attributes, Glob glob) {
    if (descriptor.pairs().isEmpty() || attributes.pairs().isEmpty()) {
      return true;
    }
    // Each pattern is tried against the one attribute of its name, so that many pairs cost no more than few.
    Map<String, List<String>> patterns = new HashMap<>();
    for (Pair pair : descriptor.pairs()) {
      patterns.computeIfAbsent(pair.name(), name -> new ArrayList<>()).add(pair.value());
    }
    for (Pair attribute : attributes.pairs()) {
      List<String> wanted = patterns.get(attribute.name());
      if (wanted != null && wanted.stream().noneMatch(pattern -> glob.matches(pattern, attribute.value()))) {
        return false;
      }
    }
    return true;
  }

  /** As {@link #matches(Descriptor, EndpointAttributes)} for texts; a malformed one matches nothing. */
  public static boolean matches(String descriptor, String attributes) {
    try {
      return matches(Descriptor.parse(descriptor), EndpointAttributes.parse(attributes));
    } catch (RendezvousException malformed) {
      return false;
    }
  }
}
