package org.pktlab.launcher;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;

/**
 * Hands configurations to the container's Configuration Admin. By reflection: its package is the container's, and sharing it with the launcher would make the
 * launcher decide its version.
 */
final class Configurations {
  private static final String ADMIN = "org.osgi.service.cm.ConfigurationAdmin";
  private static final String LISTENER = "org.osgi.service.cm.ConfigurationListener";
  private static final String LAST = "org.pktlab.launcher.last";

  private Configurations() {}

  /** Sets the configuration of a PID. */
  static void set(BundleContext context, String pid, Map<String, Object> values) throws CommandFailure {
    ServiceReference<?> reference = context.getServiceReference(ADMIN);
    if (reference == null) {
      throw new CommandFailure("the container has no Configuration Admin: the feature base is missing");
    }
    try {
      Object admin = context.getService(reference);
      Class<?> type = admin.getClass().getClassLoader().loadClass(ADMIN);
      Object configuration = type.getMethod("getConfiguration", String.class, String.class).invoke(admin, pid, "?");
      Class<?> configurationType = admin.getClass().getClassLoader().loadClass("org.osgi.service.cm.Configuration");
      configurationType.getMethod("update", Dictionary.class).invoke(configuration, new Hashtable<>(values));
    } catch (InvocationTargetException e) {
      throw new CommandFailure("the configuration " + pid + " is not accepted: " + e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new CommandFailure("the container's Configuration Admin is none: " + e);
    } finally {
      context.ungetService(reference);
    }
  }

  /**
   * Waits until the container has been told of every configuration that was set. Configuration Admin tells on a thread of its own, in order; bundles that stop
   * meanwhile would fail under it. So a last configuration is set, and its coming is awaited. Returns early when there is no Configuration Admin.
   */
  static void settle(BundleContext context, long millis) throws InterruptedException {
    ServiceReference<?> reference = context.getServiceReference(ADMIN);
    if (reference == null) {
      return;
    }
    CountDownLatch told = new CountDownLatch(1);
    ServiceRegistration<?> registration = null;
    try {
      Class<?> listener = context.getService(reference).getClass().getClassLoader().loadClass(LISTENER);
      Object proxy =
          Proxy.newProxyInstance(
              listener.getClassLoader(),
              new Class<?>[] {listener},
              (self, method, arguments) -> {
                switch (method.getName()) {
                  case "configurationEvent":
                    if (LAST.equals(arguments[0].getClass().getMethod("getPid").invoke(arguments[0]))) {
                      told.countDown();
                    }
                    return null;
                  case "equals":
                    return self == arguments[0];
                  case "hashCode":
                    return System.identityHashCode(self);
                  default:
                    return LISTENER;
                }
              });
      registration = context.registerService(LISTENER, proxy, null);
      set(context, LAST, Map.of());
      told.await(millis, TimeUnit.MILLISECONDS);
    } catch (ReflectiveOperationException | CommandFailure e) {
      // Then there is nothing to wait for.
    } finally {
      if (registration != null) {
        registration.unregister();
      }
      context.ungetService(reference);
    }
  }
}
