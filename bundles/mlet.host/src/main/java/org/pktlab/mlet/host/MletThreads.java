package org.pktlab.mlet.host;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.concurrent.ThreadFactory;

/** Threads for mlets: virtual ones where the platform has them (JDK 21 and later), daemon threads where not. */
final class MletThreads {
  private static final ThreadFactory VIRTUAL = virtual();

  private MletThreads() {}

  /** A named thread that is not started yet. */
  static Thread unstarted(String name, Runnable task) {
    Thread thread = VIRTUAL != null ? VIRTUAL.newThread(task) : new Thread(task);
    thread.setName(name);
    if (VIRTUAL == null) {
      thread.setDaemon(true);
    }
    return thread;
  }

  /** Whether mlets run on virtual threads here. */
  static boolean areVirtual() {
    return VIRTUAL != null;
  }

  private static ThreadFactory virtual() {
    try {
      Method ofVirtual = Thread.class.getMethod("ofVirtual");
      Object builder = ofVirtual.invoke(null);
      Class<?> type = Class.forName("java.lang.Thread$Builder");
      return (ThreadFactory) type.getMethod("factory").invoke(builder);
    } catch (NoSuchMethodException | ClassNotFoundException | IllegalAccessException e) {
      return null;
    } catch (InvocationTargetException e) {
      // A preview of them (JDK 19 and 20) that is not enabled.
      return null;
    }
  }
}
