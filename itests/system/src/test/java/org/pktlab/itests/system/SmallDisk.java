package org.pktlab.itests.system;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A file system of 256 KiB in memory, for those who may mount one; as a condition: whether this process may. */
final class SmallDisk implements ExecutionCondition, AutoCloseable {
  private final Path folder;

  /** For JUnit. */
  SmallDisk() {
    this(null);
  }

  private SmallDisk(Path folder) {
    this.folder = folder;
  }

  /** Mounts one at an empty folder. */
  static SmallDisk mount(Path folder) throws IOException {
    run("mount", "-t", "tmpfs", "-o", "size=256k", "none", folder.toString());
    return new SmallDisk(folder);
  }

  /** Writes a file that takes all there is left. */
  void fill() throws IOException {
    Path file = folder.resolve("full");
    try (OutputStream out = Files.newOutputStream(file)) {
      while (true) {
        out.write(new byte[4096]);
      }
    } catch (IOException e) {
      if (Files.size(file) == 0) {
        throw e;
      }
    }
  }

  @Override
  public void close() throws IOException {
    run("umount", "-l", folder.toString()); // even if a process that failed still has a file open there
  }

  private static void run(String... command) throws IOException {
    try {
      int status = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
      if (status != 0) {
        throw new IOException(command[0] + " failed with " + status);
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    try {
      Path folder = Files.createTempDirectory("pktlab-it-disk-");
      try (SmallDisk disk = mount(folder)) {
        return ConditionEvaluationResult.enabled("it can be mounted at " + disk.folder);
      } finally {
        Files.delete(folder);
      }
    } catch (IOException e) {
      return ConditionEvaluationResult.disabled("optional: a small file system cannot be mounted here: " + e.getMessage());
    }
  }
}
