package org.pktlab.link;

import java.io.IOException;
import org.osgi.annotation.versioning.ProviderType;

/** Opens and accepts links. A service; any thread may call it. */
@ProviderType
public interface Links {
  /**
   * Starts to listen.
   *
   * @param request where, and as whom
   * @param acceptor told of every link whose handshake succeeded, and of every refusal
   * @return the listening server; close it to stop listening (established links go on)
   * @throws IOException when the address cannot be listened on; the message says which and why
   */
  LinkServer listen(ListenRequest request, LinkAcceptor acceptor) throws IOException;

  /**
   * Connects to one address and performs the handshake, without blocking.
   *
   * @param request where to, and as whom
   * @param outcome told exactly once
   * @return a handle whose {@code run} gives up an attempt still under way
   */
  Runnable connect(ConnectRequest request, ConnectOutcome outcome);
}
