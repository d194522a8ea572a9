package org.pktlab.cert;

import java.nio.file.Path;
import org.osgi.annotation.versioning.ConsumerType;

/** Where the pass-phrase of an encrypted key file comes from: a terminal or a file, never a command-line argument. */
@FunctionalInterface
@ConsumerType
public interface PassphraseSource {
  /** Knows no pass-phrase. */
  PassphraseSource NONE = file -> null;

  /**
   * Returns the pass-phrase for a file, or null if there is none. The caller overwrites the array after use. Asked only after the empty
   * pass-phrase has failed, and only once for each reading.
   *
   * @param file the key file
   * @throws CredentialException if asking failed
   */
  char[] passphrase(Path file) throws CredentialException;
}
