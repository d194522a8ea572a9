package org.pktlab.rendezvous;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * What an endpoint says about itself when it subscribes (dattr): pairs whose names do not repeat and whose values hold no
 * {@code *} or {@code ?} (packetlab-rendezvous.md section 2). Immutable, for any thread.
 */
public final class EndpointAttributes {
  /** Longest text that is parsed, in octets: one line of a configuration file cannot hold more. */
  public static final int MAX_OCTETS = 4_096;

  /** No attributes: every descriptor matches. */
  public static final EndpointAttributes EMPTY = new EndpointAttributes(List.of());

  private final List<Pair> pairs;
  private final String text;

  private EndpointAttributes(List<Pair> pairs) {
    this.pairs = pairs;
    this.text = PairSyntax.format(pairs);
  }

  /**
   * @param text at most {@link #MAX_OCTETS} characters; empty is legal
   * @throws RendezvousException when malformed or too long
   */
  public static EndpointAttributes parse(String text) throws RendezvousException {
    return new EndpointAttributes(PairSyntax.parse(text, false, MAX_OCTETS));
  }

  /** As {@link #parse(String)}, from the octets of a message; the array is not kept. */
  public static EndpointAttributes parse(byte[] octets) throws RendezvousException {
    if (octets.length > MAX_OCTETS) {
      throw new RendezvousException(MAX_OCTETS, "longer than " + MAX_OCTETS + " octets");
    }
    return parse(PairSyntax.text(octets));
  }

  /** The pairs in their order. */
  public List<Pair> pairs() {
    return pairs;
  }

  /** The value of that attribute, if the endpoint declares it. */
  public Optional<String> value(String name) {
    return pairs.stream().filter(pair -> pair.name().equals(name)).map(Pair::value).findFirst();
  }

  /** The text of the wire; one character is one octet. */
  public String format() {
    return text;
  }

  /** The octets of the wire, a new array. */
  public byte[] octets() {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EndpointAttributes that && that.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** Same as {@link #format()}; printable ASCII and tabs only. */
  @Override
  public String toString() {
    return text;
  }
}
