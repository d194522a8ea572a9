package org.pktlab.itests.felix;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.test.common.annotation.InjectBundleContext;
import org.osgi.test.common.annotation.InjectService;
import org.osgi.test.junit5.context.BundleContextExtension;
import org.osgi.test.junit5.service.ServiceExtension;
import org.pktlab.cert.CertificateIssuer;
import org.pktlab.cert.CredentialFiles;
import org.pktlab.mlet.run.MletRunner;
import org.pktlab.mlet.run.Outcome;
import org.pktlab.mlet.run.RunListener;
import org.pktlab.mlet.run.RunRequest;
import org.pktlab.role.RoleStatus;

/** Broker, endpoint and controller in one framework, with real TLS and certificates over loopback; each test has its own. */
@ExtendWith({BundleContextExtension.class, ServiceExtension.class})
@Timeout(60)
abstract class RunningRoles {
  @InjectBundleContext BundleContext context;
  @InjectService(timeout = 10_000) ConfigurationAdmin admin;
  @InjectService(timeout = 10_000) CertificateIssuer issuer;
  @InjectService(timeout = 10_000) CredentialFiles files;
  @InjectService(timeout = 10_000) MletRunner runner;

  final List<Configuration> configurations = new ArrayList<>();
  Credentials credentials;
  private int publish;
  int subscribe;

  @BeforeEach
  void startRoles() throws Exception {
    credentials = new Credentials(issuer, files);
    publish = freePort();
    subscribe = freePort();
    configure("broker", credentials.broker(publish, subscribe));
    awaitRole("broker");
    configure("endpoint", endpoint());
    awaitRole("endpoint");
    configure("controller", credentials.controller(publish));
    awaitRole("controller");
  }

  @AfterEach
  void stopRoles() throws IOException {
    for (Configuration configuration : configurations) {
      configuration.delete();
    }
    await("roles gone", () -> references(String.class, "(pktlab.role=*)").isEmpty());
  }

  /** The endpoint's configuration. */
  Hashtable<String, Object> endpoint() {
    return credentials.endpoint(subscribe);
  }

  private void configure(String role, Hashtable<String, Object> properties) throws IOException {
    Configuration configuration = admin.getConfiguration("org.pktlab." + role, "?");
    configuration.update(properties);
    configurations.add(configuration);
  }

  void awaitRole(String role) {
    await("role " + role + " ready", () -> !references(String.class, "(&(pktlab.role=" + role + ")(pktlab.ready=true))").isEmpty());
  }

  <T> List<ServiceReference<T>> references(Class<T> type, String filter) {
    try {
      return new ArrayList<>(context.getServiceReferences(type, filter));
    } catch (org.osgi.framework.InvalidSyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }

  RoleStatus status(String role) {
    return context.getService(references(RoleStatus.class, "(pktlab.role=" + role + ")").get(0));
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  interface Condition {
    boolean holds() throws Exception;
  }

  static void await(String what, Condition condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    try {
      while (!condition.holds()) {
        if (System.nanoTime() - deadline > 0) {
          fail("timed out waiting for: " + what);
        }
        TimeUnit.MILLISECONDS.sleep(20);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fail("interrupted while waiting for: " + what);
    } catch (Exception e) {
      fail(what, e);
    }
  }

  Outcome run(String mlet, List<String> arguments, ByteArrayOutputStream output, List<String> said) throws Exception {
    return runner.run(
        new RunRequest(mlet, arguments, 1, null, null, null, "jsonl", false, output),
        new RunListener() {
          @Override
          public void onNotice(String line) {
            said.add(line);
          }

          @Override
          public void onRefused(String peer, String reason) {
            said.add(peer + " refused: " + reason);
          }

          @Override
          public void onEndpoint(long session, String endpoint, State state, long rows, String detail) {
            said.add("endpoint " + state + " " + detail);
          }
        });
  }
}
