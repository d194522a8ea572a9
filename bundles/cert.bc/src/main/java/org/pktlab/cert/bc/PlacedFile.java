package org.pktlab.cert.bc;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import org.pktlab.cert.CredentialException;
import org.pktlab.cert.CredentialFiles;

/** Files that are read whole and put in their place whole. */
final class PlacedFile {
  /** For private keys; the process's mask can only take away from it. */
  static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

  static final Set<PosixFilePermission> PUBLIC = PosixFilePermissions.fromString("rw-r--r--");

  private PlacedFile() {}

  static byte[] read(Path file) throws CredentialException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] octets = in.readNBytes(CredentialFiles.MAX_OCTETS + 1);
      if (octets.length > CredentialFiles.MAX_OCTETS) {
        throw new CredentialException(file + " is larger than a key or certificate file may be");
      }
      return octets;
    } catch (IOException e) {
      throw failed("read", file, e);
    }
  }

  /**
   * Writes a file that has its permissions from the first moment and shows itself only when it is complete.
   *
   * @param replace whether one that exists may be replaced
   */
  static void write(Path file, byte[] octets, Set<PosixFilePermission> permissions, boolean replace) throws CredentialException {
    Path target = file.toAbsolutePath();
    Path temporary = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      try {
        create(temporary, octets, PosixFilePermissions.asFileAttribute(permissions));
        if (replace) {
          Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } else {
          place(temporary, target);
        }
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (UnsupportedOperationException e) {
      throw new CredentialException(file + " lies on a file system that cannot keep it to its owner", e);
    } catch (IOException e) {
      throw failed("write", file, e);
    }
  }

  private static void create(Path file, byte[] octets, FileAttribute<?> permissions) throws IOException {
    EnumSet<StandardOpenOption> options = EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (SeekableByteChannel channel = Files.newByteChannel(file, options, permissions)) {
      ByteBuffer buffer = ByteBuffer.wrap(octets);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      if (channel instanceof FileChannel) {
        ((FileChannel) channel).force(true);
      }
    }
  }

  /** Puts a file in a place that must be free; a second name for it is the only way that neither replaces nor shows a part. */
  private static void place(Path temporary, Path target) throws IOException {
    try {
      Files.createLink(target, temporary);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (UnsupportedOperationException | FileSystemException e) {
      if (Files.exists(target)) {
        throw new FileAlreadyExistsException(target.toString());
      }
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private static CredentialException failed(String verb, Path file, IOException e) {
    String reason = e.getMessage();
    if (e instanceof NoSuchFileException) {
      reason = "no such file or folder";
    } else if (e instanceof FileAlreadyExistsException) {
      reason = "it exists already";
    } else if (e instanceof AccessDeniedException) {
      reason = "permission denied";
    }
    return new CredentialException("cannot " + verb + " " + file + ": " + reason, e);
  }
}
