package org.pktlab.controller.core;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.List;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.pktlab.role.RoleAnnouncement;

/** A bundle context that keeps what a role announces. */
final class Announcements {
  final List<String> ready = new ArrayList<>();
  final List<String> failed = new ArrayList<>();
  int unregistered;

  BundleContext context() {
    return (BundleContext)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {BundleContext.class},
            (proxy, method, arguments) -> {
              if (!method.getName().equals("registerService")) {
                throw new UnsupportedOperationException(method.getName());
              }
              Dictionary<?, ?> properties = (Dictionary<?, ?>) arguments[2];
              ((boolean) properties.get(RoleAnnouncement.READY) ? ready : failed).add((String) arguments[1]);
              return Proxy.newProxyInstance(
                  getClass().getClassLoader(),
                  new Class<?>[] {ServiceRegistration.class},
                  (registration, called, nothing) -> {
                    unregistered++;
                    return null;
                  });
            });
  }
}
