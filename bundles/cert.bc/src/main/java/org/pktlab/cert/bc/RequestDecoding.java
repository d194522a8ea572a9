package org.pktlab.cert.bc;

import java.util.List;
import java.util.Set;
import org.pktlab.cert.CertificateDecoder;
import org.pktlab.cert.CertificateFault;
import org.pktlab.cert.CertificateKind;
import org.pktlab.cert.CertificateLimits;
import org.pktlab.cert.CertificateOptions;
import org.pktlab.cert.CertificateRefusedException;
import org.pktlab.cert.CertificateRequest;
import org.pktlab.cert.DelegatedPrivilege;
import org.pktlab.cert.Ed25519PublicKey;
import org.pktlab.cert.NamedValue;
import org.pktlab.cert.bc.NameValueText.Field;
import org.pktlab.cert.bc.RawCertificate.RawExtension;
import org.pktlab.cert.bc.X509Profile.Extension;

/** PKCS#10 requests (packetlab-trust section 4.3). Only what the certificate tool writes is understood; anything else is refused. */
final class RequestDecoding {
  private RequestDecoding() {}

  static CertificateRequest decode(byte[] der) throws CertificateRefusedException {
    if (der.length > CertificateDecoder.MAX_OCTETS) {
      throw refused(CertificateFault.UNLOADABLE, der.length + " octets are more than a request may have");
    }
    try {
      return decodeLoadable(der.clone());
    } catch (MalformedDerException e) {
      throw refused(CertificateFault.UNLOADABLE, "not a PKCS#10 request: " + e.getMessage());
    }
  }

  private static CertificateRequest decodeLoadable(byte[] der) throws CertificateRefusedException, MalformedDerException {
    DerReader request = new DerReader(der).only(DerReader.SEQUENCE).open();
    DerReader.Element info = request.next(DerReader.SEQUENCE);
    DerReader.Element algorithm = RawCertificate.algorithm(request);
    DerReader.Element signature = request.next(DerReader.BIT_STRING);
    request.end();
    DerReader body = info.open();
    byte[] version = body.next(DerReader.INTEGER).integer();
    RawCertificate.checkName(body);
    DerReader.Element subjectKey = RawCertificate.subjectKey(body);
    List<RawExtension> extensions = body.isNext(0xa0) ? requestedExtensions(body.next().open()) : List.of();
    body.end();

    if (!RawCertificate.isEd25519(algorithm)) {
      throw refused(CertificateFault.BAD_SIGALG, "the signature algorithm is not Ed25519");
    }
    if (version.length != 1 || version[0] != 0) {
      throw refused(CertificateFault.BAD_X509_VER, "the version of the request is not 1");
    }
    Ed25519PublicKey publicKey = BasicDecoding.publicKey(subjectKey);
    if (!SignedOctets.of(der, info, signature, algorithm.is(X509Profile.ED25519_ALGORITHM)).isSignedBy(publicKey)) {
      throw refused(CertificateFault.BAD_SIGNATURE, "the request is not signed with its own key");
    }
    return new CertificateRequest(der, publicKey, options(extensions));
  }

  private static List<RawExtension> requestedExtensions(DerReader attributes) throws MalformedDerException {
    if (!attributes.hasMore()) {
      return List.of();
    }
    DerReader attribute = attributes.next(DerReader.SEQUENCE).open();
    attributes.end();
    if (!attribute.next(DerReader.OID).is(X509Profile.EXTENSION_REQUEST_OID)) {
      throw new MalformedDerException("an attribute other than extensionRequest");
    }
    DerReader values = attribute.next(DerReader.SET).open();
    attribute.end();
    return RawCertificate.extensions(values.only(DerReader.SEQUENCE));
  }

  private static CertificateOptions options(List<RawExtension> extensions) throws CertificateRefusedException {
    byte[] infoText = null;
    byte[] limitText = null;
    long pathLength = -1;
    for (RawExtension extension : extensions) {
      Extension id = extension.id();
      try {
        if (id == Extension.BASIC_CONSTRAINTS) {
          pathLength = pathLength(extension.value().open().only(DerReader.SEQUENCE).open());
        } else if (id == Extension.CERT_INFO && infoText == null) {
          infoText = extension.value().open().only(DerReader.OCTET_STRING).content();
        } else if (id == Extension.CERT_LIMIT && limitText == null) {
          limitText = extension.value().open().only(DerReader.OCTET_STRING).content();
        } else {
          throw refused(CertificateFault.USING_UNUSED_FIELD, "the request asks for a foreign extension, or twice for one");
        }
      } catch (MalformedDerException e) {
        throw refused(CertificateFault.UNLOADABLE, "a requested extension is unreadable: " + e.getMessage());
      }
    }
    List<NamedValue> info = BasicDecoding.pairs(infoText, Field.INFO, CertificateFault.BAD_CERT_INFO);
    CertificateKind kind = BasicDecoding.kind(info);
    Set<DelegatedPrivilege> delegated = BasicDecoding.delegated(info, kind);
    if (!kind.isPrivilege() && (limitText != null || pathLength >= 0)) {
      throw refused(CertificateFault.BAD_CERT_LIMIT, kind.text() + " must not have limits or a path length");
    }
    List<NamedValue> limit =
        limitText == null ? List.of() : BasicDecoding.pairs(limitText, Field.LIMIT, CertificateFault.BAD_CERT_LIMIT);
    LimitFields.checkMarks(limit);
    CertificateLimits limits = limit.isEmpty() ? CertificateLimits.NONE : LimitFields.read(limit);
    String description = BasicCertificate.valueOf(info, BasicCertificate.DESCRIPTION);
    return new CertificateOptions(kind, delegated, pathLength, description, BasicCertificate.auxiliary(info), limits);
  }

  private static long pathLength(DerReader constraints) throws MalformedDerException, CertificateRefusedException {
    boolean authority = constraints.isNext(DerReader.BOOLEAN) && constraints.next().bool();
    byte[] pathLength = constraints.hasMore() ? constraints.next(DerReader.INTEGER).integer() : null;
    constraints.end();
    if (!authority || pathLength == null) {
      return -1;
    }
    if (pathLength[0] < 0) {
      throw refused(CertificateFault.BAD_BC, "the path length is negative");
    }
    return BasicDecoding.pathLengthValue(pathLength);
  }

  private static CertificateRefusedException refused(CertificateFault fault, String sentence) {
    return new CertificateRefusedException(fault, sentence);
  }
}
