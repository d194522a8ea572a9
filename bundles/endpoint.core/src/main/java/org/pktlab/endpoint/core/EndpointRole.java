package org.pktlab.endpoint.core;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;
import org.pktlab.cert.CredentialFiles;
import org.pktlab.cert.PassphraseSource;
import org.pktlab.filter.FilterEngine;
import org.pktlab.link.Links;
import org.pktlab.protocol.MemoryMap;
import org.pktlab.protocol.Protocol;
import org.pktlab.role.Refusal;
import org.pktlab.role.RefusalLog;
import org.pktlab.role.RoleAnnouncement;
import org.pktlab.role.RoleStatus;
import org.pktlab.role.SessionStatus;
import org.pktlab.schedule.SendTimer;
import org.pktlab.transport.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The endpoint role: starts with its configuration, ends with it. */
@Component(
    service = RoleStatus.class,
    immediate = true,
    configurationPid = EndpointConfiguration.PID,
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    property = "pktlab.role=endpoint")
@Designate(ocd = EndpointConfiguration.class)
public final class EndpointRole implements RoleStatus {
  private static final Logger LOG = LoggerFactory.getLogger(EndpointRole.class);
  private static final String ROLE = "endpoint";
  private static final long STOP_SECONDS = 3;

  private final BundleContext context;
  private final RefusalLog refusals = new RefusalLog();
  private final Transports transports;
  private final BufferAccount buffer;
  private final EndpointSettings settings;
  private final HostFacts facts;
  private final ScheduledExecutorService conductor;
  private final ExperimentPool pool;
  private final BrokerSubscription subscription;
  private final Instant since = Instant.now();
  private volatile SendTimer timer = new LoopTimer();
  private volatile FilterEngine filters;
  private ServiceRegistration<String> announcement;

