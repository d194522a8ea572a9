package org.pktlab.launcher;

import java.io.Console;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.pktlab.cert.CredentialException;
import org.pktlab.cert.PassphraseSource;

/** Asks for the pass-phrase of a key on the terminal, or takes it from a file. Never from an argument, which everybody on the machine can read. */
final class PassphrasePrompt implements PassphraseSource {
  /** Longest pass-phrase, in characters (packetlab-manager.md section 2.2). */
  static final int LONGEST = 511;

  private final Path file;

  /** Takes the first line of this file, or asks on the terminal when it is null. */
  PassphrasePrompt(Path file) {
    this.file = file;
  }

  @Override
  public char[] passphrase(Path key) throws CredentialException {
    char[] phrase;
    if (file != null) {
      phrase = firstLine();
    } else {
      Console console = System.console();
      if (console == null) {
        return null;
      }
      phrase = console.readPassword("Enter passphrase for private key at %s: ", key);
    }
    if (phrase != null && phrase.length > LONGEST) {
      Arrays.fill(phrase, '\0');
      throw new CredentialException("the pass-phrase is longer than " + LONGEST + " characters");
    }
    return phrase;
  }

  private char[] firstLine() throws CredentialException {
    try {
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      return text.lines().findFirst().orElse("").toCharArray();
    } catch (IOException e) {
      throw new CredentialException("the pass-phrase file " + file + " cannot be read");
    }
  }

  /** Offers this source to the roles of a container, as a service of the container's own interface. */
  void offer(Container container) throws CommandFailure {
    Bundle words = container.bundle("org.pktlab.cert.api").orElse(null);
    if (words == null) {
      return; // no certificates, no keys
    }
    try {
      Class<?> type = words.loadClass(PassphraseSource.class.getName());
      Class<?> failure = words.loadClass(CredentialException.class.getName());
      InvocationHandler handler =
          (proxy, method, arguments) -> {
            if (method.getDeclaringClass() == Object.class) {
              return method.getName().equals("equals") ? (Object) (proxy == arguments[0]) : method.invoke(this, arguments);
            }
            try {
              return passphrase((Path) arguments[0]);
            } catch (CredentialException e) {
              throw (Throwable) failure.getConstructor(String.class).newInstance(e.getMessage());
            }
          };
      Object service = Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler);
      words.getBundleContext().registerService(type.getName(), service, FrameworkUtil.asDictionary(java.util.Map.of(Constants.SERVICE_RANKING, -1)));
    } catch (ClassNotFoundException e) {
      throw new CommandFailure("the container's certificate bundle is of another version than the launcher: build again with mvn package");
    }
  }
}
