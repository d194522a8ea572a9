package org.pktlab.launcher;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.pktlab.cert.CertificateKind;
import org.pktlab.cert.CertificateOptions;
import org.pktlab.cert.CertificateRequest;
import org.pktlab.cert.CredentialException;
import org.pktlab.cert.CredentialFiles;
import org.pktlab.cert.Ed25519PrivateKey;
import org.pktlab.cert.IssueRefusedException;
import org.pktlab.cert.bc.BouncyCastleTrust;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pktlab cert request} (packetlab-trust section 4.3). */
@Command(
    name = "request",
    mixinStandardHelpOptions = true,
    abbreviateSynopsis = true,
    description = "Asks for a certificate on one's own key: writes a PKCS#10 request for the signer.",
    footer = {
      "",
      "Examples:",
      "  pktlab cert request exppriv keys/k_exper exppriv_exper.csr",
      "  pktlab cert request --del_exppriv --max_num_priority 5 delpriv k_deputy d.csr",
      "",
      "Exit status: 0 done; 1 a file is unusable or exists (see --force), or the",
      "options do not fit together; 2 wrong command line."
    })
final class CertRequestCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "TYPE", description = "exppriv, delpriv, pubcmd, subcmd or agent.")
  private String type;

  @Parameters(index = "1", paramLabel = "KEY", description = "Private key file of the one who asks.")
  private Path keyFile;

  @Parameters(index = "2", paramLabel = "OUT", description = "Where to put the request.")
  private Path target;

  @Mixin private CertificateArguments arguments;

  @Option(names = "--passphrase-file", paramLabel = "F", description = "File whose first line is the pass-phrase of an encrypted key.")
  private Path passphraseFile;

  @Option(names = {"--force", "-y"}, description = "Replaces a file that exists.")
  private boolean force;

  @Override
  public Integer call() throws CommandFailure {
    CertificateKind kind = CertificateArguments.kind(type);
    CertificateOptions options = arguments.over(CertificateOptions.of(kind), kind);
    CredentialFiles files = BouncyCastleTrust.credentialFiles();
    try {
      Ed25519PrivateKey key = files.readPrivateKey(keyFile, new PassphrasePrompt(passphraseFile));
      try {
        CertificateRequest request = BouncyCastleTrust.issuer().request(options, key);
        files.writeRequest(target, request, force);
      } finally {
        key.destroy();
      }
      PrintWriter out = spec.commandLine().getOut();
      out.println("made " + target + ": request for " + type + " on key " + key.publicKey().keyId());
      out.flush();
      return 0;
    } catch (CredentialException | IssueRefusedException e) {
      throw new CommandFailure(e.getMessage());
    }
  }
}
