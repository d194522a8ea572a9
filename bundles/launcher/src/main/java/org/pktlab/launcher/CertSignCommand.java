package org.pktlab.launcher;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import org.pktlab.cert.Certificate;
import org.pktlab.cert.CertificateIssuer;
import org.pktlab.cert.CertificateKind;
import org.pktlab.cert.CertificateOptions;
import org.pktlab.cert.CertificateRefusedException;
import org.pktlab.cert.CertificateRequest;
import org.pktlab.cert.CredentialException;
import org.pktlab.cert.CredentialFiles;
import org.pktlab.cert.Ed25519PrivateKey;
import org.pktlab.cert.Ed25519PublicKey;
import org.pktlab.cert.IssueRefusedException;
import org.pktlab.cert.bc.BouncyCastleTrust;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pktlab cert sign} (packetlab-trust section 11.1). */
@Command(
    name = "sign",
    mixinStandardHelpOptions = true,
    customSynopsis = "pktlab cert sign (-k=PUB | -r=CSR) [OPTIONS] TYPE SIGNER OUT",
    description = "Signs a certificate on a public key or on a request.",
    footer = {
      "",
      "With -r, what the options say replaces what the request asks for. Limits and",
      "--pathlen are for exppriv and delpriv only. Times are Unix seconds or RFC 3339;",
      "without them a certificate is valid from now for 365 days. There is no",
      "revocation: expiry is the only end of a certificate.",
      "",
      "Examples:",
      "  pktlab cert sign -k keys/k_ep.pub subcmd keys/k_eop subcmd_eop_ep.cert",
      "  pktlab cert sign -r exper.csr --max_send_byte 1000000 exppriv k_eop exper.cert",
      "  pktlab cert sign -k k_xc.pub --not-after 2147483647 pubcmd k_exper xc.cert",
      "",
      "Exit status: 0 done; 1 a file is unusable or exists (see --force), or the",
      "options do not fit together; 2 wrong command line."
    })
final class CertSignCommand implements Callable<Integer> {
  private static final Duration USUAL_VALIDITY = Duration.ofDays(365);

  /** Whom the certificate is on. */
  static final class Subject {
    @Option(names = "-k", paramLabel = "PUB", required = true, description = "Public key file of the one who gets the certificate.")
    private Path publicKey;

    @Option(names = "-r", paramLabel = "CSR", required = true, description = "Request of the one who gets the certificate.")
    private Path request;
  }

  @Spec private CommandSpec spec;

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Subject subject;

  @Parameters(index = "0", paramLabel = "TYPE", description = "exppriv, delpriv, pubcmd, subcmd or agent.")
  private String type;

  @Parameters(index = "1", paramLabel = "SIGNER", description = "Private key file of the signer.")
  private Path signer;

  @Parameters(index = "2", paramLabel = "OUT", description = "Where to put the certificate.")
  private Path target;

  @Option(names = "--not-before", paramLabel = "TIME", description = "First second of validity (default: now).")
  private String notBefore;

  @Option(names = "--not-after", paramLabel = "TIME", description = "Last second of validity (default: 365 days after the first).")
  private String notAfter;

  @Mixin private CertificateArguments arguments;

  @Option(names = "--passphrase-file", paramLabel = "F", description = "File whose first line is the pass-phrase of the signer's key.")
  private Path passphraseFile;

  @Option(names = {"--force", "-y"}, description = "Replaces a file that exists.")
  private boolean force;

  @Override
  public Integer call() throws CommandFailure {
    CertificateKind kind = CertificateArguments.kind(type);
    Instant begin = notBefore == null ? Instant.now().truncatedTo(ChronoUnit.SECONDS) : time("--not-before", notBefore);
    Instant end = notAfter == null ? begin.plus(USUAL_VALIDITY) : time("--not-after", notAfter);
    if (end.isBefore(begin)) {
      throw CommandFailure.usage("the validity ends (" + end + ") before it begins (" + begin + ")");
    }
    CredentialFiles files = BouncyCastleTrust.credentialFiles();
    try {
      CertificateOptions base = CertificateOptions.of(kind);
      Ed25519PublicKey key;
      if (subject.request != null) {
        CertificateRequest request = files.readRequest(subject.request);
        base = request.options();
        key = request.publicKey();
      } else {
        key = files.readPublicKey(subject.publicKey);
      }
      Certificate certificate = issue(files, arguments.over(base, kind), key, begin, end);
      files.writeCertificate(target, certificate, force);
      PrintWriter out = spec.commandLine().getOut();
      out.println("made " + target + ": " + CertificateText.line(certificate) + ", valid until " + Moments.text(certificate.notAfterNs()));
      out.flush();
      return 0;
    } catch (CertificateRefusedException e) {
      throw new CommandFailure(subject.request + " is not a usable request: " + e.reason() + ", " + e.getMessage());
    } catch (CredentialException | IssueRefusedException e) {
      throw new CommandFailure(e.getMessage());
    }
  }

  private Certificate issue(CredentialFiles files, CertificateOptions options, Ed25519PublicKey key, Instant begin, Instant end)
      throws CredentialException, IssueRefusedException {
    Ed25519PrivateKey signing = files.readPrivateKey(signer, new PassphrasePrompt(passphraseFile));
    try {
      CertificateIssuer issuer = BouncyCastleTrust.issuer();
      return issuer.issue(options, signing, key, begin, end, issuer.randomSerials());
    } finally {
      signing.destroy();
    }
  }

  private static Instant time(String option, String text) throws CommandFailure {
    try {
      return Moments.parse(text);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(option + ": " + e.getMessage());
    }
  }
}
