package org.pktlab.bench.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Locale;

/** What the numbers were taken on. */
final class Machine {
  private Machine() {}

  /** Processors, memory, system and date, in one line. */
  static String text() {
    return model() + ", " + Runtime.getRuntime().availableProcessors() + " cores, " + memory() + ", " + System.getProperty("os.name") + " "
        + System.getProperty("os.version") + ", " + LocalDate.now() + ", load " + load();
  }

  /** The load of the machine before the first measurement: numbers taken on a busy machine say little. */
  private static String load() {
    String line = firstLine("/proc/loadavg", "");
    return line == null ? "unknown" : line.split(" ")[0];
  }

  private static String model() {
    String line = firstLine("/proc/cpuinfo", "model name");
    return line == null ? System.getProperty("os.arch") : line.substring(line.indexOf(':') + 1).strip();
  }

  private static String memory() {
    String line = firstLine("/proc/meminfo", "MemTotal");
    return line == null ? "memory unknown" : String.format(Locale.ROOT, "%.0f GB", Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1e6);
  }

  private static String firstLine(String file, String prefix) {
    try {
      return Files.readAllLines(Path.of(file)).stream().filter(line -> line.startsWith(prefix)).findFirst().orElse(null);
    } catch (IOException e) {
      return null;
    }
  }
}