  /** Reads the configuration and begins to serve. A configuration that cannot be used is announced and logged; the role then idles until it changes. */
  @Activate
  public EndpointRole(
      BundleContext context,
      EndpointConfiguration configuration,
      @Reference Links links,
      @Reference CredentialFiles files,
      @Reference(cardinality = ReferenceCardinality.OPTIONAL) PassphraseSource passphrases) {
    this.context = context;
    EndpointSettings loaded;
    try {
      loaded = EndpointSettings.load(configuration, files, passphrases == null ? PassphraseSource.NONE : passphrases);
    } catch (SettingsException e) {
      LOG.error("endpoint not started: {}", e.getMessage());
      settings = null;
      facts = null;
      transports = new Transports(0);
      buffer = null;
      conductor = null;
      pool = null;
      subscription = null;
      announcement = RoleAnnouncement.failed(context, ROLE, e.getMessage());
      return;
    }
    settings = loaded;
    transports = new Transports(settings.protocols());
    buffer = new BufferAccount(settings.bufferLimit());
    facts = new HostFacts(settings.told(), settings.exported(), Path.of("/"));
    conductor =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "pktlab-endpoint-conductor");
              thread.setDaemon(true);
              return thread;
            });
    SessionHost host =
        new SessionHost(
            settings.exported(),
            facts,
            buffer,
            transports,
            () -> timer,
            () -> filters,
            EndpointRole::epochNs,
            settings.sendRate(),
            settings.mayConsume(),
            SessionHost.SETUP_NS,
            refusals);
    pool = new ExperimentPool(links, conductor, settings, host, this::idle);
    if (settings.direct() != null) {
      subscription = null;
      EndpointSettings.DirectSettings direct = settings.direct();
      String sni = direct.sniKey() == null ? null : direct.sniKey().text();
      announce("endpoint " + keyId() + " serves the controller at " + direct.controller());
      conductor.execute(() -> pool.offer("controller_addr=" + direct.controller() + ";", direct.controller(), sni, 0, -1));
    } else {
      subscription =
          new BrokerSubscription(
              links,
              conductor,
              settings,
              refusals,
              pool::offer,
              () -> announce("endpoint " + keyId() + " subscribed at " + settings.subscription().broker()),
              BrokerSubscription.Pace.USUAL);
      conductor.execute(subscription::start);
    }
  }

  /** Nanoseconds since 1970 by the host's real-time clock. */
  static long epochNs() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void addTransport(Transport transport, Map<String, Object> properties) {
    transports.add(transport, properties.get(Constants.SERVICE_RANKING) instanceof Integer ranking ? ranking : 0);
  }

  void removeTransport(Transport transport) {
    transports.remove(transport);
  }

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
  void setTimer(SendTimer offered) {
    timer = offered;
  }

  void unsetTimer(SendTimer offered) {
    if (timer == offered) {
      timer = new LoopTimer(); // sessions that run keep the alarm they have
    }
  }

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
  void setFilters(FilterEngine offered) {
    filters = offered;
  }

  void unsetFilters(FilterEngine offered) {
    if (filters == offered) {
      filters = null; // filters that were made go on working
    }
  }

  private synchronized void announce(String line) {
    if (announcement == null) {
      LOG.info(line);
      announcement = RoleAnnouncement.ready(context, ROLE, line);
    }
  }

  private void idle() {
    if (settings.direct() != null) {
      LOG.info("endpoint done: the session with its only controller is over");
      Thread stopper = new Thread(this::stopContainer, "pktlab-endpoint-stop");
      stopper.start(); // stopping the framework waits for this very component
    }
  }

  private void stopContainer() {
    try {
      context.getBundle(0).stop();
    } catch (BundleException e) {
      LOG.error("the container does not stop: {}", e.getMessage());
    }
  }

  /** Closes the sessions and the subscription. */
  @Deactivate
  void stop() {
    synchronized (this) {
      if (announcement != null) {
        try {
          announcement.unregister();
        } catch (IllegalStateException e) {
          LOG.trace("already gone with its bundle");
        }
      }
    }
    if (conductor == null) {
      return;
    }
    try {
      conductor
          .submit(
              () -> {
                if (subscription != null) {
                  subscription.stop();
                }
                pool.stop();
              })
          .get(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("endpoint stopped untidily: {}", e.toString());
    }
    conductor.shutdownNow();
  }

  private String keyId() {
    return settings.key().publicKey().keyId().toString();
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
      info.put("state", "not started");
      return info;
    }
    info.put("key", keyId());
    info.put("broker", subscription == null ? "none" : subscription.broker() + " " + subscription.state());
    info.put("sockets", kinds(transports.bits()) + " (offered: " + kinds(settings.protocols()) + ")");
    List<InetAddress> addresses = new ArrayList<>();
    settings.exported().ipv4().forEach(prefix -> addresses.add(prefix.address()));
    addresses.addAll(settings.exported().ipv6());
    info.put("addresses", String.join(" ", addresses.stream().map(InetAddress::getHostAddress).toList()));
    info.put("hostid", settings.exported().hostId());
    info.put("experiments at once", Integer.toString(settings.maxExperiments()));
    info.put("send rate", settings.sendRate() == null ? "unlimited" : settings.sendRate().octets() + " octets in " + settings.sendRate().windowNs() + " ns");
    info.put("timer", timer.getClass().getSimpleName());
    FilterEngine engine = filters;
    info.put("capture filters", engine == null ? "none" : engine.name());
    Transport raw = transports.get(Protocol.RAW);
    info.put("raw sockets by", raw == null ? "none" : raw.getClass().getSimpleName());
    facts.text().lines().forEach(line -> info.merge("host " + line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1), (one, other) -> one + " " + other));
    info.put("since", since.toString());
    return info;
  }

  private static String kinds(int bits) {
    List<String> kinds = new ArrayList<>();
    if ((bits & MemoryMap.PROTOCOL_RAW) != 0) {
      kinds.add("raw");
    }
    if ((bits & MemoryMap.PROTOCOL_TCP) != 0) {
      kinds.add("tcp");
    }
    if ((bits & MemoryMap.PROTOCOL_UDP) != 0) {
      kinds.add("udp");
    }
    return kinds.isEmpty() ? "none" : String.join(",", kinds);
  }

  @Override
  public List<SessionStatus> sessions() {
    return pool == null ? List.of() : pool.status();
  }

  @Override
  public List<Refusal> refusals() {
    return refusals.latest();
  }

  @Override
  public Map<String, Long> stats() {
    Map<String, Long> stats = new LinkedHashMap<>();
    stats.put("refusals", refusals.total());
    if (pool != null) {
      stats.put("experiments started", pool.started());
      stats.put("experiments ended", pool.completed());
      stats.put("buffer used", buffer.used());
      stats.put("buffer limit", buffer.limit());
    }
    if (subscription != null) {
      stats.put("broker connections", subscription.connections());
      stats.put("descriptors received", subscription.descriptors());
    }
    return stats;
  }
}
