package org.pktlab.controller.core;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.metatype.annotations.Designate;
import org.pktlab.cert.ChainMode;
import org.pktlab.cert.ChainVerifier;
import org.pktlab.cert.CredentialFiles;
import org.pktlab.cert.PassphraseSource;
import org.pktlab.controller.Controller;
import org.pktlab.controller.Experiment;
import org.pktlab.controller.ExperimentListener;
import org.pktlab.controller.ExperimentRefusedException;
import org.pktlab.controller.ExperimentRequest;
import org.pktlab.link.Link;
import org.pktlab.link.LinkAcceptor;
import org.pktlab.link.LinkHandler;
import org.pktlab.link.LinkLimits;
import org.pktlab.link.LinkServer;
import org.pktlab.link.Links;
import org.pktlab.link.ListenRequest;
import org.pktlab.link.ServerCredentials;
import org.pktlab.rendezvous.Address;
import org.pktlab.rendezvous.RendezvousException;
import org.pktlab.rendezvous.SniKey;
import org.pktlab.role.Refusal;
import org.pktlab.role.RefusalLog;
import org.pktlab.role.RoleAnnouncement;
import org.pktlab.role.RoleStatus;
import org.pktlab.role.SessionStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The controller role. It listens while there is an experiment; arriving endpoints find theirs by SNI key. The table of keys is guarded by this object's monitor,
 * held for moments only, and by loops too; the table of servers by its own, which may be held while a server begins or ends to listen, and
 * never by a loop.
 */
@Component(
    service = {Controller.class, RoleStatus.class},
    immediate = true,
    configurationPid = ControllerConfiguration.PID,
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    property = "pktlab.role=controller")
@Designate(ocd = ControllerConfiguration.class)
public final class ControllerRole implements Controller, RoleStatus {
  private static final Logger LOG = LoggerFactory.getLogger(ControllerRole.class);
  private static final String ROLE = "controller";

  private final Links links;
  private final Pace pace;
  private final ControllerSettings settings;
  private final String problem;
  private final RefusalLog refusals = new RefusalLog();
  private final SecureRandom random = new SecureRandom();
  private final ScheduledExecutorService conductor;
  private final ServiceRegistration<String> announcement;
  private final Instant since = Instant.now();
  private final Map<String, Target> bySni = new HashMap<>();
  private final Map<InetSocketAddress, Listening> listening = new HashMap<>();
  private final Set<ServedExperiment> experiments = new LinkedHashSet<>();
  private Target withoutSni;
  private long nextId = 1;
  private long endedCount;
  private long verifiedLinks;

  /** Where an arriving endpoint belongs. */
  private record Target(ServedExperiment experiment, ExperimentEntry entry) {}

  /** A listening server and how many experiments use it. */
  private static final class Listening {
    final LinkServer server;
    int users;

    Listening(LinkServer server) {
      this.server = server;
    }
  }

  /** Reads the configuration. One that cannot be used is announced and logged; every experiment is then refused with the same words. */
  @Activate
  public ControllerRole(
      BundleContext context,
      ControllerConfiguration configuration,
      @Reference Links links,
      @Reference CredentialFiles files,
      @Reference ChainVerifier verifier,
      @Reference(cardinality = ReferenceCardinality.OPTIONAL) PassphraseSource passphrases) {
    this(context, configuration, links, files, verifier, passphrases, Pace.USUAL);
  }

