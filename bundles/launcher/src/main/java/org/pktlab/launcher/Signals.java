package org.pktlab.launcher;

import java.lang.reflect.Proxy;

/**
 * SIGINT and SIGTERM. Through the JDK's {@code sun.misc.Signal}, by reflection because it is not in every JDK's contract; where it is missing, the virtual machine
 * ends at once as it does by default, and the next start cleans up.
 */
final class Signals {
  private Signals() {}

  /** Runs the action, on a thread of the virtual machine, whenever the signal comes; {@code name} is {@code INT} or {@code TERM}. */
  static void on(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  action.run();
                  return null;
                }
                return method.getName().equals("equals") ? (Object) (self == arguments[0]) : System.identityHashCode(self);
              });
      signal.getMethod("handle", signal, handler).invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      // No such signal here.
    }
  }
}
