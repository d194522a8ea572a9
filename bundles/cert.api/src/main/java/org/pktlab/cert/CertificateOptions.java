package org.pktlab.cert;

import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What a certificate or a request shall say (packetlab-trust sections 5 and 11.1). The issuer checks that it fits together. Immutable.
 *
 * @param kind the kind of certificate
 * @param delegated what a {@code delpriv} hands on; empty for other kinds
 * @param pathLength how many delegations may follow, or -1 for any number; only for {@code exppriv} and {@code delpriv}
 * @param description {@code cert_desc}, or null
 * @param auxiliary further pairs of {@code cert_info}
 * @param limits the limits; only for {@code exppriv} and {@code delpriv}
 */
public record CertificateOptions(
    CertificateKind kind,
    Set<DelegatedPrivilege> delegated,
    long pathLength,
    String description,
    List<NamedValue> auxiliary,
    CertificateLimits limits) {
  /** Checks that nothing needed is missing and copies. */
  public CertificateOptions {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(limits, "limits");
    if (pathLength < -1) {
      throw new IllegalArgumentException("a path length is not negative");
    }
    delegated = Set.copyOf(delegated);
    auxiliary = List.copyOf(auxiliary);
  }

  /** Returns plain options of a kind: nothing delegated, no path length, no limits. */
  public static CertificateOptions of(CertificateKind kind) {
    return new CertificateOptions(kind, Set.of(), -1, null, List.of(), CertificateLimits.NONE);
  }

  /** Returns options of a {@code delpriv} that hands on these privileges. */
  public static CertificateOptions delegating(DelegatedPrivilege first, DelegatedPrivilege... more) {
    return of(CertificateKind.DELPRIV).withDelegated(EnumSet.of(first, more));
  }

  /** Returns these options with another kind. */
  public CertificateOptions withKind(CertificateKind value) {
    return new CertificateOptions(value, delegated, pathLength, description, auxiliary, limits);
  }

  /** Returns these options with other delegated privileges. */
  public CertificateOptions withDelegated(Set<DelegatedPrivilege> value) {
    return new CertificateOptions(kind, value, pathLength, description, auxiliary, limits);
  }

  /** Returns these options with another path length, -1 for none. */
  public CertificateOptions withPathLength(long value) {
    return new CertificateOptions(kind, delegated, value, description, auxiliary, limits);
  }

  /** Returns these options with another description, null for none. */
  public CertificateOptions withDescription(String value) {
    return new CertificateOptions(kind, delegated, pathLength, value, auxiliary, limits);
  }

  /** Returns these options with other auxiliary pairs of {@code cert_info}. */
  public CertificateOptions withAuxiliary(List<NamedValue> value) {
    return new CertificateOptions(kind, delegated, pathLength, description, value, limits);
  }

  /** Returns these options with other limits. */
  public CertificateOptions withLimits(CertificateLimits value) {
    return new CertificateOptions(kind, delegated, pathLength, description, auxiliary, value);
  }
}
