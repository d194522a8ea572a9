package org.pktlab.shell.local;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.felix.service.command.CommandProcessor;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves Gogo sessions on a local (Unix domain) socket that only the owner of the container can open. The path comes from the framework property {@value
 * #SOCKET}; without it there is no socket.
 */
@Component(service = LocalShell.class, immediate = true)
public final class LocalShell {
  /** Framework property: path of the socket. */
  static final String SOCKET = "pktlab.shell.socket";

  /** Conversations at the same time; further ones are told to come later. */
  static final int CONVERSATIONS = 8;

  /** Longest path that a socket address holds on the systems there are, in octets. */
  private static final int LONGEST_PATH = 103;

  private static final Logger LOG = LoggerFactory.getLogger(LocalShell.class);
  private static final String BUSY = "too many shells are attached to this role; leave one\n\0" + "1\n";

  private final CommandProcessor processor;
  private final Set<Conversation> conversations = ConcurrentHashMap.newKeySet();
  private final Path path;
  private final ServerSocketChannel server;

  /** Opens the socket and begins to accept. A path that cannot be used is logged; the shell is then not offered. */
  @Activate
  public LocalShell(BundleContext context, @Reference CommandProcessor processor) {
    this.processor = processor;
    String configured = context.getProperty(SOCKET);
    path = configured == null || configured.isEmpty() ? null : Path.of(configured);
    server = path == null ? null : open(path);
    if (server != null) {
      Thread acceptor = new Thread(this::accept, "pktlab-shell-accept");
      acceptor.setDaemon(true);
      acceptor.start();
    }
  }

  private static ServerSocketChannel open(Path path) {
    if (path.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_PATH) {
      LOG.warn("no local shell: the path {} is longer than {} octets; set PKTLAB_RUN_DIR to a shorter one", path, LONGEST_PATH);
      return null;
    }
    try {
      Files.createDirectories(path.toAbsolutePath().getParent(), onlyOwner("rwx------"));
      Files.deleteIfExists(path);
      ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      server.bind(UnixDomainSocketAddress.of(path), CONVERSATIONS);
      if (posix()) {
        // The folder keeps others out while the socket still has the permissions of the process's mask.
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
      }
      return server;
    } catch (IOException | UnsupportedOperationException e) {
      LOG.warn("no local shell at {}: {}", path, e.toString());
      return null;
    }
  }

  private static boolean posix() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  }

  private static FileAttribute<?>[] onlyOwner(String permissions) {
    return posix() ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))} : new FileAttribute<?>[0];
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        SocketChannel channel = server.accept();
        if (conversations.size() >= CONVERSATIONS) {
          try (channel) {
            channel.write(StandardCharsets.UTF_8.encode(BUSY));
          }
        } else {
          Conversation conversation = new Conversation(channel, processor, conversations::remove);
          conversations.add(conversation);
          conversation.start();
        }
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        LOG.warn("local shell: {}", e.toString());
      }
    }
  }

  /** Closes the socket and ends what runs in it. */
  @Deactivate
  void stop() {
    if (server == null) {
      return;
    }
    try {
      server.close();
      Files.deleteIfExists(path);
    } catch (IOException e) {
      LOG.warn("local shell: {}", e.toString());
    }
    conversations.forEach(Conversation::close);
  }
}
