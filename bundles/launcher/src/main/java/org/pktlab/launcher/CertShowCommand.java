package org.pktlab.launcher;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.pktlab.cert.Certificate;
import org.pktlab.cert.CertificateRefusedException;
import org.pktlab.cert.CertificateRequest;
import org.pktlab.cert.CredentialException;
import org.pktlab.cert.CredentialFiles;
import org.pktlab.cert.bc.BouncyCastleTrust;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pktlab cert show}. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = "Shows what certificates and requests say.",
    footer = {
      "",
      "Nothing is verified but that the file is well formed; 'cert verify' judges whole chains.",
      "",
      "Examples:",
      "  pktlab cert show certs/*.cert",
      "  pktlab cert show --json exppriv_exper.csr",
      "",
      "Exit status: 0 done; 1 a file is unusable; 2 wrong command line."
    })
final class CertShowCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "Certificates and requests, PEM or DER; of a PEM file the first block counts.")
  private List<Path> files;

  @Option(names = "--json", description = "Shows one JSON object a line for each file, with names as the C library calls the fields.")
  private boolean json;

  @Override
  public Integer call() throws CommandFailure {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    int status = 0;
    boolean first = true;
    for (Path file : files) {
      try {
        String text = isRequest(file) ? request(file) : certificate(file);
        if (!json && files.size() > 1) {
          out.println((first ? "" : System.lineSeparator()) + file + ":");
        }
        out.print(text);
        first = false;
      } catch (CertificateRefusedException e) {
        out.flush();
        err.println("pktlab: " + file + " is not a usable certificate: " + e.reason() + ", " + e.getMessage());
        status = CommandFailure.FAILED;
      } catch (CredentialException e) {
        out.flush();
        err.println("pktlab: " + e.getMessage());
        status = CommandFailure.FAILED;
      }
    }
    out.flush();
    return status;
  }

  private String certificate(Path file) throws CredentialException, CertificateRefusedException {
    Certificate certificate = BouncyCastleTrust.credentialFiles().readCertificate(file);
    return json ? line(file, CertificateText.json(certificate)) : CertificateText.table(certificate);
  }

  private String request(Path file) throws CredentialException, CertificateRefusedException {
    CertificateRequest request = BouncyCastleTrust.credentialFiles().readRequest(file);
    return json ? line(file, CertificateText.json(request)) : CertificateText.table(request);
  }

  private static String line(Path file, ObjectNode node) {
    try {
      node.put("file", file.toString());
      return JsonLines.MAPPER.writeValueAsString(node) + System.lineSeparator();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can be written", e);
    }
  }

  /** Tells a request by the label of its PEM block. */
  private static boolean isRequest(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      String text = new String(in.readNBytes(CredentialFiles.MAX_OCTETS), StandardCharsets.ISO_8859_1);
      return text.contains("CERTIFICATE REQUEST-----") && !text.contains("-----BEGIN CERTIFICATE-----");
    } catch (IOException e) {
      return false; // reading it as a certificate tells why
    }
  }
}
