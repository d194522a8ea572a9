package org.pktlab.rendezvous;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The shapes of the values whose names the programs know (section 2.1). */
final class KnownPairs {
  private static final Set<String> SINGLE = Set.of(Descriptor.CONTROLLER_ADDR, Descriptor.PUB_END, Descriptor.EXP_PRIORITY);

  private KnownPairs() {}

  static Pair checked(String name, String value) throws RendezvousException {
    if (!PairSyntax.isValue(value, true)) {
      throw bad(name, value, "characters that a descriptor can carry");
    }
    switch (name) {
      case Descriptor.CONTROLLER_ADDR:
        Address.parse(value, Address.EXPERIMENT_PORT);
        break;
      case Descriptor.SNI_KEY:
        SniKey.parse(value);
        break;
      case Descriptor.PUB_END:
      case Descriptor.EXP_PRIORITY:
        Numbers.parse(name, value);
        break;
      case Descriptor.ENDPOINT_COUNTRY:
        if (!Shapes.isCountry(value)) {
          throw bad(name, value, "three capital letters");
        }
        break;
      case Descriptor.ENDPOINT_LOCATION:
        if (!Shapes.isLocator(value)) {
          throw bad(name, value, "a locator of capitals, digits, '*' and '?'");
        }
        break;
      default:
        break;
    }
    return new Pair(name, value);
  }

  static void checkOverrides(List<Pair> overrides) throws RendezvousException {
    Set<String> seen = new HashSet<>();
    for (Pair pair : overrides) {
      if (pair.name().equals(Descriptor.SNI_KEY)) {
        throw new RendezvousException(RendezvousException.NOWHERE, "sni_key cannot be overridden");
      }
      if (SINGLE.contains(pair.name()) && !seen.add(pair.name())) {
        throw new RendezvousException(RendezvousException.NOWHERE, pair.name() + " is overridden twice");
      }
      checked(pair.name(), pair.value());
    }
  }

  private static RendezvousException bad(String name, String value, String expected) {
    return new RendezvousException(RendezvousException.NOWHERE, name + " wants " + expected + ", not " + Quoted.of(value));
  }
}
