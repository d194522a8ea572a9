package org.pktlab.cert.bc;

import org.pktlab.cert.Ed25519PublicKey;

/**
 * The signed part of a certificate or request and its signature.
 *
 * @param octets the whole encoding; not copied
 * @param from where the signed part starts
 * @param length how long it is
 * @param signature the signature, or null if nothing could ever verify: other algorithms, parameters or unused bits
 */
record SignedOctets(byte[] octets, int from, int length, byte[] signature) {
  static SignedOctets of(byte[] octets, DerReader.Element signed, DerReader.Element signature, boolean pureEd25519)
      throws MalformedDerException {
    boolean usable = pureEd25519 && signature.unusedBits() == 0;
    return new SignedOctets(octets, signed.start, signed.end - signed.start, usable ? signature.bits() : null);
  }

  boolean isSignedBy(Ed25519PublicKey key) {
    return signature != null && Ed25519Signatures.verify(key, octets, from, length, signature);
  }
}
