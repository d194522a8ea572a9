package org.pktlab.broker.core;

import java.io.IOException;
import java.net.InetSocketAddress;
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
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.metatype.annotations.Designate;
import org.pktlab.cert.CertificateDecoder;
import org.pktlab.cert.ChainMode;
import org.pktlab.cert.ChainVerifier;
import org.pktlab.cert.CredentialFiles;
import org.pktlab.cert.PassphraseSource;
import org.pktlab.link.LinkLimits;
import org.pktlab.link.LinkServer;
import org.pktlab.link.Links;
import org.pktlab.link.ListenRequest;
import org.pktlab.link.ServerCredentials;
import org.pktlab.role.Refusal;
import org.pktlab.role.RefusalLog;
import org.pktlab.role.RoleAnnouncement;
import org.pktlab.role.RoleStatus;
import org.pktlab.role.SessionStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The broker role: starts with its configuration, ends with it. */
@Component(
    service = RoleStatus.class,
    immediate = true,
    configurationPid = BrokerConfiguration.PID,
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    property = "pktlab.role=broker")
@Designate(ocd = BrokerConfiguration.class)
public final class BrokerRole implements RoleStatus {
  private static final Logger LOG = LoggerFactory.getLogger(BrokerRole.class);
  private static final String ROLE = "broker";
  private static final long STOP_SECONDS = 3;

  private final RefusalLog refusals = new RefusalLog();
  private final Instant since = Instant.now();
  private final List<LinkServer> servers = new ArrayList<>();
  private final BrokerSettings settings;
  private final ScheduledExecutorService conductor;
  private final Broker broker;
  private final ServiceRegistration<String> announcement;

  /**
   * Reads the configuration and begins to serve. A configuration that cannot be used is announced and logged; the role then idles until it
   * changes.
   */
  @Activate
  public BrokerRole(
      BundleContext context,
      BrokerConfiguration configuration,
      @Reference Links links,
      @Reference CertificateDecoder decoder,
      @Reference ChainVerifier verifier,
      @Reference CredentialFiles files,
      @Reference(cardinality = ReferenceCardinality.OPTIONAL) PassphraseSource passphrases) {
    this(context, configuration, links, decoder, verifier, files, passphrases, BrokerLimits.DEFAULT);
  }

  BrokerRole(
      BundleContext context,
      BrokerConfiguration configuration,
      Links links,
      CertificateDecoder decoder,
      ChainVerifier verifier,
      CredentialFiles files,
      PassphraseSource passphrases,
      BrokerLimits limits) {
    BrokerSettings loaded;
    try {
      loaded = BrokerSettings.load(configuration, files, passphrases == null ? PassphraseSource.NONE : passphrases);
    } catch (SettingsException e) {
      settings = null;
      conductor = null;
      broker = null;
      announcement = failed(context, e.getMessage());
      return;
    }
    settings = loaded;
    if (!settings.certificate().isValidAt(epochNs())) {
      LOG.warn("CertChainPath: the certificate is expired or not valid yet: clients will not accept it");
    }
    conductor =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "pktlab-broker-conductor");
              thread.setDaemon(true);
              return thread;
            });
    broker = new Broker(limits, decoder, verifier, conductor, BrokerRole::epochNs, refusals, settings);
    String problem = listen(links);
    if (problem != null) {
      stopServing();
      servers.clear();
      announcement = failed(context, problem);
      return;
    }
    String line = "broker " + keyId() + " " + where();
    LOG.info(line);
    announcement = RoleAnnouncement.ready(context, ROLE, line);
  }

  private static ServiceRegistration<String> failed(BundleContext context, String why) {
    LOG.error("broker not started: {}", why);
    return RoleAnnouncement.failed(context, ROLE, why);
  }

  /** Nanoseconds since 1970 by the host's real-time clock. */
  private static long epochNs() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }

  private String listen(Links links) {
    ServerCredentials credentials =
        new ServerCredentials(
            settings.key(), List.of(settings.certificate().der()), ChainMode.AGENT, settings.clientRoots(), true, null);
    String directive = "Publish";
    try {
      servers.add(links.listen(new ListenRequest(settings.publish(), sni -> credentials, LinkLimits.RENDEZVOUS), broker));
      if (!settings.shared()) {
        directive = "Subscribe";
        servers.add(links.listen(new ListenRequest(settings.subscribe(), sni -> credentials, LinkLimits.RENDEZVOUS), broker));
      }
      return null;
    } catch (IOException e) {
      return directive + ": " + e.getMessage();
    }
  }

  /** Closes the listening ports, all connections and the store. */
  @Deactivate
  void stop() {
    try {
      announcement.unregister();
    } catch (IllegalStateException e) {
      LOG.trace("already gone with its bundle");
    }
    if (broker != null) {
      stopServing();
    }
  }

  private void stopServing() {
    if (conductor.isShutdown()) {
      return;
    }
    servers.forEach(LinkServer::close);
    try {
      broker.stop().get(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("connections did not end in time: {}", e.toString());
    }
    try {
      conductor.submit(broker::finish).get(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("broker stopped untidily: {}", e.toString());
    }
    conductor.shutdown(); // not by interruption, which would hurt a store that is still closing
  }

  private String keyId() {
    return settings.key().publicKey().keyId().toString();
  }

  private String where() {
    if (servers.size() == 1) {
      return "publish and subscribe at " + text(servers.get(0).address());
    }
    return "publish at " + text(servers.get(0).address()) + ", subscribe at " + text(servers.get(1).address());
  }

  private static String text(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
  }

  @Override
  public String role() {
    return ROLE;
  }

  @Override
  public Map<String, String> info() {
    Map<String, String> info = new LinkedHashMap<>();
    info.put("role", ROLE);
    if (servers.isEmpty()) {
      info.put("state", "not started");
      return info;
    }
    info.put("key", keyId());
    info.put("publish", text(servers.get(0).address()));
    info.put("subscribe", text(servers.get(servers.size() - 1).address()));
    info.put("clients", settings.clientRoots().isEmpty() ? "any agent" : "agents of " + settings.clientRoots().size() + " root(s)");
    info.put("deliveries", broker.store());
    info.put("since", since.toString());
    return info;
  }

  @Override
  public List<SessionStatus> sessions() {
    return broker == null ? List.of() : broker.sessions();
  }

  @Override
  public List<Refusal> refusals() {
    return refusals.latest();
  }

  @Override
  public Map<String, Long> stats() {
    return broker == null ? Map.of() : broker.stats();
  }
}
