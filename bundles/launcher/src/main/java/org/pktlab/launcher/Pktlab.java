package org.pktlab.launcher;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The root command. Each subcommand is a class of its own, named in {@link #subcommands}; it returns an exit status or throws {@link CommandFailure}. */
@Command(
    name = "pktlab",
    mixinStandardHelpOptions = true,
    version = "pktlab 0.1.0",
    description = "Shares Internet vantage points for network measurement.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Of the script ./pktlab itself: test [--only NAME] [--long], bench [NAME] [--json].",
      "Exit status: 0 done, 1 failed, 2 wrong command line, 130 interrupted; 'run' has more, see its help."
    })
final class Pktlab implements Callable<Integer> {
  @Spec private CommandSpec spec;

  /** All subcommands by name, in the order of the help. To add one, add a line. */
  private static Map<String, Supplier<Object>> subcommands() {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("try", TryCommand::new);
    commands.put("broker", BrokerCommand::new);
    commands.put("endpoint", EndpointCommand::new);
    commands.put("controller", ControllerCommand::new);
    commands.put("run", RunCommand::new);
    commands.put("shell", ShellCommand::new);
    commands.put("init", InitCommand::new);
    commands.put("key", KeyCommand::new);
    commands.put("cert", CertCommand::new);
    commands.put("message", MessageCommand::new);
    commands.put("filter", FilterCommand::new);
    commands.put("doctor", DoctorCommand::new);
    commands.put("completion", CompletionCommand::new);
    return commands;
  }

  /** The command line with all subcommands. */
  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Pktlab());
    subcommands().forEach((name, command) -> line.addSubcommand(name, command.get()));
    return prepare(line);
  }

  /** The command line for these arguments: with only the subcommand they begin with where there is one, which starts sooner. */
  static CommandLine commandLine(String[] arguments) {
    Supplier<Object> only = arguments.length == 0 ? null : subcommands().get(arguments[0]);
    if (only == null) {
      return commandLine();
    }
    return prepare(new CommandLine(new Pktlab()).addSubcommand(arguments[0], only.get()));
  }

  private static CommandLine prepare(CommandLine line) {
    line.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          if (failure instanceof CommandFailure known) {
            command.getErr().println("pktlab: " + known.getMessage());
            return known.status();
          }
          if (failure instanceof InterruptedException) {
            return 130;
          }
          command.getErr().println("pktlab: internal error: " + failure + (failure.getStackTrace().length == 0 ? "" : " at " + failure.getStackTrace()[0]));
          return CommandFailure.FAILED;
        });
    line.setParameterExceptionHandler(Pktlab::wrongCommandLine);
    CommandLine run = line.getSubcommands().get("run");
    if (run != null) {
      run.setStopAtPositional(true); // what follows the mlet's name is the mlet's
    }
    return line;
  }

  private static int wrongCommandLine(ParameterException wrong, String[] arguments) {
    CommandLine command = wrong.getCommandLine();
    String message = String.valueOf(wrong.getMessage()).lines().findFirst().orElse("").replaceAll("\\p{Cntrl}", "?");
    command.getErr().println("pktlab: " + message);
    if (!UnmatchedArgumentException.printSuggestions(wrong, command.getErr())) {
      command.getErr().println("Try './" + command.getCommandSpec().qualifiedName() + " --help'.");
    }
    command.getErr().flush();
    return CommandFailure.USAGE;
  }

  /** Parses and runs. */
  static int execute(String... arguments) {
    return commandLine(arguments).execute(arguments);
  }

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
