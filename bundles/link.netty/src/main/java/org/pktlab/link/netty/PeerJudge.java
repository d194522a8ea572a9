package org.pktlab.link.netty;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.pktlab.cert.ChainMode;
import org.pktlab.cert.ChainRefusedException;
import org.pktlab.cert.ChainVerifier;
import org.pktlab.cert.Ed25519PublicKey;
import org.pktlab.cert.VerifiedChain;

/**
 * Verifies the chain of one peer inside its handshake and keeps what was verified. One per connection. A refusal becomes alert 46
 * (trust specification, section 10.3). There are no host name checks, and no issuers are announced.
 */
final class PeerJudge extends X509ExtendedTrustManager {
  private static final X509Certificate[] NO_ISSUERS = {};

  private final ChainVerifier verifier;
  private final ChainMode mode;
  private final List<Ed25519PublicKey> roots;
  private VerifiedChain verified;

  PeerJudge(ChainVerifier verifier, ChainMode mode, List<Ed25519PublicKey> roots) {
    this.verifier = verifier;
    this.mode = mode;
    this.roots = roots;
  }

  /** What the peer proved; null when it showed no certificate. Meant for after the handshake. */
  VerifiedChain verified() {
    return verified;
  }

  private void judge(X509Certificate[] chain) throws CertificateException {
    List<byte[]> der = new ArrayList<>(chain.length);
    for (X509Certificate certificate : chain) {
      der.add(certificate.getEncoded());
    }
    Instant now = Instant.now();
    try {
      verified = verifier.verify(mode, der, roots, now.getEpochSecond() * 1_000_000_000L + now.getNano());
    } catch (ChainRefusedException refused) {
      throw new CertificateException("the peer's chain is refused, " + refused.reason() + ": " + refused.getMessage());
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) throws CertificateException {
    judge(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) throws CertificateException {
    judge(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) throws CertificateException {
    judge(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) throws CertificateException {
    judge(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
    judge(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
    judge(chain);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return NO_ISSUERS;
  }
}
