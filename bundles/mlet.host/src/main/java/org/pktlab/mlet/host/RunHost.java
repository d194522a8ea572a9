package org.pktlab.mlet.host;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.Version;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.pktlab.controller.Controller;
import org.pktlab.controller.ExperimentRefusedException;
import org.pktlab.controller.ExperimentRequest;
import org.pktlab.mlet.ArgumentParser;
import org.pktlab.mlet.Arguments;
import org.pktlab.mlet.Declaration;
import org.pktlab.mlet.Mlet;
import org.pktlab.mlet.UsageException;
import org.pktlab.mlet.run.MletRunner;
import org.pktlab.mlet.run.Outcome;
import org.pktlab.mlet.run.ResultFormat;
import org.pktlab.mlet.run.RunListener;
import org.pktlab.mlet.run.RunRefusedException;
import org.pktlab.mlet.run.RunRequest;

/** Runs the mlets that are installed, with the controller and the result formats that are there. */
@Component
public final class RunHost implements MletRunner {
  /** An mlet, its declaration taken once, and what it came in. */
  private record Installed(Mlet mlet, Declaration declaration, String software) {}

  private final List<Installed> mlets = new CopyOnWriteArrayList<>();
  private final List<ResultFormat> formats = new CopyOnWriteArrayList<>();
  private volatile Controller controller;

  /** Made by the component runtime. */
  @Activate
  public RunHost() {}

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void bindMlet(Mlet mlet, ServiceReference<Mlet> reference) {
    Declaration declaration = mlet.declaration();
    mlets.add(new Installed(mlet, declaration, software(declaration, reference == null ? null : reference.getBundle())));
  }

  void unbindMlet(Mlet mlet) {
    mlets.removeIf(m -> m.mlet() == mlet);
  }

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void bindFormat(ResultFormat format) {
    formats.add(format);
  }

  void unbindFormat(ResultFormat format) {
    formats.remove(format);
  }

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  void bindController(Controller found) {
    controller = found;
  }

  void unbindController(Controller gone) {
    if (controller == gone) {
      controller = null;
    }
  }

  private static String software(Declaration declaration, Bundle bundle) {
    Bundle host = FrameworkUtil.getBundle(RunHost.class);
    return "pktlab/" + version(host) + " " + declaration.name() + "/" + version(bundle);
  }

  private static String version(Bundle bundle) {
    if (bundle == null) {
      return "unknown";
    }
    Version version = bundle.getVersion();
    return version.getMajor() + "." + version.getMinor() + "." + version.getMicro();
  }

  @Override
  public List<Declaration> mlets() {
    Map<String, Declaration> found = new TreeMap<>();
    mlets.forEach(m -> found.putIfAbsent(m.declaration().name(), m.declaration()));
    return List.copyOf(found.values());
  }

  @Override
  public Optional<Declaration> mlet(String name) {
    return installed(name).map(Installed::declaration);
  }

  private Optional<Installed> installed(String name) {
    return mlets.stream().filter(m -> m.declaration().name().equals(name)).findFirst();
  }

  /** Whether the controller is there. */
  boolean hasController() {
    return controller != null;
  }

  /** Names of the formats that are there, sorted. */
  List<String> formats() {
    return formats.stream().map(ResultFormat::name).sorted(Comparator.naturalOrder()).toList();
  }

  @Override
  public Outcome run(RunRequest request, RunListener listener) throws RunRefusedException, InterruptedException {
    Installed found =
        installed(request.mlet())
            .orElseThrow(() -> new RunRefusedException("there is no mlet '" + request.mlet() + "'; installed: " + names(), true));
    Arguments arguments = arguments(found.declaration(), request.arguments());
    ResultFormat format =
        formats.stream()
            .filter(f -> f.name().equals(request.format()))
            .findFirst()
            .orElseThrow(() -> new RunRefusedException("there is no format '" + request.format() + "'; installed: "
                + String.join(", ", formats()), true));
    Controller current = controller;
    if (current == null) {
      throw new RunRefusedException("there is no controller: it is not configured, or its configuration was refused", false);
    }
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    MletRun run = new MletRun(found.mlet(), found.declaration(), arguments, found.software(), listener);
    RowSink sink;
    try {
      sink = RowSink.open(format, found.declaration(), request.provenance(), request.output(), run::sinkFailed);
    } catch (IOException e) {
      throw new RunRefusedException("the results cannot be written: " + e.getMessage(), false);
    }
    run.sink(sink);
    try {
      run.experiment(current.start(new ExperimentRequest(request.sessions(), request.hostId(), request.listen(), request.published()),
          run));
    } catch (ExperimentRefusedException e) {
      throw new RunRefusedException(e.getMessage(), false);
    }
    Outcome outcome = run.await();
    try {
      sink.close();
    } catch (IOException e) {
      listener.onNotice("the results cannot be written: " + e.getMessage());
    }
    return outcome;
  }

  private static Arguments arguments(Declaration declaration, List<String> line) throws RunRefusedException {
    try {
      return ArgumentParser.parse(declaration, line);
    } catch (UsageException e) {
      throw new RunRefusedException(e.getMessage(), true);
    } catch (IllegalArgumentException e) {
      throw new RunRefusedException("the declaration of " + declaration.name() + " contradicts itself: " + e.getMessage(), false);
    }
  }

  private String names() {
    List<String> names = new ArrayList<>(mlets().stream().map(Declaration::name).toList());
    return names.isEmpty() ? "none" : String.join(", ", names);
  }
}
