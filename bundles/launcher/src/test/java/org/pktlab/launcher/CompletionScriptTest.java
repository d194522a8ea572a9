package org.pktlab.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import picocli.AutoComplete;
import picocli.CommandLine;

@EnabledOnOs(value = OS.LINUX, disabledReason = "optional: asks bash")
class CompletionScriptTest {
  @TempDir Path folder;

  private String complete(String... words) throws Exception {
    Map<String, List<String>> mlets = new LinkedHashMap<>();
    mlets.put("clock", List.of("--zone", "--help"));
    mlets.put("clock --zone", List.of("utc", "local"));
    mlets.put("dns", List.of("--tcp"));
    CommandLine commands = Pktlab.commandLine();
    String script = CompletionCommand.script(AutoComplete.bash("pktlab", commands), commands.getSubcommands().get("run"), mlets);
    StringBuilder line = new StringBuilder(script).append("\nCOMP_WORDS=(");
    for (String word : words) {
      line.append(" '").append(word).append('\'');
    }
    line.append(")\nCOMP_CWORD=").append(words.length - 1).append("\n_pktlab_with_mlets\necho \"${COMPREPLY[*]}\"\n");
    Path file = folder.resolve("completion.sh");
    Files.writeString(file, line);
    Process bash = new ProcessBuilder("bash", file.toString()).redirectErrorStream(true).start();
    String out = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, bash.waitFor(), out);
    return out.strip();
  }

  @Test
  void shouldCompleteMletsAndWhatTheyTake() throws Exception {
    assertEquals("clock dns", complete("./pktlab", "run", ""));
    assertEquals("dns", complete("./pktlab", "run", "-n", "3", "d"));
    assertEquals("--zone --help", complete("./pktlab", "run", "clock", "--"));
    assertEquals("utc local", complete("./pktlab", "run", "clock", "--zone", ""));
    assertEquals("--tcp", complete("./pktlab", "run", "--list", "dns", ""));
  }

  @Test
  void shouldCompleteCommands() throws Exception {
    assertEquals("endpoint", complete("./pktlab", "end"));
  }
}
