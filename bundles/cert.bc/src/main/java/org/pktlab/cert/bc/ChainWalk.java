package org.pktlab.cert.bc;

import java.util.ArrayList;
import java.util.List;
import org.pktlab.cert.Certificate;
import org.pktlab.cert.CertificateKind;
import org.pktlab.cert.ChainFault;
import org.pktlab.cert.ChainMode;
import org.pktlab.cert.ChainRefusedException;
import org.pktlab.cert.DelegatedPrivilege;
import org.pktlab.cert.Ed25519PublicKey;
import org.pktlab.cert.KeyId;
import org.pktlab.cert.VerifiedChain;
import org.pktlab.cert.bc.PhaseVerifier.Candidate;

/**
 * One run of packetlab-trust section 7: from the leaf upwards, phase by phase, always with the first certificate that carries the wanted
 * key and never back. Each step uses a certificate up, so that a run ends after as many steps as there are certificates.
 */
final class ChainWalk {
  /** Whether a chain may end after a certificate of a phase. */
  private enum End {
    NO,
    MAY,
    MUST
  }

  /** What a phase wants; {@code repeated} phases take any number, also none. */
  private record Phase(CertificateKind kind, DelegatedPrivilege delegated, boolean repeated, End end) {
    boolean takes(Certificate certificate) {
      return certificate.kind() == kind && (delegated == null || certificate.delegated().contains(delegated));
    }
  }

  private final List<Phase> phases;
  private final ChainMode mode;
  private final List<Candidate> candidates;
  private final List<Ed25519PublicKey> roots;
  private final long nowNs;
  private final boolean[] used;
  private final List<Candidate> chain = new ArrayList<>();

  ChainWalk(ChainMode mode, List<Candidate> candidates, List<Ed25519PublicKey> roots, long nowNs) {
    this.mode = mode;
    this.candidates = candidates;
    this.roots = List.copyOf(roots);
    this.nowNs = nowNs;
    this.used = new boolean[candidates.size()];
    this.phases = phases(mode);
  }

  Candidate candidate(int position) {
    return candidates.get(position);
  }

  VerifiedChain verify() throws ChainRefusedException {
    VerifiedChain best = null;
    int phase = 0;
    Candidate current = candidates.get(0);
    try {
      while (true) {
        phase = phaseOf(current, phase);
        checkAboveChild(current);
        used[current.position()] = true;
        chain.add(current);
        Phase taken = phases.get(phase);
        if (taken.end() == End.MUST) {
          return atRoot(current);
        }
        if (taken.end() == End.MAY) {
          try {
            best = atRoot(current);
          } catch (ChainRefusedException e) {
            // Not the end of the chain then; going on either succeeds or says what is wrong.
          }
        }
        if (!taken.repeated()) {
          phase++;
        }
        current = signerOf(current);
      }
    } catch (ChainRefusedException e) {
      if (best != null) {
        return best;
      }
      throw e;
    }
  }

  /** Checks the certificate by itself and returns the phase that takes it, the given one or a later one. */
  private int phaseOf(Candidate current, int first) throws ChainRefusedException {
    Certificate certificate = current.certificate();
    for (int phase = first; phase < phases.size(); phase++) {
      if (!certificate.isValidAt(nowNs)) {
        throw refused(ChainFault.EXPIRED_CERT, current, "is expired or not valid yet");
      }
      if (phases.get(phase).takes(certificate)) {
        return phase;
      }
      if (!phases.get(phase).repeated()) {
        throw refused(ChainFault.UNEXPECTED_CERT, current, "is not the " + phases.get(phase).kind().text() + " that belongs in its place");
      }
    }
    throw refused(ChainFault.END_OF_PHASES, current, "must not stand above the others in such a chain");
  }

  private void checkAboveChild(Candidate current) throws ChainRefusedException {
    if (chain.isEmpty()) {
      return;
    }
    long pathLength = current.certificate().pathLength();
    if (pathLength >= 0 && chain.size() - 1 > pathLength) {
      throw refused(ChainFault.PATHLEN_EXCEEDED, current, "permits " + pathLength + " delegations, not " + (chain.size() - 1));
    }
    Candidate child = chain.get(chain.size() - 1);
    if (!child.isSignedBy(current.certificate().publicKey())) {
      throw refused(ChainFault.BAD_CERT, child, "is not signed by the key that it names");
    }
  }

  /** Returns the chain as it is if it may end here. */
  private VerifiedChain atRoot(Candidate last) throws ChainRefusedException {
    if (roots.isEmpty()) {
      return verified(-1);
    }
    KeyId wanted = last.certificate().authorityKeyId();
    for (int i = 0; i < roots.size(); i++) {
      if (roots.get(i).keyId().equals(wanted)) {
        if (!last.isSignedBy(roots.get(i))) {
          throw refused(ChainFault.BAD_CERT, last, "is not signed by the trusted key that it names");
        }
        return verified(i);
      }
    }
    throw refused(ChainFault.NO_MATCHING_SIGN_KEY, last, "is signed by " + wanted + ", which is not trusted");
  }

  private Candidate signerOf(Candidate child) throws ChainRefusedException {
    KeyId wanted = child.certificate().authorityKeyId();
    for (int i = 1; i < candidates.size(); i++) {
      if (!used[i] && candidates.get(i).certificate().subjectKeyId().equals(wanted)) {
        return candidates.get(i);
      }
    }
    throw refused(ChainFault.NO_MATCHING_SIGN_KEY, child, "is signed by " + wanted + ", for which there is neither certificate nor trust");
  }

  private VerifiedChain verified(int rootIndex) {
    return new VerifiedChain(
        mode,
        chain.stream().map(Candidate::certificate).toList(),
        chain.stream().map(Candidate::position).toList(),
        rootIndex,
        rootIndex < 0 ? null : roots.get(rootIndex));
  }

  private static List<Phase> phases(ChainMode mode) {
    switch (mode) {
      case CONTROLLER_JUDGES_ENDPOINT:
        return List.of(
            new Phase(CertificateKind.SUBCMD, null, false, End.MAY),
            new Phase(CertificateKind.DELPRIV, DelegatedPrivilege.REPPRIV, true, End.MAY));
      case ENDPOINT_JUDGES_CONTROLLER:
        return List.of(
            new Phase(CertificateKind.PUBCMD, null, false, End.NO),
            new Phase(CertificateKind.DELPRIV, DelegatedPrivilege.EXPPRIV, true, End.NO),
            new Phase(CertificateKind.EXPPRIV, null, false, End.MUST));
      case AGENT:
        return List.of(new Phase(CertificateKind.AGENT, null, false, End.MUST));
      default:
        throw new IllegalArgumentException("unknown mode " + mode);
    }
  }

  private static ChainRefusedException refused(ChainFault fault, Candidate candidate, String what) {
    return new ChainRefusedException(fault, "certificate " + candidate.position() + " (" + candidate.certificate() + ") " + what);
  }
}
