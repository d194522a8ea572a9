package org.pktlab.launcher;

import java.lang.reflect.InvocationTargetException;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Map;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/**
 * Hands configurations to the container's Configuration Admin. By reflection: its package is the container's, and sharing it with the launcher would make the
 * launcher decide its version.
 */
final class Configurations {
  private static final String ADMIN = "org.osgi.service.cm.ConfigurationAdmin";

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
}
