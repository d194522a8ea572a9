package org.pktlab.shell.commands;

import org.pktlab.mlet.run.RunListener;

/** Tells in the session what happens to a run, one line each; states on the way are left out where they say nothing new. */
record RunReport(SessionOutput output) implements RunListener {
  @Override
  public void onNotice(String line) {
    output.remark(line);
  }

  @Override
  public void onRefused(String peer, String reason) {
    output.remark("refused " + peer + ": " + reason);
  }

  @Override
  public void onEndpoint(long session, String endpoint, State state, long rows, String detail) {
    if (state == State.CONNECTED) {
      output.remark("endpoint " + session + " at " + endpoint + " connected");
    } else if (state == State.FAILED) {
      output.remark("endpoint " + session + " at " + endpoint + " failed after " + rows + " rows: " + detail);
    } else if (state == State.DONE) {
      output.remark("endpoint " + session + " at " + endpoint + " done, " + rows + " rows");
    }
  }
}
