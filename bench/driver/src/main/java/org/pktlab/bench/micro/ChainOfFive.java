package org.pktlab.bench.micro;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.pktlab.cert.CertificateIssuer;
import org.pktlab.cert.CertificateKind;
import org.pktlab.cert.CertificateOptions;
import org.pktlab.cert.ChainMode;
import org.pktlab.cert.ChainRefusedException;
import org.pktlab.cert.ChainVerifier;
import org.pktlab.cert.DelegatedPrivilege;
import org.pktlab.cert.Ed25519PrivateKey;
import org.pktlab.cert.Ed25519PublicKey;
import org.pktlab.cert.IssueRefusedException;
import org.pktlab.cert.VerifiedChain;
import org.pktlab.cert.bc.BouncyCastleTrust;

/** Verifies an experiment chain: publication command, three delegations and an experiment privilege, signed by a trusted operator; from octets to a verdict. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 4, time = 1)
public class ChainOfFive {
  private static final long NOW_NS = 1_750_000_000_000_000_000L;

  private final ChainVerifier verifier = BouncyCastleTrust.verifier();
  private List<byte[]> chain;
  private List<Ed25519PublicKey> roots;

  /** Makes keys and certificates. */
  @Setup
  public void make() throws IssueRefusedException {
    CertificateIssuer issuer = BouncyCastleTrust.issuer();
    Ed25519PrivateKey[] keys = new Ed25519PrivateKey[6];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = issuer.generateKey();
    }
    CertificateOptions delegation = CertificateOptions.delegating(DelegatedPrivilege.EXPPRIV);
    chain =
        List.of(
            certificate(CertificateOptions.of(CertificateKind.PUBCMD), keys[4], keys[5]),
            certificate(delegation, keys[3], keys[4]),
            certificate(delegation, keys[2], keys[3]),
            certificate(delegation, keys[1], keys[2]),
            certificate(CertificateOptions.of(CertificateKind.EXPPRIV), keys[0], keys[1]));
    roots = List.of(keys[0].publicKey());
  }

  private static byte[] certificate(CertificateOptions options, Ed25519PrivateKey signer, Ed25519PrivateKey subject) throws IssueRefusedException {
    CertificateIssuer issuer = BouncyCastleTrust.issuer();
    return issuer.issue(options, signer, subject.publicKey(), Instant.EPOCH, Instant.ofEpochSecond(Integer.MAX_VALUE), issuer.randomSerials()).der();
  }

  /** Verifies it. */
  @Benchmark
  public VerifiedChain verify() throws ChainRefusedException {
    return verifier.verify(ChainMode.ENDPOINT_JUDGES_CONTROLLER, chain, roots, NOW_NS);
  }
}
