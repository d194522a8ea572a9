package org.pktlab.launcher;

import org.apache.felix.framework.Logger;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;
import org.pktlab.launcher.log.LogSink;
import org.slf4j.event.Level;

/** Sends what the framework itself has to say to the log; by default it writes to standard output, which belongs to results. */
final class FrameworkLog extends Logger {
  @Override
  protected void doLog(Bundle bundle, ServiceReference reference, int level, String message, Throwable cause) {
    if (level <= LOG_WARNING) {
      String text = bundle == null ? message : message + " (bundle " + bundle.getSymbolicName() + ")";
      LogSink.write(level == LOG_ERROR ? Level.ERROR : Level.WARN, "framework", text, cause);
    }
  }
}
