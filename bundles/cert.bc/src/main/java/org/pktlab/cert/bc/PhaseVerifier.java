package org.pktlab.cert.bc;

import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.pktlab.cert.Certificate;
import org.pktlab.cert.CertificateRefusedException;
import org.pktlab.cert.ChainFault;
import org.pktlab.cert.ChainMode;
import org.pktlab.cert.ChainRefusedException;
import org.pktlab.cert.ChainVerifier;
import org.pktlab.cert.ChannelFault;
import org.pktlab.cert.ChannelRefusedException;
import org.pktlab.cert.Ed25519PublicKey;
import org.pktlab.cert.KeyId;
import org.pktlab.cert.PermittedChannels;
import org.pktlab.cert.VerifiedChain;

/** Verifies chains and judges them for brokers (packetlab-trust sections 7 and 7.1). Without state. */
@Component
public final class PhaseVerifier implements ChainVerifier {
  /** A certificate of the list and what is signed in it. */
  record Candidate(int position, Certificate certificate, SignedOctets signed) {
    boolean isSignedBy(Ed25519PublicKey key) {
      return signed.isSignedBy(key);
    }
  }

  @Override
  public VerifiedChain verify(ChainMode mode, List<byte[]> der, List<Ed25519PublicKey> roots, long nowNs)
      throws ChainRefusedException {
    return walk(mode, der, roots, nowNs).verify();
  }

  @Override
  public PermittedChannels permittedPublicationChannels(
      List<byte[]> der, Ed25519PublicKey controllerKey, Ed25519PublicKey operatorKey, long nowNs) throws ChannelRefusedException {
    ChainWalk walk;
    VerifiedChain chain;
    try {
      walk = walk(ChainMode.ENDPOINT_JUDGES_CONTROLLER, der, List.of(), nowNs);
      chain = walk.verify();
    } catch (ChainRefusedException e) {
      throw badChain(e);
    }
    checkLeaf(chain, controllerKey);
    Certificate last = chain.last();
    if (operatorKey != null) {
      int position = chain.positions().get(chain.positions().size() - 1);
      if (!last.authorityKeyId().equals(operatorKey.keyId()) || !walk.candidate(position).isSignedBy(operatorKey)) {
        throw badKey("the exppriv certificate is not signed by operator key " + operatorKey.keyId());
      }
    }
    return new PermittedChannels(chain, List.of(last.authorityKeyId()));
  }

  @Override
  public PermittedChannels permittedSubscriptionChannels(
      List<byte[]> der, Ed25519PublicKey endpointKey, Ed25519PublicKey operatorKey, long nowNs) throws ChannelRefusedException {
    VerifiedChain chain;
    try {
      List<Ed25519PublicKey> roots = operatorKey == null ? List.of() : List.of(operatorKey);
      chain = verify(ChainMode.CONTROLLER_JUDGES_ENDPOINT, der, roots, nowNs);
    } catch (ChainRefusedException e) {
      throw badChain(e);
    }
    checkLeaf(chain, endpointKey);
    List<KeyId> channels = chain.certificates().stream().map(Certificate::authorityKeyId).toList();
    return new PermittedChannels(chain, channels);
  }

  private static void checkLeaf(VerifiedChain chain, Ed25519PublicKey clientKey) throws ChannelRefusedException {
    if (clientKey != null && !chain.leaf().publicKey().equals(clientKey)) {
      throw badKey("the chain is on key " + chain.leaf().subjectKeyId() + ", the client's key is " + clientKey.keyId());
    }
  }

  private static ChainWalk walk(ChainMode mode, List<byte[]> der, List<Ed25519PublicKey> roots, long nowNs)
      throws ChainRefusedException {
    int least = mode == ChainMode.ENDPOINT_JUDGES_CONTROLLER ? 2 : 1;
    if (der.size() < least) {
      throw new ChainRefusedException(ChainFault.NOT_ENOUGH_CERT, der.size() + " certificates are too few, " + least + " are needed");
    }
    if (mode == ChainMode.AGENT && der.size() > 1) {
      throw new ChainRefusedException(ChainFault.TOO_MANY_CERT, "an agent shows one certificate, not " + der.size());
    }
    if (der.size() > MAX_CHAIN) {
      throw new ChainRefusedException(ChainFault.TOO_MANY_CERT, der.size() + " certificates are more than " + MAX_CHAIN);
    }
    List<Candidate> candidates = new ArrayList<>(der.size());
    for (byte[] encoding : der) {
      int position = candidates.size();
      try {
        BasicCertificate basic = BasicDecoding.decode(encoding, null);
        candidates.add(new Candidate(position, basic.decodeLimits(), basic.signed()));
      } catch (CertificateRefusedException e) {
        throw new ChainRefusedException(
            ChainFault.BAD_CERT, "certificate " + position + " of the list: " + e.reason() + ", " + e.getMessage(), e);
      }
    }
    return new ChainWalk(mode, candidates, roots, nowNs);
  }

  private static ChannelRefusedException badChain(ChainRefusedException e) {
    return new ChannelRefusedException(ChannelFault.BAD_CHAIN, e.reason() + ": " + e.getMessage(), e);
  }

  private static ChannelRefusedException badKey(String sentence) {
    return new ChannelRefusedException(ChannelFault.BAD_KEY, sentence, null);
  }
}
