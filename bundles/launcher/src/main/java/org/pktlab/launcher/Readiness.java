package org.pktlab.launcher;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.ServiceReference;

/** Awaits what tells that a role is ready: services of JDK types that its bundles register (see {@code org.pktlab.role.RoleAnnouncement}). */
final class Readiness implements AutoCloseable {
  private static final String ROLE = "pktlab.role";
  private static final String READY = "pktlab.ready";

  /**
   * What a role said of itself.
   *
   * @param ready whether it is ready
   * @param line one line for people
   */
  record Announcement(boolean ready, String line) {}

  private final BundleContext context;
  private final Object changed = new Object();
  private final ServiceListener listener = this::serviceChanged;

  /** Begins to watch; before roles are configured, so that nothing is missed. */
  Readiness(BundleContext context) {
    this.context = context;
    try {
      context.addServiceListener(listener, "(|(objectClass=java.lang.String)(objectClass=java.util.concurrent.Callable))");
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private void serviceChanged(ServiceEvent event) {
    synchronized (changed) {
      changed.notifyAll();
    }
  }

  /** What the role says at present. */
  Optional<Announcement> announcement(String role) {
    for (ServiceReference<String> reference : references(String.class, "(&(" + ROLE + "=" + role + ")(" + READY + "=*))")) {
      String line = context.getService(reference);
      if (line != null) {
        return Optional.of(new Announcement(Boolean.TRUE.equals(reference.getProperty(READY)), line));
      }
    }
    return Optional.empty();
  }

  /** Waits until the role says something, at most this long (0: for ever). */
  Optional<Announcement> await(String role, long millis) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    synchronized (changed) {
      while (true) {
        Optional<Announcement> said = announcement(role);
        if (said.isPresent() || !pause(millis, end)) {
          return said;
        }
      }
    }
  }

  /** Waits for a service of that type and filter, at most this long; ends early when one of the roles announces failure. */
  <S> Optional<S> await(Class<S> type, String filter, List<String> roles, long millis) throws InterruptedException, CommandFailure {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    synchronized (changed) {
      while (true) {
        for (ServiceReference<S> reference : references(type, filter)) {
          S service = context.getService(reference);
          if (service != null) {
            return Optional.of(service);
          }
        }
        for (String role : roles) {
          Optional<Announcement> said = announcement(role);
          if (said.isPresent() && !said.get().ready()) {
            throw new CommandFailure(said.get().line());
          }
        }
        if (!pause(millis, end)) {
          return Optional.empty();
        }
      }
    }
  }

  /** Waits for a change; false when the time is over or the container has stopped. */
  private boolean pause(long millis, long end) throws InterruptedException {
    long left = millis == 0 ? 1_000 : TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
    if (left <= 0 || context.getBundle(0).getState() != org.osgi.framework.Bundle.ACTIVE) {
      return false;
    }
    changed.wait(Math.min(left, 1_000)); // a stopping framework tells nobody
    return true;
  }

  private <S> List<ServiceReference<S>> references(Class<S> type, String filter) {
    try {
      return new ArrayList<>(context.getServiceReferences(type, filter));
    } catch (InvalidSyntaxException | IllegalStateException e) {
      return List.of();
    }
  }

  @Override
  public void close() {
    try {
      context.removeServiceListener(listener);
    } catch (IllegalStateException e) {
      // The framework has stopped, and forgot the listener with it.
    }
  }
}
