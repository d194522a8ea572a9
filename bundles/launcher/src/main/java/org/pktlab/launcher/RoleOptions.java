package org.pktlab.launcher;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.pktlab.launcher.log.LogSink;
import org.slf4j.event.Level;
import picocli.CommandLine.Option;

/** Options that all roles have. */
final class RoleOptions {
  @Option(names = "-c", paramLabel = "CONF", description = "Configuration file (default: the one of this role in ~/.pktlab).")
  Path configuration;

  @Option(
      names = "--with",
      paramLabel = "FEATURE[=CONF]",
      description = "Adds a feature to the container; for a second role, with its configuration file. May be repeated.")
  List<String> with = new ArrayList<>();

  @Option(names = "--shell", description = "Opens the Gogo shell on this terminal; leaving it with Ctrl-D ends the role.")
  boolean shell;

  @Option(names = "--passphrase-file", paramLabel = "FILE", description = "File whose first line is the pass-phrase of an encrypted private key.")
  Path passphraseFile;

  @Option(names = {"-v", "--verbose"}, description = "Logs more; twice: everything.")
  boolean[] verbose = {};

  /** Sets what is logged, from this level down when nothing else is asked for. */
  void applyVerbosity(Level usual) {
    LogSink.threshold(verbose.length == 0 ? usual : verbose.length == 1 ? Level.DEBUG : Level.TRACE);
  }
}
