package org.pktlab.link;

import java.net.InetSocketAddress;
import org.osgi.annotation.versioning.ProviderType;

/** A listening socket that produces links. Any thread may call it. */
@ProviderType
public interface LinkServer extends AutoCloseable {
  /** Where it listens, with the port that was really taken. */
  InetSocketAddress address();

  /** Stops accepting; established links go on. Idempotent. */
  @Override
  void close();
}
