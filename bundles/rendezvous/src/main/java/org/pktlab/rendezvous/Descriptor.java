package org.pktlab.rendezvous;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An experiment descriptor (xdescr): an ordered list of pairs in which names may repeat (packetlab-rendezvous.md section 2).
 *
 * <p>The grammar has no redundancy, so {@link #format()} gives back exactly the text that {@link #parse(String)} was given. Equal
 * texts are equal descriptors. Immutable, for any thread.
 */
public final class Descriptor {
  /** Longest text that is parsed, in octets. */
  public static final int MAX_OCTETS = 16_384;

  /** Longest text an endpoint takes from a notification, in octets; it ignores longer ones, so publishing them is pointless. */
  public static final int MAX_DELIVERED_OCTETS = 4_094;

  public static final String CONTROLLER_ADDR = "controller_addr";
  public static final String SNI_KEY = "sni_key";
  public static final String PUB_END = "pub_end";
  public static final String EXP_PRIORITY = "exp_priority";
  public static final String HOSTID = "hostid";
  public static final String ENDPOINT_COUNTRY = "endpoint_country";
  public static final String ENDPOINT_LOCATION = "endpoint_location";

  /** A descriptor without pairs, which matches every endpoint. */
  public static final Descriptor EMPTY = new Descriptor(List.of());

  private static final int MAX_ADDRESS = 255;

  private final List<Pair> pairs;
  private final String text;

  private Descriptor(List<Pair> pairs) {
    this.pairs = pairs;
    this.text = PairSyntax.format(pairs);
  }

  /**
   * @param text at most {@link #MAX_OCTETS} characters; empty is legal
   * @throws RendezvousException when malformed or too long
   */
  public static Descriptor parse(String text) throws RendezvousException {
    return new Descriptor(PairSyntax.parse(text, true, MAX_OCTETS));
  }

  /** As {@link #parse(String)}, from the octets of a message; the array is not kept. */
  public static Descriptor parse(byte[] octets) throws RendezvousException {
    if (octets.length > MAX_OCTETS) {
      throw new RendezvousException(MAX_OCTETS, "longer than " + MAX_OCTETS + " octets");
    }
    return parse(PairSyntax.text(octets));
  }

  /**
   * A descriptor of these pairs, in this order.
   *
   * @throws RendezvousException when its text would be longer than {@link #MAX_OCTETS}
   */
  public static Descriptor of(List<Pair> pairs) throws RendezvousException {
    Descriptor descriptor = new Descriptor(List.copyOf(pairs));
    if (descriptor.text.length() > MAX_OCTETS) {
      throw new RendezvousException(MAX_OCTETS, "longer than " + MAX_OCTETS + " octets");
    }
    return descriptor;
  }

  /** Starts a descriptor in the order of section 2.2. */
  public static Builder builder() {
    return new Builder();
  }

  /** The pairs in their order. */
  public List<Pair> pairs() {
    return pairs;
  }

  /** The values of all pairs of that name, in their order; empty when there is none. */
  public List<String> values(String name) {
    List<String> values = new ArrayList<>();
    for (Pair pair : pairs) {
      if (pair.name().equals(name)) {
        values.add(pair.value());
      }
    }
    return List.copyOf(values);
  }

  /**
   * Where the controller listens; of several the last. Port 20556 unless given. As in the reference only the first 255 characters
   * are used.
   *
   * @throws RendezvousException when there is none or it is no address: such a descriptor is to be ignored
   */
  public Address controllerAddress() throws RendezvousException {
    Optional<String> value = last(CONTROLLER_ADDR);
    if (value.isEmpty()) {
      throw new RendezvousException(RendezvousException.NOWHERE, "descriptor has no " + CONTROLLER_ADDR);
    }
    String address = value.get();
    return Address.parse(address.length() > MAX_ADDRESS ? address.substring(0, MAX_ADDRESS) : address, Address.EXPERIMENT_PORT);
  }

  /**
   * The server name to ask the controller for; of several the last; empty when the session goes without.
   *
   * @throws RendezvousException when it is no SNI key: such a descriptor is to be ignored
   */
  public Optional<SniKey> sniKey() throws RendezvousException {
    Optional<String> value = last(SNI_KEY);
    return value.isEmpty() ? Optional.empty() : Optional.of(SniKey.parse(value.get()));
  }

  /**
   * End of publication in nanoseconds since 1970, an <em>unsigned</em> 64-bit number; of several the last; empty when absent.
   *
   * @throws RendezvousException when it is not a decimal number of 64 bits
   */
  public OptionalLong pubEndNs() throws RendezvousException {
    return number(PUB_END);
  }

  /** The priority as an endpoint reads it: the low 32 bits, 0 to 4294967295; 0 when absent or not a clean decimal number. */
  public long priority() {
    Optional<String> value = last(EXP_PRIORITY);
    OptionalLong number = value.isEmpty() ? OptionalLong.empty() : Numbers.unsigned(value.get());
    return number.isEmpty() ? 0 : number.getAsLong() & 0xffff_ffffL;
  }

  /**
   * The priority as written, an <em>unsigned</em> 64-bit number, for a broker that must judge it; empty when absent.
   *
   * @throws RendezvousException when it is not a decimal number of 64 bits
   */
  public OptionalLong writtenPriority() throws RendezvousException {
    return number(EXP_PRIORITY);
  }

  /** Whether endpoints take a notification that carries this text ({@link #MAX_DELIVERED_OCTETS}). */
  public boolean isDeliverable() {
    return text.length() <= MAX_DELIVERED_OCTETS;
  }

  /** The text of the wire; one character is one octet. */
  public String format() {
    return text;
  }

  /** The octets of the wire, a new array. */
  public byte[] octets() {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private OptionalLong number(String name) throws RendezvousException {
    Optional<String> value = last(name);
    return value.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Numbers.parse(name, value.get()));
  }

  private Optional<String> last(String name) {
    for (int i = pairs.size() - 1; i >= 0; i--) {
      if (pairs.get(i).name().equals(name)) {
        return Optional.of(pairs.get(i).value());
      }
    }
    return Optional.empty();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Descriptor that && that.text.equals(text);
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

  /**
   * Writes a descriptor in the manager's order: hostid, locations and countries each in reverse, priority, end of publication,
   * controller address, SNI key, then the overrides in reverse (section 2.2).
   *
   * <p>An override of a predefined name takes the place of the default: the default is left out and the override stands among the
   * overrides. {@code sni_key} cannot be overridden. Values are checked by {@link #build()}, all at once. Not thread-safe.
   */
  public static final class Builder {
    private final List<String> locations = new ArrayList<>();
    private final List<String> countries = new ArrayList<>();
    private final List<Pair> overrides = new ArrayList<>();
    private String hostId;
    private String priority;
    private String pubEnd;
    private String address;
    private SniKey sniKey;

    private Builder() {}

    /** Pattern for the attribute of the same name. */
    public Builder hostId(String pattern) {
      hostId = Objects.requireNonNull(pattern);
      return this;
    }

    /** Maidenhead locators in the order of the configuration: capitals, digits, {@code *} and {@code ?}. */
    public Builder locations(List<String> patterns) {
      locations.addAll(patterns);
      return this;
    }

    /** Country codes in the order of the configuration, three capital letters each. */
    public Builder countries(List<String> codes) {
      countries.addAll(codes);
      return this;
    }

    /** Priority, an unsigned 64-bit number. */
    public Builder priority(long unsigned) {
      priority = Long.toUnsignedString(unsigned);
      return this;
    }

    /** End of publication in nanoseconds since 1970, an unsigned 64-bit number. */
    public Builder pubEndNs(long unsigned) {
      pubEnd = Long.toUnsignedString(unsigned);
      return this;
    }

    /** Where endpoints find the controller, written with its port. */
    public Builder controllerAddress(Address where) {
      address = where.toString();
      return this;
    }

    /** As {@link #controllerAddress(Address)}, written verbatim: {@code HOST}, {@code HOST:PORT} or {@code [HOST]:PORT}. */
    public Builder controllerAddress(String where) {
      address = Objects.requireNonNull(where);
      return this;
    }

    /** Server name of the experiment. */
    public Builder sniKey(SniKey key) {
      sniKey = Objects.requireNonNull(key);
      return this;
    }

    /** Pairs of the override field, in the order of the configuration. */
    public Builder overrides(Descriptor pairs) {
      overrides.addAll(pairs.pairs());
      return this;
    }

    /**
     * @throws RendezvousException when a value does not have the shape its name wants, an override names {@code sni_key} or repeats
     *     a single-valued name, or the whole is longer than {@link Descriptor#MAX_OCTETS}
     */
    public Descriptor build() throws RendezvousException {
      List<Pair> pairs = new ArrayList<>();
      add(pairs, HOSTID, hostId);
      for (int i = locations.size() - 1; i >= 0; i--) {
        add(pairs, ENDPOINT_LOCATION, locations.get(i));
      }
      for (int i = countries.size() - 1; i >= 0; i--) {
        add(pairs, ENDPOINT_COUNTRY, countries.get(i));
      }
      add(pairs, EXP_PRIORITY, priority);
      add(pairs, PUB_END, pubEnd);
      add(pairs, CONTROLLER_ADDR, address);
      add(pairs, SNI_KEY, sniKey == null ? null : sniKey.text());
      KnownPairs.checkOverrides(overrides);
      for (int i = overrides.size() - 1; i >= 0; i--) {
        pairs.add(overrides.get(i));
      }
      return of(pairs);
    }

    private void add(List<Pair> pairs, String name, String value) throws RendezvousException {
      if (value == null || overrides.stream().anyMatch(pair -> pair.name().equals(name) && !name.equals(SNI_KEY))) {
        return;
      }
      pairs.add(KnownPairs.checked(name, value));
    }
  }
}
