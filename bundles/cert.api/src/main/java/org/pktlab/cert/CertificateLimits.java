package org.pktlab.cert;

import java.util.List;
import java.util.Objects;

/**
 * The limits of one certificate: the fields of {@code cert_limit} (packetlab-trust section 5.2). A number that is absent is null; a list
 * that is absent is empty. Numbers are unsigned 64 bits. Immutable.
 *
 * @param monitors programs that must watch the experiment, in the order of the certificate
 * @param maxPriority the largest permitted priority, or null
 * @param maxSockets sockets that may be opened in total, or null
 * @param maxRunTimeNs total run time in nanoseconds, or null
 * @param maxSendOctets octets that may be sent in total, or null
 * @param maxSendPackets packets that may be sent in total, or null
 * @param maxReceiveOctets octets that may be received in total, or null
 * @param maxReceivePackets packets that may be received in total, or null
 * @param octetRates burst rates in octets, in the order of the certificate
 * @param packetRates burst rates in packets, in the order of the certificate
 * @param destinations permitted destinations; empty means any
 * @param sourceSpoofing whether foreign source addresses are granted, or null
 * @param auxiliary pairs without meaning here, in the order of the certificate
 */
public record CertificateLimits(
    List<ProgramDigest> monitors,
    Long maxPriority,
    Long maxSockets,
    Long maxRunTimeNs,
    Long maxSendOctets,
    Long maxSendPackets,
    Long maxReceiveOctets,
    Long maxReceivePackets,
    List<Rate> octetRates,
    List<Rate> packetRates,
    List<DestinationRange> destinations,
    Boolean sourceSpoofing,
    List<NamedValue> auxiliary) {
  /** No limit at all. */
  public static final CertificateLimits NONE = builder().build();

  /** Copies the lists. */
  public CertificateLimits {
    monitors = List.copyOf(monitors);
    octetRates = List.copyOf(octetRates);
    packetRates = List.copyOf(packetRates);
    destinations = List.copyOf(destinations);
    auxiliary = List.copyOf(auxiliary);
  }

  /** Returns whether nothing is limited and nothing is carried along. */
  public boolean isEmpty() {
    return equals(NONE);
  }

  /** Returns a builder without limits. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns a builder that starts from these limits. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.monitors = monitors;
    builder.maxPriority = maxPriority;
    builder.maxSockets = maxSockets;
    builder.maxRunTimeNs = maxRunTimeNs;
    builder.maxSendOctets = maxSendOctets;
    builder.maxSendPackets = maxSendPackets;
    builder.maxReceiveOctets = maxReceiveOctets;
    builder.maxReceivePackets = maxReceivePackets;
    builder.octetRates = octetRates;
    builder.packetRates = packetRates;
    builder.destinations = destinations;
    builder.sourceSpoofing = sourceSpoofing;
    builder.auxiliary = auxiliary;
    return builder;
  }

  /** Collects limits; each call replaces the former value of its field. Not for several threads. */
  public static final class Builder {
    private List<ProgramDigest> monitors = List.of();
    private Long maxPriority;
    private Long maxSockets;
    private Long maxRunTimeNs;
    private Long maxSendOctets;
    private Long maxSendPackets;
    private Long maxReceiveOctets;
    private Long maxReceivePackets;
    private List<Rate> octetRates = List.of();
    private List<Rate> packetRates = List.of();
    private List<DestinationRange> destinations = List.of();
    private Boolean sourceSpoofing;
    private List<NamedValue> auxiliary = List.of();

    private Builder() {}

    /** Sets the monitors. */
    public Builder monitors(List<ProgramDigest> value) {
      monitors = Objects.requireNonNull(value);
      return this;
    }

    /** Sets the largest permitted priority. */
    public Builder maxPriority(Long value) {
      maxPriority = value;
      return this;
    }

    /** Sets the number of sockets. */
    public Builder maxSockets(Long value) {
      maxSockets = value;
      return this;
    }

    /** Sets the run time in nanoseconds. */
    public Builder maxRunTimeNs(Long value) {
      maxRunTimeNs = value;
      return this;
    }

    /** Sets the octets to be sent. */
    public Builder maxSendOctets(Long value) {
      maxSendOctets = value;
      return this;
    }

    /** Sets the packets to be sent. */
    public Builder maxSendPackets(Long value) {
      maxSendPackets = value;
      return this;
    }

    /** Sets the octets to be received. */
    public Builder maxReceiveOctets(Long value) {
      maxReceiveOctets = value;
      return this;
    }

    /** Sets the packets to be received. */
    public Builder maxReceivePackets(Long value) {
      maxReceivePackets = value;
      return this;
    }

    /** Sets the burst rates in octets. */
    public Builder octetRates(List<Rate> value) {
      octetRates = Objects.requireNonNull(value);
      return this;
    }

    /** Sets the burst rates in packets. */
    public Builder packetRates(List<Rate> value) {
      packetRates = Objects.requireNonNull(value);
      return this;
    }

    /** Sets the permitted destinations. */
    public Builder destinations(List<DestinationRange> value) {
      destinations = Objects.requireNonNull(value);
      return this;
    }

    /** Sets whether foreign source addresses are granted. */
    public Builder sourceSpoofing(Boolean value) {
      sourceSpoofing = value;
      return this;
    }

    /** Sets the auxiliary pairs. */
    public Builder auxiliary(List<NamedValue> value) {
      auxiliary = Objects.requireNonNull(value);
      return this;
    }

    /** Returns the limits collected so far. */
    public CertificateLimits build() {
      return new CertificateLimits(
          monitors,
          maxPriority,
          maxSockets,
          maxRunTimeNs,
          maxSendOctets,
          maxSendPackets,
          maxReceiveOctets,
          maxReceivePackets,
          octetRates,
          packetRates,
          destinations,
          sourceSpoofing,
          auxiliary);
    }
  }
}
