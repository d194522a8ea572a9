package org.pktlab.controller.core;

import java.lang.annotation.Annotation;
import java.util.HashMap;
import java.util.Map;

/** A configuration made of a few directives; the others have their defaults. */
@SuppressWarnings("ClassExplicitlyAnnotation")
final class Configured implements ControllerConfiguration {
  private final Map<String, String> directives;
  private final String[] entries;

  private Configured(Map<String, String> directives, String... entries) {
    this.directives = directives;
    this.entries = entries;
  }

  /** Awaits endpoints on a free port, without publication. */
  static Configured usual(Pki pki) {
    return new Configured(
        Map.of("EnableExpPublication", "0", "ControllerPrivkeyPath", pki.path("controller.key"), "Listen", "127.0.0.1:0"), pki.entry(true, "", "", ""));
  }

  /** As {@link #usual}, published at a broker. */
  static Configured publishing(Pki pki, String broker) {
    return usual(pki)
        .with("EnableExpPublication", "1")
        .with("BrokerAddr", broker)
        .with("PubAgentCertPath", pki.path("agent.cert"))
        .with("BrokerCertRootPath", pki.path("agents.pub"));
  }

  Configured with(String directive, String value) {
    Map<String, String> changed = new HashMap<>(directives);
    changed.put(directive, value);
    return new Configured(changed, entries);
  }

  Configured entries(String... values) {
    return new Configured(directives, values);
  }

  private String get(String directive) {
    try {
      String standard = (String) ControllerConfiguration.class.getDeclaredMethod(directive).getDefaultValue();
      return directives.getOrDefault(directive, standard);
    } catch (NoSuchMethodException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public String EnableExpPublication() {
    return get("EnableExpPublication");
  }

  @Override
  public String BrokerAddr() {
    return get("BrokerAddr");
  }

  @Override
  public String PubAgentCertPath() {
    return get("PubAgentCertPath");
  }

  @Override
  public String BrokerCertRootPath() {
    return get("BrokerCertRootPath");
  }

  @Override
  public String PubControllerAddr() {
    return get("PubControllerAddr");
  }

  @Override
  public String PubPeriod() {
    return get("PubPeriod");
  }

  @Override
  public String PubExpPriority() {
    return get("PubExpPriority");
  }

  @Override
  public String PubCountry() {
    return get("PubCountry");
  }

  @Override
  public String PubLocation() {
    return get("PubLocation");
  }

  @Override
  public String GreetPeriodAfterPubEnd() {
    return get("GreetPeriodAfterPubEnd");
  }

  @Override
  public String ControllerPrivkeyPath() {
    return get("ControllerPrivkeyPath");
  }

  @Override
  public String ProgramDirPath() {
    return get("ProgramDirPath");
  }

  @Override
  public String EnableProxyMode() {
    return get("EnableProxyMode");
  }

  @Override
  public String Listen() {
    return get("Listen");
  }

  @Override
  public String Published() {
    return get("Published");
  }

  @Override
  public String HostId() {
    return get("HostId");
  }

  @Override
  public String[] ExpExec() {
    return entries.clone();
  }

  @Override
  public Class<? extends Annotation> annotationType() {
    return ControllerConfiguration.class;
  }
}
