package org.pktlab.role;

import java.util.Hashtable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/**
 * Tells whoever started the container that a role is ready, or why it is not: a service of type {@link String}, so that a launcher outside the framework can
 * read it. The text is one line for people; the property {@value #ROLE} names the role and {@value #READY} says whether it is ready.
 */
public final class RoleAnnouncement {
  /** Service property: the role's name. */
  public static final String ROLE = "pktlab.role";

  /** Service property: {@link Boolean}, whether the role is ready. */
  public static final String READY = "pktlab.ready";

  private RoleAnnouncement() {}

  /** Announces that a role is ready; {@code line} says where it listens or whom it serves. */
  public static ServiceRegistration<String> ready(BundleContext context, String role, String line) {
    return register(context, role, true, line);
  }

  /** Announces that a role could not be started; {@code line} says why and what to do. */
  public static ServiceRegistration<String> failed(BundleContext context, String role, String line) {
    return register(context, role, false, line);
  }

  private static ServiceRegistration<String> register(BundleContext context, String role, boolean ready, String line) {
    Hashtable<String, Object> properties = new Hashtable<>();
    properties.put(ROLE, role);
    properties.put(READY, ready);
    return context.registerService(String.class, line, properties);
  }
}
