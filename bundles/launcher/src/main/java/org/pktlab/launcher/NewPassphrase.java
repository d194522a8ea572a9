package org.pktlab.launcher;

import java.io.Console;
import java.nio.file.Path;
import java.util.Arrays;
import org.pktlab.cert.CredentialException;

/** Gets the pass-phrase that a new key shall be encrypted with: from a file, or typed twice on the terminal. */
final class NewPassphrase {
  private NewPassphrase() {}

  /**
   * Returns it; the caller overwrites it after use.
   *
   * @param file its first line counts; null to ask on the terminal
   * @param key the file of the new key
   * @throws CredentialException if there is no terminal, the two differ, or there is nothing
   */
  static char[] get(Path file, Path key) throws CredentialException {
    char[] phrase = file != null ? new PassphrasePrompt(file).passphrase(key) : typed(key);
    if (phrase == null || phrase.length == 0) {
      throw new CredentialException("the pass-phrase is empty; leave --encrypt and --passphrase-file out for a key without one");
    }
    return phrase;
  }

  private static char[] typed(Path key) throws CredentialException {
    Console console = System.console();
    if (console == null) {
      throw new CredentialException("there is no terminal to type a pass-phrase on; use --passphrase-file");
    }
    char[] first = console.readPassword("New pass-phrase for %s: ", key);
    char[] second = console.readPassword("Once more: ");
    try {
      if (first == null || second == null || !Arrays.equals(first, second)) {
        throw new CredentialException("the two pass-phrases differ; nothing was written");
      }
      if (first.length > PassphrasePrompt.LONGEST) {
        throw new CredentialException("the pass-phrase is longer than " + PassphrasePrompt.LONGEST + " characters");
      }
      return first.clone();
    } finally {
      wipe(first);
      wipe(second);
    }
  }

  private static void wipe(char[] phrase) {
    if (phrase != null) {
      Arrays.fill(phrase, '\0');
    }
  }
}
