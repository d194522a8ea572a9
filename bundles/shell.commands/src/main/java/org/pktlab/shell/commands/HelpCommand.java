package org.pktlab.shell.commands;

import org.osgi.service.component.annotations.Component;

/** The command {@code pktlab:help}. */
@Component(service = HelpCommand.class, property = {"osgi.command.scope=pktlab", "osgi.command.function=help"})
public final class HelpCommand {
  private static final String[][] COMMANDS = {
    {"roles", "the roles of this container"},
    {"info [ROLE]", "what a role is and how it is configured"},
    {"sessions [ROLE]", "connections and experiments that are served now"},
    {"why [ROLE]", "the latest refusals, newest first, with the reasons in words"},
    {"stats [ROLE]", "counters since the role started"},
    {"mlets", "the measurements that can be run"},
    {
      "run [-n COUNT] [-i HOSTID] [--format NAME] [--provenance] MLET [ARGUMENT...]",
      "runs an experiment with one mlet for each endpoint, and prints the rows; COUNT is 1 where it is not given"
    },
    {"run MLET --help", "what an mlet takes"},
    {"publish [SECONDS]", "publishes the configured experiment, and tells who comes; whoever comes is closed again"},
    {"help", "this list"},
  };

  /** Prints what commands there are. */
  public void help(String... ignored) {
    TextTable table = new TextTable("COMMAND", "WHAT IT DOES");
    StringBuilder longOnes = new StringBuilder();
    for (String[] command : COMMANDS) {
      if (command[0].length() < 30) {
        table.row(command);
      } else {
        longOnes.append(command[0]).append("\n    ").append(command[1]).append('\n');
      }
    }
    System.out.print(table);
    System.out.print(longOnes);
    System.out.println("Words with any of ; | & $ ( ) { } [ ] < > or blanks need quotes: run http-get 'http://192.0.2.1/?a=b'");
  }
}
