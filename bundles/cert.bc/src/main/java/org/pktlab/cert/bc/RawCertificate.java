package org.pktlab.cert.bc;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.pktlab.cert.bc.X509Profile.Extension;

/**
 * A certificate taken apart but not judged: what can be loaded at all (packetlab-trust section 6, check 0). Names are only looked at for
 * their form, since they carry no meaning.
 */
final class RawCertificate {
  final byte[] der;
  final DerReader.Element tbs;
  final DerReader.Element outerAlgorithm;
  final DerReader.Element signature;
  final byte[] version;
  final byte[] serial;
  final DerReader.Element innerAlgorithm;
  final DerReader.Element notBefore;
  final DerReader.Element notAfter;
  final DerReader.Element subjectKey;
  final boolean hasUniqueId;

  /** The extensions in order, or null if the field is absent. */
  final List<RawExtension> extensions;

  /** One extension: what it is (null if none of the ten), its critical mark, and the content of its extnValue. */
  record RawExtension(Extension id, boolean critical, DerReader.Element value) {}

  /**
   * Takes a certificate apart.
   *
   * @param der the encoding; kept, must not be changed afterwards
   */
  RawCertificate(byte[] der) throws MalformedDerException {
    this.der = der;
    DerReader certificate = new DerReader(der).only(DerReader.SEQUENCE).open();
    tbs = certificate.next(DerReader.SEQUENCE);
    outerAlgorithm = algorithm(certificate);
    signature = certificate.next(DerReader.BIT_STRING);
    signature.unusedBits();
    certificate.end();

    DerReader body = tbs.open();
    version = body.isNext(0xa0) ? body.next().open().only(DerReader.INTEGER).integer() : new byte[1];
    serial = body.next(DerReader.INTEGER).integer();
    innerAlgorithm = algorithm(body);
    checkName(body);
    DerReader validity = body.next(DerReader.SEQUENCE).open();
    notBefore = time(validity);
    notAfter = time(validity);
    validity.end();
    checkName(body);
    subjectKey = subjectKey(body);
    boolean uniqueId = false;
    for (int tag = 0x81; tag <= 0x82; tag++) {
      if (body.isNext(tag)) {
        body.next().unusedBits();
        uniqueId = true;
      }
    }
    hasUniqueId = uniqueId;
    extensions = body.isNext(0xa3) ? extensions(body.next().open().only(DerReader.SEQUENCE)) : null;
    body.end();
  }

  /** Returns the algorithm's SEQUENCE after checking its form. */
  static DerReader.Element algorithm(DerReader reader) throws MalformedDerException {
    DerReader.Element algorithm = reader.next(DerReader.SEQUENCE);
    DerReader parts = algorithm.open();
    parts.next(DerReader.OID).checkOid();
    if (parts.hasMore()) {
      parts.next();
    }
    parts.end();
    return algorithm;
  }

  /** Returns whether the algorithm is Ed25519, with or without parameters. */
  static boolean isEd25519(DerReader.Element algorithm) throws MalformedDerException {
    return algorithm.open().next().is(X509Profile.ED25519_OID);
  }

  /** Returns the SubjectPublicKeyInfo after checking its form. */
  static DerReader.Element subjectKey(DerReader reader) throws MalformedDerException {
    DerReader.Element info = reader.next(DerReader.SEQUENCE);
    DerReader parts = info.open();
    algorithm(parts);
    parts.next(DerReader.BIT_STRING).unusedBits();
    parts.end();
    return info;
  }

  static void checkName(DerReader reader) throws MalformedDerException {
    DerReader relativeNames = reader.next(DerReader.SEQUENCE).open();
    while (relativeNames.hasMore()) {
      DerReader attributes = relativeNames.next(DerReader.SET).open();
      while (attributes.hasMore()) {
        DerReader attribute = attributes.next(DerReader.SEQUENCE).open();
        attribute.next(DerReader.OID).checkOid();
        DerReader.Element value = attribute.next();
        attribute.end();
        if (value.tag == DerReader.UTF8_STRING) {
          checkUtf8(value.content());
        }
      }
    }
  }

  static List<RawExtension> extensions(DerReader.Element sequence) throws MalformedDerException {
    List<RawExtension> extensions = new ArrayList<>();
    DerReader reader = sequence.open();
    while (reader.hasMore()) {
      DerReader parts = reader.next(DerReader.SEQUENCE).open();
      Extension id = Extension.of(parts.next(DerReader.OID).checkOid());
      boolean critical = parts.isNext(DerReader.BOOLEAN) && parts.next().bool();
      DerReader.Element value = parts.next(DerReader.OCTET_STRING);
      parts.end();
      extensions.add(new RawExtension(id, critical, value));
    }
    return extensions;
  }

  private static DerReader.Element time(DerReader reader) throws MalformedDerException {
    if (reader.isNext(DerReader.UTC_TIME)) {
      return reader.next();
    }
    return reader.next(DerReader.GENERALIZED_TIME);
  }

  private static void checkUtf8(byte[] text) throws MalformedDerException {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text));
    } catch (CharacterCodingException e) {
      throw new MalformedDerException("a name is not UTF-8");
    }
  }
}
