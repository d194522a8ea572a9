package org.pktlab.launcher;

import org.pktlab.launcher.log.LogSink;
import org.slf4j.event.Level;

/** The program behind {@code ./pktlab}. */
public final class Main {
  private Main() {}

  /** Runs one command and exits with its status. */
  public static void main(String[] arguments) {
    LogSink.threshold(Level.INFO);
    int status = Pktlab.execute(arguments);
    System.out.flush();
    System.err.flush();
    System.exit(status);
  }
}
