package org.pktlab.launcher;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.pktlab.config.reference.BrokerDirectives;
import org.pktlab.config.reference.ConfigWarning;
import org.pktlab.config.reference.DirectiveTable;
import org.pktlab.config.reference.EndpointDirectives;
import org.pktlab.config.reference.ManagerDirectives;
import org.pktlab.config.reference.ReferenceConfig;
import org.pktlab.config.reference.ReferenceConfigException;
import org.pktlab.launcher.log.LogSink;
import org.slf4j.event.Level;

/** Reads a role's configuration file into the properties its bundle takes: directives by their names. */
final class RoleConfiguration {
  private RoleConfiguration() {}

  /**
   * Reads it.
   *
   * @param role {@code endpoint}, {@code controller} or {@code broker}
   * @param given the file asked for, or null for the default one in {@code ~/.pktlab}
   */
  static Map<String, Object> read(String role, Path given) throws CommandFailure {
    Path file = given == null ? defaultFile(role) : given;
    if (!Files.exists(file)) {
      String hint = given == null ? "; name one with -c, or make a set with './pktlab init DIR'" : "";
      throw new CommandFailure("the configuration file " + file + " does not exist" + hint, given == null ? CommandFailure.FAILED : CommandFailure.USAGE);
    }
    try {
      ReferenceConfig config = ReferenceConfig.read(file, table(role));
      for (ConfigWarning warning : config.warnings()) {
        LogSink.write(Level.WARN, "config", file + ", " + warning, null);
      }
      return new LinkedHashMap<>(config.values());
    } catch (ReferenceConfigException e) {
      throw new CommandFailure(e.getMessage());
    }
  }

  /** {@code ~/.pktlab/endpt.conf}, {@code xpmgr.conf} or {@code broker.conf}; in the working directory where the home is unknown. */
  static Path defaultFile(String role) {
    String name =
        switch (role) {
          case "endpoint" -> "endpt.conf";
          case "controller" -> "xpmgr.conf";
          default -> role + ".conf";
        };
    String home = System.getenv("HOME");
    return home == null || home.isEmpty() ? Path.of(name) : Path.of(home, ".pktlab", name);
  }

  private static DirectiveTable table(String role) {
    return switch (role) {
      case "endpoint" -> EndpointDirectives.TABLE;
      case "controller" -> ManagerDirectives.TABLE;
      case "broker" -> BrokerDirectives.TABLE;
      default -> throw new IllegalArgumentException(role);
    };
  }
}
