package org.pktlab.config.reference;

import static org.pktlab.config.reference.Repeat.ADDS_UP;
import static org.pktlab.config.reference.Repeat.LAST;

import java.util.List;
import java.util.function.Predicate;
import org.pktlab.config.reference.DirectiveTable.Need;

/** The directives of {@code xpmgr.conf} (packetlab-rendezvous.md section 13.3, packetlab-manager.md section 2.2). */
public final class ManagerDirectives {
  private static final String PUBLISHING = "if EnableExpPublication is 1";
  private static final Predicate<ReferenceConfig> PUBLISHES = config -> config.isOn("EnableExpPublication");

  /** All of them. */
  public static final DirectiveTable TABLE =
      new DirectiveTable(
          "controller",
          List.of(
              d("EnableExpPublication", ValueKind.BOOLEAN, "", "always", "Publish the experiments, or only wait for endpoints"),
              d("BrokerAddr", ValueKind.ADDRESS, "", PUBLISHING, "Broker to publish at, default port 20556"),
              d("PubAgentCertPath", ValueKind.FILE, "", PUBLISHING, "Agent certificate shown to the broker"),
              d("BrokerCertRootPath", ValueKind.FILES, "", "", "Public keys that a broker's certificate may end in; none: any"),
              d("PubControllerAddr", ValueKind.ADDRESS, "", "", "Address that endpoints are told, default port 20556"),
              d("PubPeriod", ValueKind.NANOSECONDS, "", "", "How long an experiment stays published"),
              d("PubExpPriority", ValueKind.NUMBER, "", "", "Priority of the experiments"),
              d("PubCountry", ValueKind.COUNTRIES, "", "", "Countries of wanted endpoints, ISO 3166-1 alpha-3"),
              d("PubLocation", ValueKind.LOCATORS, "", "", "Maidenhead locators of wanted endpoints"),
              d("GreetPeriodAfterPubEnd", ValueKind.NANOSECONDS, "0", "", "How long endpoints are still served after the last publication"),
              d("ControllerPrivkeyPath", ValueKind.FILE, "", "always", "Private key of the controller, for everything"),
              new Directive("ExpExec", ValueKind.EXP_EXEC, "", ADDS_UP, "at least once", "One experiment: server name, chain, channels"),
              d("ProgramDirPath", ValueKind.FOLDER, "", "", "Directory of filter and monitor programs"),
              d("EnableProxyMode", ValueKind.BOOLEAN, "0", "", "Let endpoints come through a proxy"),
              d("BacklogConnAgentCertPath", ValueKind.FILE, "", "", "Agent certificate shown to the proxy"),
              d("ProxyCertRootPath", ValueKind.FILES, "", "", "Public keys that a proxy's certificate may end in; none: any"),
              d("TargetBacklogConn", ValueKind.LENIENT_COUNT, "2", "", "Idle connections to keep at the proxy for each server name"),
              d("BacklogConnTimeout", ValueKind.NANOSECONDS, "2000000000", "", "Time for each step of setting up such a connection"),
              d("BootstrapBacklogTimeout", ValueKind.NANOSECONDS, "5000000000", "", "Time for the first such connections at the start")),
          List.of(
              new Need(List.of("EnableExpPublication"), config -> true, "always"),
              new Need(List.of("ControllerPrivkeyPath"), config -> true, "always"),
              new Need(List.of("ExpExec"), config -> true, "at least once"),
              new Need(List.of("BrokerAddr"), PUBLISHES, PUBLISHING),
              new Need(List.of("PubAgentCertPath"), PUBLISHES, PUBLISHING)));

  private ManagerDirectives() {}

  private static Directive d(String name, ValueKind kind, String defaultValue, String need, String meaning) {
    return new Directive(name, kind, defaultValue, LAST, need, meaning);
  }
}
