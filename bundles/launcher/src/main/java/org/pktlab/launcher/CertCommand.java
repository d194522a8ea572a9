package org.pktlab.launcher;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code pktlab cert}: certificates and requests (packetlab-trust). */
@Command(
    name = "cert",
    mixinStandardHelpOptions = true,
    description = "Makes, shows and verifies certificates.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {CertRequestCommand.class, CertSignCommand.class, CertShowCommand.class, CertVerifyCommand.class},
    footer = {
      "",
      "Kinds of certificate (TYPE):",
      "  exppriv  an operator lets an experimenter use the operator's endpoints",
      "  pubcmd   an experimenter lets a controller run experiments",
      "  subcmd   an operator lets an endpoint act for the operator",
      "  delpriv  hands exppriv or the right to sign subcmd on to a deputy",
      "  agent    a program speaks for itself; a broker's is signed by its operator",
      "",
      "Exit status: 0 done or accepted, 1 failed or refused, 2 wrong command line."
    })
final class CertCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "request, sign, show or verify is missing");
  }
}
