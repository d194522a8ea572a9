package org.pktlab.itests.system;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Whether the C package is there, in the folder that the environment variable {@value #VARIABLE} names, and the ports that its mlets ask
 * at. Its reason begins as the count of the tests wants it for what may be missing.
 */
final class PeerPresent implements ExecutionCondition {
  /** Where the C package is: {@code bin/pktendpt}, {@code bin/pktxpmgr}, {@code mlets/}. */
  static final String VARIABLE = "PKTLAB_PEER";

  /** An address of loopback that is hardly anybody's. */
  static final String TARGET = "127.77.0.1";

  /** A file of the package. */
  static String file(String name) {
    String folder = System.getenv(VARIABLE);
    return Path.of(folder == null ? "" : folder, name).toAbsolutePath().toString();
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    if (context.getTestMethod().isPresent()) {
      return ConditionEvaluationResult.enabled("looked at with the class, which uses the ports by now");
    }
    String value = System.getenv(VARIABLE);
    if (value == null || value.isEmpty()) {
      return ConditionEvaluationResult.disabled("optional: " + VARIABLE + " does not name the folder of the C package");
    }
    if (!Files.isExecutable(Path.of(file("bin/pktendpt")))) {
      return ConditionEvaluationResult.disabled(VARIABLE + " names a folder without bin/pktendpt");
    }
    try (ServerSocket web = new ServerSocket(80, 1, InetAddress.getByName(TARGET));
        DatagramSocket names = new DatagramSocket(new InetSocketAddress(InetAddress.getByName(TARGET), 53))) {
      return ConditionEvaluationResult.enabled("it is there, and so are the ports " + web.getLocalPort() + " and " + names.getLocalPort());
    } catch (IOException e) {
      return ConditionEvaluationResult.disabled("optional: ports 80 and 53 of " + TARGET + " are not to be had: " + e.getMessage());
    }
  }
}
