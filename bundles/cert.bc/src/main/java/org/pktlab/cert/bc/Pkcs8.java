package org.pktlab.cert.bc;

import java.util.Arrays;
import org.pktlab.cert.Ed25519PrivateKey;

/** PKCS#8 private keys (packetlab-trust section 2); versions 1 and 2, of which the public half is not read. */
final class Pkcs8 {
  private Pkcs8() {}

  static Ed25519PrivateKey read(byte[] der) throws MalformedDerException {
    DerReader parts = new DerReader(der).only(DerReader.SEQUENCE).open();
    byte[] version = parts.next(DerReader.INTEGER).integer();
    if (version.length != 1 || version[0] < 0 || version[0] > 1) {
      throw new MalformedDerException("an unknown version of PKCS#8");
    }
    if (!RawCertificate.algorithm(parts).is(X509Profile.ED25519_ALGORITHM)) {
      throw new MalformedDerException("the key is not an Ed25519 key");
    }
    DerReader.Element seed = parts.next(DerReader.OCTET_STRING).open().only(DerReader.OCTET_STRING);
    if (seed.contentLength() != Ed25519PrivateKey.LENGTH) {
      throw new MalformedDerException("the key has not 32 octets");
    }
    for (int tag : new int[] {0xa0, 0x81}) {
      if (parts.isNext(tag)) {
        parts.next();
      }
    }
    parts.end();
    byte[] octets = seed.content();
    try {
      return Ed25519Signatures.privateKey(octets);
    } finally {
      Arrays.fill(octets, (byte) 0);
    }
  }
}
