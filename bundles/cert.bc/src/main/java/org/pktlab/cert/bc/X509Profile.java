package org.pktlab.cert.bc;

import java.util.HexFormat;

/** The fixed octets of the X.509 profile (packetlab-trust section 4). */
final class X509Profile {
  /** AlgorithmIdentifier of Ed25519, without parameters. */
  static final byte[] ED25519_ALGORITHM = hex("300506032b6570");

  /** OBJECT IDENTIFIER 1.3.101.112. */
  static final byte[] ED25519_OID = hex("06032b6570");

  /** A name of one CN, which is one space. */
  static final byte[] NAME = hex("300c310a300806035504030c0120");

  static final byte[] VERSION_3 = hex("a003020102");

  /** OBJECT IDENTIFIER extensionRequest of PKCS#9. */
  static final byte[] EXTENSION_REQUEST_OID = hex("06092a864886f70d01090e");

  static final int SIGNATURE_LENGTH = 64;

  static final int KEY_CERT_SIGN = 0x04;
  static final int KEY_CERT_SIGN_AND_CRL_SIGN = 0x06;
  static final int DIGITAL_SIGNATURE = 0x80;

  /** The ten extensions that may occur. */
  enum Extension {
    AUTHORITY_KEY_ID("0603551d23"),
    SUBJECT_KEY_ID("0603551d0e"),
    KEY_USAGE("0603551d0f"),
    BASIC_CONSTRAINTS("0603551d13"),
    CERT_INFO("06032a0301"),
    CERT_LIMIT("06032a0303"),
    CRL_DISTRIBUTION_POINTS("0603551d1f"),
    FRESHEST_CRL("0603551d2e"),
    AUTHORITY_INFO_ACCESS("06082b06010505070101"),
    SUBJECT_INFO_ACCESS("06082b0601050507010b");

    private final byte[] oid;

    Extension(String oid) {
      this.oid = hex(oid);
    }

    byte[] oid() {
      return oid.clone();
    }

    /** Returns the extension with this OBJECT IDENTIFIER, or null. */
    static Extension of(DerReader.Element element) {
      for (Extension extension : values()) {
        if (element.is(extension.oid)) {
          return extension;
        }
      }
      return null;
    }
  }

  private X509Profile() {}

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }
}
