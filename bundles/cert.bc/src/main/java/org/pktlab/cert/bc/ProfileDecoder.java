package org.pktlab.cert.bc;

import org.osgi.service.component.annotations.Component;
import org.pktlab.cert.Certificate;
import org.pktlab.cert.CertificateDecoder;
import org.pktlab.cert.CertificateRefusedException;
import org.pktlab.cert.CertificateRequest;
import org.pktlab.cert.Ed25519PublicKey;

/** Decodes certificates and requests of the profile. Without state. */
@Component
public final class ProfileDecoder implements CertificateDecoder {
  @Override
  public Certificate decode(byte[] der) throws CertificateRefusedException {
    return BasicDecoding.decode(der, null).decodeLimits();
  }

  @Override
  public Certificate decode(byte[] der, Ed25519PublicKey signer) throws CertificateRefusedException {
    return BasicDecoding.decode(der, signer).decodeLimits();
  }

  @Override
  public boolean isSignedBy(Certificate certificate, Ed25519PublicKey signer) {
    try {
      return BasicDecoding.decode(certificate.der(), null).signed().isSignedBy(signer);
    } catch (CertificateRefusedException e) {
      return false;
    }
  }

  @Override
  public CertificateRequest decodeRequest(byte[] der) throws CertificateRefusedException {
    return RequestDecoding.decode(der);
  }
}
