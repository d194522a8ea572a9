package org.pktlab.launcher;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.pktlab.cert.Certificate;
import org.pktlab.cert.CertificateRefusedException;
import org.pktlab.cert.ChainFault;
import org.pktlab.cert.ChainMode;
import org.pktlab.cert.ChainRefusedException;
import org.pktlab.cert.ChainVerifier;
import org.pktlab.cert.CredentialException;
import org.pktlab.cert.Ed25519PublicKey;
import org.pktlab.cert.VerifiedChain;
import org.pktlab.cert.bc.BouncyCastleTrust;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pktlab cert verify} (packetlab-trust sections 6, 7 and 9). */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = "Judges a chain of certificates as the programs do.",
    footer = {
      "",
      "MODE says whose chain it is: 'controller' (pubcmd .. exppriv, judged by",
      "endpoints), 'endpoint' (subcmd .., judged by controllers) or 'agent' (one",
      "certificate). The leaf comes first, the order of the others is free. Without",
      "--root any root is taken, and the last signature is NOT checked.",
      "",
      "With --batch, each line of standard input is a case, and each line of the",
      "output its answer. A case is a JSON object with id, operation, certs (a list",
      "of files) and, where the clock counts, at (RFC 3339; default: now). Operations",
      "and what else they take:",
      "  decode_certificate         signing_key: public key file, or null",
      "  verify_chain               mode: endpoint_judges_controller,",
      "                             controller_judges_endpoint or agent;",
      "                             roots: list of public key files",
      "  broker_check_publication   leaf_key, root_key: public key files;",
      "  broker_check_subscription  requested_channels: list of hexadecimal texts",
      "  endpoint_effective_limits  now_ns; checks: list of prio:N, dst:ADDRESS,",
      "                             send:N, spoof",
      "An answer has id, verdict (accept or reject), name (of the reason as the C",
      "library calls it, SUCCESS for none), why (in words) and what the operation",
      "found out; or id and error. A broker check is rejected with name SUCCESS when",
      "the chain is good but does not permit a requested channel (denied_channels).",
      "",
      "Examples:",
      "  pktlab cert verify --root k_eop.pub pubcmd_exper_xc.cert exppriv_eop_exper.cert",
      "  pktlab cert verify --at 2030-01-01T00:00:00Z --root k_eop.pub subcmd_eop_ep.cert",
      "  pktlab cert verify --batch < cases.jsonl",
      "",
      "Exit status: 0 accepted, or in a batch every case was answered; 1 refused, or",
      "a file is unusable, or in a batch a line is no JSON or lacks its input;",
      "2 wrong command line."
    })
