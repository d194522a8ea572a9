package org.pktlab.cert;

import java.util.List;
import java.util.Objects;

/**
 * A chain that verified (packetlab-trust section 7). Superfluous certificates of the list are not in it. Immutable.
 *
 * @param mode by which rules
 * @param certificates leaf first, the one nearest to the root last; at least one
 * @param positions for each certificate its position in the list that was verified
 * @param rootIndex which of the trusted roots signed the last certificate, or -1 if no roots were given and its signature was not checked
 * @param rootKey that root, or null if {@code rootIndex} is -1
 */
public record VerifiedChain(
    ChainMode mode, List<Certificate> certificates, List<Integer> positions, int rootIndex, Ed25519PublicKey rootKey) {
  /** Checks that the parts fit together and copies. */
  public VerifiedChain {
    Objects.requireNonNull(mode, "mode");
    certificates = List.copyOf(certificates);
    positions = List.copyOf(positions);
    if (certificates.isEmpty() || certificates.size() != positions.size()) {
      throw new IllegalArgumentException("a verified chain has a leaf, and every certificate has a position");
    }
    if (rootIndex < -1 || (rootIndex == -1) != (rootKey == null)) {
      throw new IllegalArgumentException("root index and root key go together");
    }
  }

  /** Returns the leaf. */
  public Certificate leaf() {
    return certificates.get(0);
  }

  /** Returns the certificate nearest to the root. */
  public Certificate last() {
    return certificates.get(certificates.size() - 1);
  }

  /** Returns the encodings, leaf first. */
  public List<byte[]> der() {
    return certificates.stream().map(Certificate::der).toList();
  }
}
