package org.pktlab.launcher;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.slf4j.event.Level;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code pktlab completion}: a script for bash, made from the commands and from the declarations of the installed mlets. */
@Command(
    name = "completion",
    mixinStandardHelpOptions = true,
    description = "Prints a bash completion script for the commands and the installed mlets.",
    footer = {"", "Use it with:  source <(./pktlab completion)"})
final class CompletionCommand implements Callable<Integer> {
  private static final String RUNNER = "org.pktlab.mlet.run.MletRunner";
  private static final long SETTLE_MILLIS = 2_000;

  @Override
  public Integer call() throws Exception {
    new RoleOptions().applyVerbosity(Level.WARN);
    Distribution distribution = Distribution.here();
    Map<String, List<String>> words;
    try (Container container = Container.start("completion", distribution, RoleDescription.read(distribution, "controller").features(), Map.of())) {
      words = mlets(container.context());
    }
    CommandLine commands = Pktlab.commandLine();
    System.out.print(script(AutoComplete.bash("pktlab", commands), commands.getSubcommands().get("run"), words));
    return 0;
  }

  /** The options of each mlet, and after {@code MLET --option} the values it may have. By reflection on the container's own packages. */
  private static Map<String, List<String>> mlets(BundleContext context) throws CommandFailure, InterruptedException {
    try (Readiness readiness = new Readiness(context)) {
      readiness.await(Object.class, "(objectClass=" + RUNNER + ")", List.of(), SETTLE_MILLIS);
    }
    Map<String, List<String>> words = new LinkedHashMap<>();
    ServiceReference<?> reference = context.getServiceReference(RUNNER);
    if (reference == null) {
      return words;
    }
    try {
      Object runner = context.getService(reference);
      ClassLoader loader = runner.getClass().getClassLoader();
      Class<?> declarationType = loader.loadClass("org.pktlab.mlet.Declaration");
      var candidates = loader.loadClass("org.pktlab.mlet.Completion").getMethod("candidates", declarationType, List.class, String.class);
      List<?> declarations = (List<?>) loader.loadClass(RUNNER).getMethod("mlets").invoke(runner);
      for (Object declaration : declarations) {
        String name = (String) declarationType.getMethod("name").invoke(declaration);
        List<String> options = texts(candidates.invoke(null, declaration, List.of(), "-"));
        words.put(name, options);
        for (String option : options) {
          List<String> values = texts(candidates.invoke(null, declaration, List.of(option), ""));
          if (!values.isEmpty() && !values.get(0).startsWith("-")) {
            words.put(name + " " + option, values);
          }
        }
      }
      return words;
    } catch (ReflectiveOperationException e) {
      throw new CommandFailure("the mlets cannot be asked: " + e);
    }
  }

  private static List<String> texts(Object list) {
    List<String> texts = new ArrayList<>();
    ((List<?>) list).forEach(each -> texts.add(each.toString()));
    return texts;
  }

  /** The script of the commands, wrapped in one that knows what may follow {@code run}. */
  static String script(String commands, CommandLine run, Map<String, List<String>> mlets) {
    List<String> names = mlets.keySet().stream().filter(key -> !key.contains(" ")).toList();
    List<String> valued = new ArrayList<>();
    run.getCommandSpec().options().stream().filter(option -> option.arity().max() > 0).forEach(option -> valued.addAll(List.of(option.names())));
    StringBuilder out = new StringBuilder(commands);
    out.append("\n# What follows 'run': the mlets, and what each takes.\n");
    out.append("_pktlab_run_words() {\n  case \"$1\" in\n");
    mlets.forEach((key, values) -> out.append("    '").append(key).append("') echo '").append(String.join(" ", values)).append("' ;;\n"));
    out.append("  esac\n}\n\n");
    out.append("_pktlab_with_mlets() {\n")
        .append("  local word=\"${COMP_WORDS[COMP_CWORD]}\" mlet=\"\" i found\n")
        .append("  if [[ \"${COMP_WORDS[1]}\" == run ]]; then\n")
        .append("    for ((i = 2; i < COMP_CWORD; i++)); do\n")
        .append("      case \"${COMP_WORDS[i]}\" in\n")
        .append("        ").append(String.join(" | ", valued)).append(") i=$((i + 1)) ;;\n")
        .append("        -*) ;;\n")
        .append("        *) mlet=\"${COMP_WORDS[i]}\"; break ;;\n")
        .append("      esac\n")
        .append("    done\n")
        .append("    if [[ -n \"$mlet\" ]]; then\n")
        .append("      found=\"$(_pktlab_run_words \"$mlet ${COMP_WORDS[COMP_CWORD - 1]}\")\"\n")
        .append("      [[ -n \"$found\" ]] || found=\"$(_pktlab_run_words \"$mlet\")\"\n")
        .append("      mapfile -t COMPREPLY < <(compgen -W \"$found\" -- \"$word\")\n")
        .append("      return 0\n")
        .append("    elif [[ \"$word\" != -* && $i -le $COMP_CWORD ]]; then\n")
        .append("      mapfile -t COMPREPLY < <(compgen -W '").append(String.join(" ", names)).append("' -- \"$word\")\n")
        .append("      return 0\n")
        .append("    fi\n")
        .append("  fi\n")
        .append("  _complete_pktlab\n")
        .append("}\n\n")
        .append("complete -F _pktlab_with_mlets -o default pktlab ./pktlab\n");
    return out.toString();
  }
}
