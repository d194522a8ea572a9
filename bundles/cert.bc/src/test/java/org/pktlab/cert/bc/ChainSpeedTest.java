package org.pktlab.cert.bc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.pktlab.cert.CertificateIssuer;
import org.pktlab.cert.CertificateKind;
import org.pktlab.cert.CertificateOptions;
import org.pktlab.cert.ChainMode;
import org.pktlab.cert.DelegatedPrivilege;
import org.pktlab.cert.Ed25519PrivateKey;

/**
 * How long a chain of five certificates takes; only in long runs, since it measures. It counts the processor time of its thread, so that
 * what else runs on the machine matters little.
 */
@EnabledIfSystemProperty(named = "pktlab.long", matches = "true")
class ChainSpeedTest {
  @Test
  void shouldVerifyFiveCertificatesWithinAMillisecond() throws Exception {
    CertificateIssuer issuer = BouncyCastleTrust.issuer();
    Ed25519PrivateKey root = issuer.generateKey();
    Ed25519PrivateKey signer = root;
    CertificateOptions delegation = CertificateOptions.delegating(DelegatedPrivilege.EXPPRIV);
    List<CertificateOptions> kinds =
        List.of(
            CertificateOptions.of(CertificateKind.EXPPRIV),
            delegation,
            delegation,
            delegation,
            CertificateOptions.of(CertificateKind.PUBCMD));
    List<byte[]> chain = new ArrayList<>();
    for (CertificateOptions options : kinds) {
      Ed25519PrivateKey subject = issuer.generateKey();
      Instant end = Instant.parse("2099-12-31T23:59:59Z");
      chain.add(0, issuer.issue(options, signer, subject.publicKey(), Instant.EPOCH, end, issuer.randomSerials()).der());
      signer = subject;
    }
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long[] times = new long[6_000];
    for (int i = 0; i < times.length; i++) {
      long start = threads.getCurrentThreadCpuTime();
      int length =
          BouncyCastleTrust.verifier()
              .verify(ChainMode.ENDPOINT_JUDGES_CONTROLLER, chain, List.of(root.publicKey()), ReferenceSet.NOW_NS)
              .certificates()
              .size();
      times[i] = threads.getCurrentThreadCpuTime() - start;
      assertEquals(5, length);
    }
    long[] warm = Arrays.copyOfRange(times, times.length / 2, times.length);
    Arrays.sort(warm);
    long median = warm[warm.length / 2];
    System.out.println("chain of 5: median " + median / 1000 + " us, p99 " + warm[warm.length * 99 / 100] / 1000 + " us");
    assertTrue(median < 1_000_000, median + " ns");
  }
}