final class CertVerifyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "CHAIN", arity = "0..*", description = "Certificate files, PEM or DER, leaf first.")
  private List<Path> chain = new ArrayList<>();

  @Option(names = "--root", paramLabel = "PUB", description = "Public key file of a trusted root. May be repeated.")
  private List<Path> rootFiles = new ArrayList<>();

  @Option(names = "--mode", paramLabel = "MODE", description = "controller, endpoint or agent (default: by the kind of the first certificate).")
  private String mode;

  @Option(names = "--at", paramLabel = "TIME", description = "The time to judge for, Unix seconds or RFC 3339 (default: now).")
  private String at;

  @Option(names = "--json", description = "Shows the outcome as a JSON object.")
  private boolean json;

  @Option(names = "--batch", description = "Reads cases from standard input, one JSON object a line.")
  private boolean batch;

  @Override
  public Integer call() throws CommandFailure {
    if (batch) {
      if (!chain.isEmpty() || !rootFiles.isEmpty() || mode != null || at != null || json) {
        throw new ParameterException(spec.commandLine(), "--batch reads standard input and takes no other arguments");
      }
      return new JsonLines(System.in, System.out, CertCases.LONGEST_LINE).run(CertCases::answer);
    }
    if (chain.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "CHAIN is missing: name certificate files, the leaf first");
    }
    long nowNs = now();
    try {
      List<byte[]> der = new ArrayList<>();
      for (Path file : chain.subList(0, Math.min(chain.size(), ChainVerifier.MAX_CHAIN + 1))) {
        der.add(BouncyCastleTrust.credentialFiles().readCertificateOctets(file));
      }
      List<Ed25519PublicKey> roots = new ArrayList<>();
      for (Path file : rootFiles) {
        roots.add(BouncyCastleTrust.credentialFiles().readPublicKey(file));
      }
      return judge(mode(der), der, roots, nowNs);
    } catch (CredentialException e) {
      throw new CommandFailure(e.getMessage());
    }
  }

  private int judge(ChainMode chosen, List<byte[]> der, List<Ed25519PublicKey> roots, long nowNs) {
    PrintWriter out = spec.commandLine().getOut();
    ObjectNode answer = JsonLines.MAPPER.createObjectNode();
    int status = 0;
    VerifiedChain verified = null;
    try {
      verified = CertCases.verify(answer, chosen, der, roots, nowNs);
    } catch (ChainRefusedException e) {
      CertCases.refuse(answer, e);
      status = CommandFailure.FAILED;
      if (!json) {
        out.println("refused: " + e.reason() + " (" + e.code() + "): " + e.getMessage());
        if (e.getCause() instanceof CertificateRefusedException cause) {
          out.println("  because of a certificate: " + cause.reason() + " (" + cause.code() + "): " + cause.getMessage());
        }
        hint(out, e.fault(), der, nowNs);
      }
    }
    if (json) {
      try {
        out.println(JsonLines.MAPPER.writeValueAsString(answer));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("a tree can be written", e);
      }
    } else if (verified != null) {
      show(out, verified);
    }
    out.flush();
    return status;
  }

  private void show(PrintWriter out, VerifiedChain verified) {
    out.println("accepted: " + whose(verified.mode()));
    for (int i = 0; i < verified.certificates().size(); i++) {
      out.println("  " + chain.get(verified.positions().get(i)) + ": " + CertificateText.line(verified.certificates().get(i)));
    }
    if (verified.rootIndex() >= 0) {
      out.println("  root " + rootFiles.get(verified.rootIndex()) + ": key " + verified.rootKey().keyId());
    } else {
      out.println("  no --root was given: the signature of the last certificate was not checked");
    }
    if (verified.certificates().size() < chain.size()) {
      out.println("  " + (chain.size() - verified.certificates().size()) + " certificates were not needed");
    }
  }

  /** Says what commonly is behind a refusal. */
  private void hint(PrintWriter out, ChainFault fault, List<byte[]> der, long nowNs) {
    for (int i = 0; i < der.size() && i < chain.size(); i++) {
      try {
        Certificate certificate = BouncyCastleTrust.decoder().decode(der.get(i));
        if (fault == ChainFault.EXPIRED_CERT && !certificate.isValidAt(nowNs)) {
          out.println("  " + chain.get(i) + " is valid from " + Moments.text(certificate.notBeforeNs()) + " to " + Moments.text(certificate.notAfterNs()));
        }
        if (fault == ChainFault.UNEXPECTED_CERT) {
          out.println("  " + chain.get(i) + ": " + CertificateText.line(certificate) + (i == 0 ? " (taken as the leaf, because it is first)" : ""));
        }
        if (fault == ChainFault.NO_MATCHING_SIGN_KEY) {
          out.println("  " + chain.get(i) + " is signed by key " + certificate.authorityKeyId());
        }
      } catch (CertificateRefusedException e) {
        out.println("  " + chain.get(i) + ": " + e.reason() + ", " + e.getMessage());
      }
    }
  }

  private ChainMode mode(List<byte[]> der) throws CommandFailure {
    if (mode != null) {
      return switch (mode) {
        case "controller", "endpoint_judges_controller" -> ChainMode.ENDPOINT_JUDGES_CONTROLLER;
        case "endpoint", "controller_judges_endpoint" -> ChainMode.CONTROLLER_JUDGES_ENDPOINT;
        case "agent" -> ChainMode.AGENT;
        default -> throw CommandFailure.usage("--mode must be controller, endpoint or agent, not '" + mode + "'");
      };
    }
    try {
      return switch (BouncyCastleTrust.decoder().decode(der.get(0)).kind()) {
        case SUBCMD -> ChainMode.CONTROLLER_JUDGES_ENDPOINT;
        case AGENT -> ChainMode.AGENT;
        default -> ChainMode.ENDPOINT_JUDGES_CONTROLLER;
      };
    } catch (CertificateRefusedException e) {
      throw new CommandFailure(chain.get(0) + " is not a usable certificate: " + e.reason() + ", " + e.getMessage());
    }
  }

  private long now() throws CommandFailure {
    try {
      return at == null ? Moments.now() : Moments.nanoseconds(Moments.parse(at));
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--at: " + e.getMessage());
    }
  }

  private static String whose(ChainMode mode) {
    return switch (mode) {
      case ENDPOINT_JUDGES_CONTROLLER -> "chain of a controller";
      case CONTROLLER_JUDGES_ENDPOINT -> "chain of an endpoint";
      case AGENT -> "agent certificate";
    };
  }
}