  ControllerRole(
      BundleContext context,
      ControllerConfiguration configuration,
      Links links,
      CredentialFiles files,
      ChainVerifier verifier,
      PassphraseSource passphrases,
      Pace pace) {
    this.links = links;
    this.pace = pace;
    ControllerSettings loaded = null;
    String failure = null;
    try {
      loaded = ControllerSettings.load(configuration, files, passphrases == null ? PassphraseSource.NONE : passphrases, verifier, epochNs());
    } catch (SettingsException e) {
      failure = e.getMessage();
      LOG.error("controller not started: {}", failure);
    }
    settings = loaded;
    problem = failure;
    conductor =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "pktlab-controller-conductor");
              thread.setDaemon(true);
              return thread;
            });
    if (settings == null) {
      announcement = RoleAnnouncement.failed(context, ROLE, failure);
    } else {
      String line = "controller " + settings.key().publicKey().keyId() + " ready, awaits endpoints on " + settings.listen();
      announcement = RoleAnnouncement.ready(context, ROLE, line);
    }
  }

  /** Nanoseconds since 1970 by the host's real-time clock. */
  static long epochNs() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }

  RefusalLog refusalLog() {
    return refusals;
  }

  @Override
  public Experiment start(ExperimentRequest request, ExperimentListener listener) throws ExperimentRefusedException {
    if (settings == null) {
      throw new ExperimentRefusedException(problem);
    }
    LinkServer server = listen(listenAddress(request.listen()));
    ServedExperiment experiment;
    try {
      experiment = register(server, request, listener);
    } catch (ExperimentRefusedException e) {
      release(server);
      throw e;
    }
    experiment.begin();
    return experiment;
  }

  private synchronized ServedExperiment register(LinkServer server, ExperimentRequest request, ExperimentListener listener)
      throws ExperimentRefusedException {
    List<SniKey> keys = new ArrayList<>();
    for (ExperimentEntry entry : settings.entries()) {
      SniKey key = entry.sniKey() != null ? entry.sniKey() : SniKey.random(random);
      Target other = bySni.get(key.text());
      if (other != null) {
        throw new ExperimentRefusedException(
            "the SNI key of an ExpExec entry is in use by experiment " + other.experiment().id() + ": wait for its end, or leave SNIKEY empty");
      }
      keys.add(key);
    }
    ServedExperiment experiment = new ServedExperiment(nextId, this, settings, links, conductor, server, keys, request, listener, pace);
    nextId++;
    experiments.add(experiment);
    for (int i = 0; i < keys.size(); i++) {
      Target target = new Target(experiment, settings.entries().get(i));
      bySni.put(keys.get(i).text(), target);
      if (target.entry().isDefault() && withoutSni == null) {
        withoutSni = target;
      }
    }
    return experiment;
  }

  /** Resolves, which may block, before anything is locked. */
  private InetSocketAddress listenAddress(String asked) throws ExperimentRefusedException {
    Address where = settings.listen();
    try {
      if (asked != null) {
        where = Address.parse(asked, Address.EXPERIMENT_PORT);
      }
      return new InetSocketAddress(InetAddress.getByName(where.host()), where.port());
    } catch (RendezvousException e) {
      throw new ExperimentRefusedException("listen address '" + asked + "': expected HOST or HOST:PORT (" + e.reason() + ")");
    } catch (UnknownHostException e) {
      throw new ExperimentRefusedException("listen address: the name " + where.host() + " does not resolve");
    }
  }

  /** Blocks until the server listens; its loop may meanwhile ask for credentials. */
  private LinkServer listen(InetSocketAddress address) throws ExperimentRefusedException {
    synchronized (listening) {
      Listening shared = listening.get(address);
      if (shared == null) {
        try {
          shared = new Listening(links.listen(new ListenRequest(address, this::credentials, LinkLimits.SESSION), new Acceptor()));
        } catch (IOException e) {
          throw new ExperimentRefusedException(
              "cannot listen on " + address.getAddress().getHostAddress() + ":" + address.getPort() + ": " + e.getMessage(), e);
        }
        // A system may report another form of the wildcard address than the one asked for, so what was asked for is the key.
        listening.put(address.getPort() == 0 ? shared.server.address() : address, shared);
      }
      shared.users++;
      return shared.server;
    }
  }

  /** Blocks until a server without further users is closed, so no loop may call it. */
  private void release(LinkServer server) {
    synchronized (listening) {
      Listening unused = null;
      for (Listening shared : listening.values()) {
        if (shared.server == server && --shared.users == 0) {
          unused = shared;
        }
      }
      if (unused != null) {
        listening.values().remove(unused);
        server.close();
      }
    }
  }

  private synchronized ServerCredentials credentials(String sniKey) {
    Target target = sniKey == null ? withoutSni : bySni.get(sniKey);
    if (target == null) {
      return null;
    }
    ExperimentEntry entry = target.entry();
    return new ServerCredentials(
        settings.key(), entry.chain(), ChainMode.CONTROLLER_JUDGES_ENDPOINT, entry.operators(), !entry.operators().isEmpty(), target);
  }

  private final class Acceptor implements LinkAcceptor {
    @Override
    public LinkHandler onLink(Link link) {
      Target target = (Target) link.peer().attachment();
      synchronized (ControllerRole.this) {
        verifiedLinks++;
      }
      return target.experiment().accept(link, target.entry());
    }

    @Override
    public void onRefused(InetSocketAddress remote, String reason) {
      String peer = String.valueOf(remote);
      refusals.add(peer, "connection", reason);
      LOG.warn("peer={} refused: {}", peer, reason);
      List<ServedExperiment> current;
      synchronized (ControllerRole.this) {
        current = new ArrayList<>(experiments);
      }
      if (current.size() == 1) {
        current.get(0).listener().onRefused(peer, reason);
      }
    }
  }

  /** An experiment accepts no further endpoints. */
  void withdraw(ServedExperiment experiment, List<SniKey> keys, LinkServer server) {
    synchronized (this) {
      keys.forEach(key -> bySni.remove(key.text()));
      if (withoutSni != null && withoutSni.experiment() == experiment) {
        withoutSni = bySni.values().stream().filter(target -> target.entry().isDefault()).findFirst().orElse(null);
      }
    }
    try {
      conductor.execute(() -> release(server)); // the caller may be the loop that has to close it
    } catch (RejectedExecutionException e) {
      LOG.trace("the role has stopped, and closed it");
    }
  }

  /** An experiment is over. */
  synchronized void ended(ServedExperiment experiment) {
    experiments.remove(experiment);
    endedCount++;
  }

  @Deactivate
  void stop() {
    try {
      announcement.unregister();
    } catch (IllegalStateException e) {
      LOG.trace("already gone with its bundle");
    }
    List<ServedExperiment> open;
    synchronized (this) {
      open = new ArrayList<>(experiments);
    }
    open.forEach(ServedExperiment::abort);
    conductor.shutdown();
    synchronized (listening) {
      listening.values().forEach(shared -> shared.server.close());
      listening.clear();
    }
  }

  @Override
  public String role() {
    return ROLE;
  }

  @Override
  public Map<String, String> info() {
    Map<String, String> info = new LinkedHashMap<>();
    info.put("role", ROLE);
    if (settings == null) {
      info.put("state", "not started: " + problem);
      return info;
    }
    info.put("key", settings.key().publicKey().keyId().toString());
    info.put("awaits endpoints on", settings.listen().toString());
    info.put("broker", settings.publication() == null ? "none" : settings.publication().broker().toString());
    info.put("entries", Integer.toString(settings.entries().size()));
    info.put("programs", Integer.toString(settings.programs().size()));
    info.put("since", since.toString());
    return info;
  }

  @Override
  public List<SessionStatus> sessions() {
    List<ServedExperiment> current;
    synchronized (this) {
      current = new ArrayList<>(experiments);
    }
    List<SessionStatus> status = new ArrayList<>();
    current.forEach(experiment -> experiment.addStatus(status));
    return status;
  }

  @Override
  public List<Refusal> refusals() {
    return refusals.latest();
  }

  @Override
  public synchronized Map<String, Long> stats() {
    Map<String, Long> stats = new LinkedHashMap<>();
    stats.put("experiments running", (long) experiments.size());
    stats.put("experiments ended", endedCount);
    stats.put("endpoint connections", verifiedLinks);
    stats.put("refusals", refusals.total());
    return stats;
  }
}
