package org.pktlab.cert;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * What a program shows of itself: its private key and the certificates it sends, the one on its own key first (packetlab-trust section 8).
 *
 * @param privateKey the key
 * @param certificates the chain to be sent; position 0 certifies the key
 */
public record Credentials(Ed25519PrivateKey privateKey, List<Certificate> certificates) {
  /** Checks that the first certificate is on the key, and copies the list. */
  public Credentials {
    Objects.requireNonNull(privateKey, "private key");
    certificates = List.copyOf(certificates);
    if (certificates.isEmpty() || !certificates.get(0).publicKey().equals(privateKey.publicKey())) {
      throw new IllegalArgumentException("the first certificate must be on the private key");
    }
  }

  /**
   * Orders certificates as a program must send them: the first one on the given key is swapped with position 0, the rest stays.
   *
   * @throws CredentialException if none is on the key
   */
  public static Credentials ordered(Ed25519PrivateKey privateKey, List<Certificate> certificates) throws CredentialException {
    List<Certificate> ordered = new ArrayList<>(certificates);
    for (int i = 0; i < ordered.size(); i++) {
      if (ordered.get(i).publicKey().equals(privateKey.publicKey())) {
        Collections.swap(ordered, 0, i);
        return new Credentials(privateKey, ordered);
      }
    }
    throw new CredentialException("none of the " + ordered.size() + " certificates is on key " + privateKey.publicKey().keyId());
  }

  /** Returns the encodings in the order in which they are sent. */
  public List<byte[]> der() {
    return certificates.stream().map(Certificate::der).toList();
  }
}
