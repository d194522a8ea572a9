package org.pktlab.shell.commands;

import java.nio.ByteBuffer;
import org.pktlab.controller.EndpointSession;
import org.pktlab.controller.ExperimentListener;
import org.pktlab.link.LinkEnd;
import org.pktlab.link.LinkHandler;

/** Tells in the session who comes for a publication, and sends them away again. */
record VisitorLog(SessionOutput output) implements ExperimentListener {
  /** Whoever is being sent away is not listened to. */
  private static final LinkHandler DEAF =
      new LinkHandler() {
        @Override
        public void onFrame(ByteBuffer buffer, int offset, int length) {}

        @Override
        public void onClosed(LinkEnd reason) {}
      };

  @Override
  public void onPublished() {
    output.remark("published");
  }

  @Override
  public void onRefused(String peer, String reason) {
    output.remark("refused " + peer + ": " + reason);
  }

  @Override
  public void onNotice(String line) {
    output.remark(line);
  }

  @Override
  public LinkHandler onSession(EndpointSession visitor) {
    output.remark("endpoint " + visitor.endpointKeyId() + " came from " + visitor.link().remoteAddress() + " as session " + visitor.number());
    visitor.link().close();
    return DEAF;
  }

  @Override
  public void onEnded(String reason) {
    output.remark("ended: " + reason);
    output.end();
  }
}
