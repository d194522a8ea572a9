package org.pktlab.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.pktlab.launcher.log.LogSink;
import org.slf4j.event.Level;

/**
 * A private folder of one running container: framework cache, shell socket, unpacked native libraries. It exists while the container does. A lock tells folders
 * of running containers from those of killed ones, which the next start removes.
 */
final class StateFolder implements AutoCloseable {
  /** Environment variable: where these folders are. */
  static final String RUN_DIR = "PKTLAB_RUN_DIR";

  /** Name of the shell's socket in the folder. */
  static final String SOCKET = "shell.sock";

  private static final String LOCK = "lock";
  private static final int REMOVAL_TRIES = 20;
  private static final long REMOVAL_PAUSE_NS = 50_000_000;
  private static final Duration MAKING = Duration.ofMinutes(1);

  private final Path path;
  private final FileChannel lock;

  private StateFolder(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /** Where the folders of this user's containers are: {@value #RUN_DIR}, else {@code $XDG_RUNTIME_DIR/pktlab}, else {@code ~/.pktlab/run}. */
  static Path runFolder() {
    String given = System.getenv(RUN_DIR);
    if (given != null && !given.isEmpty()) {
      return Path.of(given);
    }
    String session = System.getenv("XDG_RUNTIME_DIR");
    if (session != null && !session.isEmpty() && Files.isWritable(Path.of(session))) {
      return Path.of(session, "pktlab");
    }
    return Path.of(System.getProperty("user.home"), ".pktlab", "run");
  }

  /** Makes the folder for a container of this process; for {@code name}, see {@link #name}. */
  static StateFolder create(String name) throws CommandFailure {
    Path run = runFolder();
    try {
      Files.createDirectories(run, onlyOwner());
      removeLeftOvers(run);
      Path path = Files.createDirectories(run.resolve(name + "-" + ProcessHandle.current().pid()), onlyOwner());
      FileChannel lock = FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      lock.lock();
      return new StateFolder(path.toAbsolutePath(), lock);
    } catch (IOException e) {
      throw new CommandFailure("no folder for running containers in " + run + " (" + e.getClass().getSimpleName() + ": " + e.getMessage() + "); set " + RUN_DIR);
    }
  }

  private static FileAttribute<?>[] onlyOwner() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))}
        : new FileAttribute<?>[0];
  }

  private static void removeLeftOvers(Path run) throws IOException {
    for (Path folder : folders(run)) {
      boolean left = Files.exists(folder.resolve(LOCK)) ? !isLocked(folder) : isOld(folder);
      if (left) {
        delete(folder);
      }
    }
  }

  /** A folder without a lock is one that is being made, or one that was not quite removed. */
  private static boolean isOld(Path folder) throws IOException {
    return Files.getLastModifiedTime(folder).toInstant().isBefore(Instant.now().minus(MAKING));
  }

  private static List<Path> folders(Path run) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(run, Files::isDirectory)) {
      folders.forEach(found::add);
    } catch (NoSuchFileException e) {
      return found;
    }
    found.sort(Comparator.naturalOrder());
    return found;
  }

  private static boolean isLocked(Path folder) {
    try (FileChannel channel = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.WRITE)) {
      FileLock taken = channel.tryLock();
      return taken == null;
    } catch (IOException | OverlappingFileLockException e) {
      return true; // gone meanwhile, somebody else's, or our own
    }
  }

  /** The folders of running containers with a shell socket, by name ({@code ROLE-PID}). */
  static List<Path> running() throws CommandFailure {
    Path run = runFolder();
    try {
      return folders(run).stream().filter(folder -> Files.exists(folder.resolve(SOCKET)) && isLocked(folder)).toList();
    } catch (IOException e) {
      throw new CommandFailure("cannot look into " + run + ": " + e.getMessage());
    }
  }

  /** The role that a folder's name tells. */
  static String name(Path folder) {
    String name = folder.getFileName().toString();
    int dash = name.lastIndexOf('-');
    return dash < 0 ? name : name.substring(0, dash);
  }

  Path path() {
    return path;
  }

  /** Removes the folder with all it holds. Idempotent; any thread may call it. */
  @Override
  public synchronized void close() {
    if (!lock.isOpen()) {
      return;
    }
    boolean gone = false;
    for (int i = 0; i < REMOVAL_TRIES && !gone; i++) {
      gone = removed();
    }
    try {
      lock.close();
    } catch (IOException e) {
      // It ends with the process.
    }
    if (!gone) {
      LogSink.write(Level.WARN, "launcher", path + " could not be removed; the next start does it", null);
    }
  }

  /** Whether the folder is gone. What still ends may write to it, so it is tried again after a moment. */
  private boolean removed() {
    try {
      delete(path);
      return true;
    } catch (IOException e) {
      LockSupport.parkNanos(REMOVAL_PAUSE_NS);
      return false;
    }
  }

  private static void delete(Path folder) throws IOException {
    List<Path> contents;
    try (Stream<Path> walk = Files.walk(folder)) {
      contents = walk.sorted(Comparator.reverseOrder()).toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    for (Path each : contents) {
      Files.deleteIfExists(each);
    }
  }
}
