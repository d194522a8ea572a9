package org.pktlab.launcher;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/** Finds out why a role does not come up: components of ours whose references or configuration are missing. */
final class Diagnosis {
  private static final String RUNTIME = "org.osgi.service.component.runtime.ServiceComponentRuntime";
  private static final int UNSATISFIED_CONFIGURATION = 1;
  private static final int UNSATISFIED_REFERENCE = 2;
  private static final int FAILED_ACTIVATION = 16;

  private Diagnosis() {}

  /** One line for each component that is not satisfied, by reflection on the container's component runtime. */
  static List<String> unsatisfied(BundleContext context) {
    List<String> found = new ArrayList<>();
    ServiceReference<?> reference = context.getServiceReference(RUNTIME);
    if (reference == null) {
      return List.of("no component runtime: the feature base is missing");
    }
    try {
      Object runtime = context.getService(reference);
      Class<?> type = runtime.getClass().getClassLoader().loadClass(RUNTIME);
      Object all = type.getMethod("getComponentDescriptionDTOs", org.osgi.framework.Bundle[].class).invoke(runtime, (Object) new org.osgi.framework.Bundle[0]);
      for (Object description : (Collection<?>) all) {
        String name = (String) field(description, "name");
        if (name.startsWith("org.pktlab.")) {
          Class<?> descriptionType = runtime.getClass().getClassLoader().loadClass("org.osgi.service.component.runtime.dto.ComponentDescriptionDTO");
          Object configured = type.getMethod("getComponentConfigurationDTOs", descriptionType).invoke(runtime, description);
          for (Object configuration : (Collection<?>) configured) {
            describe(name, configuration, found);
          }
        }
      }
    } catch (ReflectiveOperationException e) {
      found.add("the component runtime cannot be asked: " + e);
    } finally {
      context.ungetService(reference);
    }
    return found;
  }

  private static void describe(String name, Object configuration, List<String> found) throws ReflectiveOperationException {
    int state = (Integer) field(configuration, "state");
    if (state == UNSATISFIED_REFERENCE) {
      Object references = field(configuration, "unsatisfiedReferences");
      List<String> missing = new ArrayList<>();
      for (int i = 0; i < Array.getLength(references); i++) {
        missing.add(String.valueOf(field(Array.get(references, i), "name")));
      }
      found.add(name + " lacks " + String.join(", ", missing));
    } else if (state == UNSATISFIED_CONFIGURATION) {
      found.add(name + " has no configuration");
    } else if (state == FAILED_ACTIVATION) {
      String failure = String.valueOf(field(configuration, "failure"));
      found.add(name + " failed: " + failure.lines().findFirst().orElse(""));
    }
  }

  private static Object field(Object dto, String name) throws ReflectiveOperationException {
    return dto.getClass().getField(name).get(dto);
  }
}
