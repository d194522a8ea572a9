package org.pktlab.link.netty;

import java.io.ByteArrayInputStream;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.pktlab.cert.Ed25519PrivateKey;

/** Our own key and certificates as the TLS engine asks for them: always the same, whatever the peer says it would like. */
final class LocalIdentity extends X509ExtendedKeyManager {
  private static final String ALIAS = "own";
  private static final String KEY_TYPE = "EdDSA";

  private final PrivateKey key;
  private final X509Certificate[] chain;

  private LocalIdentity(PrivateKey key, X509Certificate[] chain) {
    this.key = key;
    this.chain = chain;
  }

  /**
   * Makes the identity.
   *
   * @param key the private key of the first certificate
   * @param der certificates, leaf first; empty shows none
   * @throws GeneralSecurityException when the parts do not fit together
   */
  static LocalIdentity of(Ed25519PrivateKey key, List<byte[]> der) throws GeneralSecurityException {
    if (key.isDestroyed()) {
      throw new GeneralSecurityException("the private key was destroyed");
    }
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    X509Certificate[] chain = new X509Certificate[der.size()];
    for (int i = 0; i < chain.length; i++) {
      chain[i] = (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der.get(i)));
    }
    if (chain.length > 0 && !Arrays.equals(chain[0].getPublicKey().getEncoded(), key.publicKey().subjectPublicKeyInfo())) {
      throw new GeneralSecurityException("the private key does not belong to the first certificate");
    }
    byte[] pkcs8 = key.pkcs8();
    try {
      return new LocalIdentity(KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(pkcs8)), chain);
    } finally {
      Arrays.fill(pkcs8, (byte) 0);
    }
  }

  private String alias(String... keyTypes) {
    boolean asked = Arrays.stream(keyTypes).anyMatch(type -> type.equals(KEY_TYPE) || type.equals("Ed25519"));
    return asked && chain.length > 0 ? ALIAS : null;
  }

  @Override
  public String chooseEngineClientAlias(String[] keyTypes, Principal[] issuers, SSLEngine engine) {
    return alias(keyTypes);
  }

  @Override
  public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
    return alias(keyType);
  }

  @Override
  public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
    return alias(keyTypes);
  }

  @Override
  public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
    return alias(keyType);
  }

  @Override
  public String[] getClientAliases(String keyType, Principal[] issuers) {
    return new String[] {ALIAS};
  }

  @Override
  public String[] getServerAliases(String keyType, Principal[] issuers) {
    return new String[] {ALIAS};
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return chain.clone();
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return key;
  }
}
