package org.pktlab.filter.pcap4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pktlab.filter.FilterSyntaxException;

/** A host without libpcap, played by a process that looks for a library which does not exist. */
class MissingLibraryTest {
  private static final String HINT = "filter expressions need libpcap, which cannot be loaded: install it (Debian and Ubuntu: apt install libpcap0.8)";

  @Test
  @Timeout(60)
  void shouldSayWhatToInstallWhenTheLibraryIsMissing() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dorg.pcap4j.core.pcapLibName=no-such-library",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                MissingLibraryTest.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(true, process.waitFor(30, TimeUnit.SECONDS));
    assertEquals(HINT + "\n" + HINT + "\n", out);
  }

  /** Tries twice: the second time the library's class is known to be broken. */
  public static void main(String[] arguments) {
    for (int i = 0; i < 2; i++) {
      try {
        new PcapFilterCompiler().compile("icmp");
        System.out.println("compiled");
      } catch (FilterSyntaxException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}
