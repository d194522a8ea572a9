package org.pktlab.broker.core;

import java.lang.annotation.Annotation;
import java.util.HashMap;
import java.util.Map;

/** A configuration made of a few directives; the others have their defaults. */
@SuppressWarnings("ClassExplicitlyAnnotation")
final class Configured implements BrokerConfiguration {
  private final Map<String, String> directives;

  Configured(Map<String, String> directives) {
    this.directives = directives;
  }

  Configured with(String directive, String value) {
    Map<String, String> changed = new HashMap<>(directives);
    changed.put(directive, value);
    return new Configured(changed);
  }

  private String get(String directive) {
    try {
      String standard = (String) BrokerConfiguration.class.getDeclaredMethod(directive).getDefaultValue();
      return directives.getOrDefault(directive, standard);
    } catch (NoSuchMethodException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public String Publish() {
    return get("Publish");
  }

  @Override
  public String Subscribe() {
    return get("Subscribe");
  }

  @Override
  public String PrivKey() {
    return get("PrivKey");
  }

  @Override
  public String CertChainPath() {
    return get("CertChainPath");
  }

  @Override
  public String ClientRootPath() {
    return get("ClientRootPath");
  }

  @Override
  public String StoreDir() {
    return get("StoreDir");
  }

  @Override
  public Class<? extends Annotation> annotationType() {
    return BrokerConfiguration.class;
  }
}
