package org.pktlab.launcher;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.pktlab.cert.CredentialException;
import org.pktlab.cert.CredentialFiles;
import org.pktlab.cert.Ed25519PrivateKey;
import org.pktlab.cert.Ed25519PublicKey;
import org.pktlab.cert.bc.BouncyCastleTrust;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pktlab key}: Ed25519 keys in files (packetlab-trust section 2). */
@Command(
    name = "key",
    mixinStandardHelpOptions = true,
    description = "Makes and shows keys.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {KeyCommand.Generate.class, KeyCommand.Show.class, KeyCommand.Public.class},
    footer = {"", "Exit status: 0 done, 1 failed, 2 wrong command line."})
final class KeyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "generate, show or public is missing");
  }

  /** Reads the public half of a key file of either kind. */
  static Ed25519PublicKey publicKey(Path file, Path passphraseFile) throws CredentialException {
    CredentialFiles files = BouncyCastleTrust.credentialFiles();
    if (isPublic(file)) {
      return files.readPublicKey(file);
    }
    Ed25519PrivateKey key = files.readPrivateKey(file, new PassphrasePrompt(passphraseFile));
    key.destroy();
    return key.publicKey();
  }

  /** Tells by content, not by name, whether a file is to be read as a public key. */
  private static boolean isPublic(Path file) {
    try {
      BouncyCastleTrust.credentialFiles().readPublicKey(file);
      return true;
    } catch (CredentialException e) {
      return false;
    }
  }

  private static void show(PrintWriter out, Ed25519PublicKey key) {
    out.println("public key  " + key);
    out.println("key id      " + key.keyId());
    out.flush();
  }

  /** {@code pktlab key generate}. */
  @Command(
      name = "generate",
      mixinStandardHelpOptions = true,
      description = "Makes a new key: FILE gets the private key (mode 0600), FILE.pub the public key.",
      footer = {
        "",
        "A pass-phrase is typed on the terminal or comes from a file; it is never an",
        "argument, which everybody on the machine can read.",
        "",
        "Examples:",
        "  pktlab key generate keys/k_ep",
        "  pktlab key generate --encrypt keys/k_eop",
        "",
        "Exit status: 0 done; 1 a file exists (see --force) or cannot be written;",
        "2 wrong command line."
      })
  static final class Generate implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "Where to put the private key.")
    private Path file;

    @Option(names = "--encrypt", description = "Encrypts the private key with a pass-phrase typed on the terminal.")
    private boolean encrypt;

    @Option(names = "--passphrase-file", paramLabel = "F", description = "Encrypts the private key with the first line of this file.")
    private Path passphraseFile;

    @Option(names = "--force", description = "Replaces files that exist.")
    private boolean force;

    @Override
    public Integer call() throws CommandFailure {
      Path publicFile = file.resolveSibling(file.getFileName() + ".pub");
      for (Path each : new Path[] {file, publicFile}) {
        if (!force && Files.exists(each)) {
          throw new CommandFailure(each + " exists; name another file, or replace it with --force");
        }
      }
      char[] passphrase = null;
      Ed25519PrivateKey key = null;
      try {
        passphrase = encrypt || passphraseFile != null ? NewPassphrase.get(passphraseFile, file) : null;
        key = BouncyCastleTrust.issuer().generateKey();
        CredentialFiles files = BouncyCastleTrust.credentialFiles();
        files.writePrivateKey(file, key, passphrase, force);
        files.writePublicKey(publicFile, key.publicKey(), force);
      } catch (CredentialException e) {
        throw new CommandFailure(e.getMessage());
      } finally {
        if (passphrase != null) {
          Arrays.fill(passphrase, '\0');
        }
        if (key != null) {
          key.destroy();
        }
      }
      PrintWriter out = spec.commandLine().getOut();
      out.println("made " + file + " and " + publicFile);
      show(out, key.publicKey());
      return 0;
    }
  }

  /** {@code pktlab key show}. */
  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Shows the public key and the key id of a key file, private or public; never the private half.",
      footer = {
        "",
        "The key id is the SHA-256 of the public key and the owner's private channel.",
        "",
        "Examples:",
        "  pktlab key show keys/k_eop.pub",
        "  pktlab key show --json keys/k_ep",
        "",
        "Exit status: 0 done; 1 the file is no key or its pass-phrase is wrong;",
        "2 wrong command line."
      })
  static final class Show implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "A private or public key file.")
    private Path file;

    @Option(names = "--passphrase-file", paramLabel = "F", description = "File whose first line is the pass-phrase of an encrypted key.")
    private Path passphraseFile;

    @Option(names = "--json", description = "Shows a JSON object.")
    private boolean json;

    @Override
    public Integer call() throws CommandFailure {
      try {
        Ed25519PublicKey key = publicKey(file, passphraseFile);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
          var object = JsonLines.MAPPER.createObjectNode().put("public_raw_hex", key.toString()).put("key_id_sha256_hex", key.keyId().toString());
          out.println(JsonLines.MAPPER.writeValueAsString(object));
          out.flush();
        } else {
          show(out, key);
        }
        return 0;
      } catch (CredentialException e) {
        throw new CommandFailure(e.getMessage());
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("a tree can be written", e);
      }
    }
  }

  /** {@code pktlab key public}. */
  @Command(
      name = "public",
      mixinStandardHelpOptions = true,
      description = "Writes the public key that belongs to a private key.",
      footer = {
        "",
        "Example:",
        "  pktlab key public keys/k_ep -o k_ep.pub",
        "",
        "Exit status: 0 done; 1 the file is no key, its pass-phrase is wrong, or OUT",
        "exists (see --force); 2 wrong command line."
      })
  static final class Public implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "A private key file.")
    private Path file;

    @Option(names = {"-o", "--out"}, paramLabel = "OUT", description = "Where to put the public key (default: FILE.pub).")
    private Path target;

    @Option(names = "--passphrase-file", paramLabel = "F", description = "File whose first line is the pass-phrase of an encrypted key.")
    private Path passphraseFile;

    @Option(names = "--force", description = "Replaces a file that exists.")
    private boolean force;

    @Override
    public Integer call() throws CommandFailure {
      Path place = target == null ? file.resolveSibling(file.getFileName() + ".pub") : target;
      try {
        Ed25519PublicKey key = publicKey(file, passphraseFile);
        BouncyCastleTrust.credentialFiles().writePublicKey(place, key, force);
        PrintWriter out = spec.commandLine().getOut();
        out.println("made " + place);
        show(out, key);
        return 0;
      } catch (CredentialException e) {
        throw new CommandFailure(e.getMessage());
      }
    }
  }
}
