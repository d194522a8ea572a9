package org.pktlab.launcher;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.wiring.BundleRevision;

/**
 * An OSGi framework in this process, started from features. The bundles see the JDK and, from the launcher's class path, SLF4J only, so that all of them log
 * to one place without a logging bundle. Bundles are used where they lie; the framework's own state is in a folder that is removed at the end.
 */
final class Container implements AutoCloseable {
  private static final String SHARED_PACKAGES =
      "org.slf4j;version=\"2.0.6\",org.slf4j.event;version=\"2.0.6\",org.slf4j.helpers;version=\"2.0.6\",org.slf4j.spi;version=\"2.0.6\"";
  private static final long SETTLE_MILLIS = 1_000;
  private static final long STOP_MILLIS = 5_000;

  private final StateFolder state;
  private final Framework framework;

  private Container(StateFolder state, Framework framework) {
    this.state = state;
    this.framework = framework;
  }

  /**
   * Starts a container and returns when all its bundles are active.
   *
   * @param name names the folder of its state; the role, usually
   * @param features names of feature documents
   * @param properties framework properties besides those that every container has
   */
  static Container start(String name, Distribution distribution, List<String> features, Map<String, String> properties) throws CommandFailure {
    List<Path> documents = new ArrayList<>();
    for (String feature : features) {
      documents.add(distribution.feature(feature));
    }
    List<Features.Entry> entries = Features.read(documents);
    StateFolder state = StateFolder.create(name);
    Map<String, Object> settings = new HashMap<>(properties);
    int highest = entries.stream().mapToInt(Features.Entry::startLevel).max().orElse(1);
    settings.put(Constants.FRAMEWORK_BEGINNING_STARTLEVEL, Integer.toString(highest));
    settings.put(Constants.FRAMEWORK_STORAGE, state.path().resolve("cache").toString());
    settings.put(Constants.FRAMEWORK_STORAGE_CLEAN, Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT);
    settings.put(Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, SHARED_PACKAGES);
    settings.put(Constants.FRAMEWORK_BOOTDELEGATION, "jdk.jfr.internal.*"); // the flight recorder rewrites classes of bundles so that they call these
    settings.put("felix.log.logger", new FrameworkLog());
    settings.put("pktlab.state", state.path().toString());
    settings.put("pktlab.shell.socket", state.path().resolve(StateFolder.SOCKET).toString());
    System.setProperty("io.netty.native.workdir", state.path().toString()); // not /tmp, where a killed process leaves its libraries for ever
    @SuppressWarnings({"unchecked", "rawtypes"}) // Felix takes objects such as the logger, its signature says texts
    Framework framework = new FrameworkFactory().newFramework((Map) settings);
    Container container = new Container(state, framework);
    try {
      container.start(distribution, entries);
      return container;
    } catch (CommandFailure | RuntimeException e) {
      container.close();
      throw e;
    }
  }

  private void start(Distribution distribution, List<Features.Entry> entries) throws CommandFailure {
    List<Bundle> bundles = new ArrayList<>();
    List<Bundle> optional = new ArrayList<>();
    try {
      framework.init();
      for (Features.Entry entry : entries) {
        Path file = distribution.bundle(entry.id());
        if (!Files.isRegularFile(file)) {
          if (entry.optional()) {
            continue;
          }
          throw new CommandFailure("the bundle " + entry.id() + " is not in " + distribution.root().resolve("repository") + ": build again with mvn package");
        }
        Bundle bundle = framework.getBundleContext().installBundle("reference:" + file.toUri());
        bundle.adapt(BundleStartLevel.class).setStartLevel(entry.startLevel());
        (entry.optional() ? optional : bundles).add(bundle);
      }
      for (Bundle bundle : bundles) {
        if (!isFragment(bundle)) {
          bundle.start(); // marks it only: the framework has no start level yet
        }
      }
      framework.start();
      for (Bundle bundle : optional) {
        startIfItCan(bundle);
      }
    } catch (BundleException e) {
      throw new CommandFailure("the container does not start: " + e.getMessage());
    }
    for (Bundle bundle : bundles) {
      if (!isFragment(bundle) && bundle.getState() != Bundle.ACTIVE) {
        throw new CommandFailure("bundle " + bundle.getSymbolicName() + " is not active: " + whyNot(bundle));
      }
    }
  }

  private static void startIfItCan(Bundle bundle) {
    try {
      if (!isFragment(bundle)) {
        bundle.start();
      }
    } catch (BundleException e) {
      new FrameworkLog().doLog(null, null, FrameworkLog.LOG_DEBUG, "bundle " + bundle.getSymbolicName() + " is left out: " + e.getMessage(), null);
    }
  }

  private static boolean isFragment(Bundle bundle) {
    return (bundle.adapt(BundleRevision.class).getTypes() & BundleRevision.TYPE_FRAGMENT) != 0;
  }

  private static String whyNot(Bundle bundle) {
    try {
      bundle.start();
      return "it started late";
    } catch (BundleException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return String.valueOf(cause.getMessage()).replace('\n', ' ');
    }
  }

  BundleContext context() {
    return framework.getBundleContext();
  }

  /** The bundle of that symbolic name. */
  Optional<Bundle> bundle(String symbolicName) {
    for (Bundle bundle : context().getBundles()) {
      if (symbolicName.equals(bundle.getSymbolicName())) {
        return Optional.of(bundle);
      }
    }
    return Optional.empty();
  }

  /** Waits until the framework has stopped, for whatever reason. */
  void awaitStop() throws InterruptedException {
    framework.waitForStop(0);
  }

  /** Removes the state while the framework runs, for a process that ends at once. */
  void removeState() {
    state.close();
  }

  /** Whether the framework has stopped. */
  boolean isStopped() {
    return framework.getState() == Bundle.RESOLVED || framework.getState() == Bundle.INSTALLED;
  }

  /** Stops the framework, waits a few seconds for it, and removes its state. Idempotent; any thread may call it. */
  @Override
  public void close() {
    try {
      settle();
      framework.stop();
      framework.waitForStop(STOP_MILLIS);
    } catch (BundleException e) {
      new FrameworkLog().doLog(null, null, FrameworkLog.LOG_WARNING, "the container stops untidily: " + e.getMessage(), null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    state.close();
  }

  private void settle() throws InterruptedException {
    if (framework.getState() == Bundle.ACTIVE) {
      try {
        Configurations.settle(context(), SETTLE_MILLIS);
      } catch (IllegalStateException e) {
        // It stops already.
      }
    }
  }
}
