package org.pktlab.mlet;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Values that were read and checked. */
final class ParsedArguments implements Arguments {
  private final Declaration declaration;
  private final Map<String, List<Object>> values;

  ParsedArguments(Declaration declaration, Map<String, List<Object>> values) {
    this.declaration = declaration;
    this.values = Map.copyOf(values);
  }

  @Override
  public boolean has(String name) {
    declared(name);
    return values.containsKey(name);
  }

  @Override
  public String text(String name) {
    check(name, ValueType.TEXT);
    List<Object> found = values.get(name);
    return found == null ? null : (String) found.get(found.size() - 1);
  }

  @Override
  public List<String> texts(String name) {
    check(name, ValueType.TEXT);
    return values.getOrDefault(name, List.of()).stream().map(String.class::cast).toList();
  }

  @Override
  public long integer(String name) {
    check(name, ValueType.INTEGER);
    return (Long) present(name);
  }

  @Override
  public double decimal(String name) {
    check(name, ValueType.DECIMAL);
    return (Double) present(name);
  }

  @Override
  public boolean flag(String name) {
    check(name, ValueType.BOOLEAN);
    List<Object> found = values.get(name);
    return found != null && (Boolean) found.get(found.size() - 1);
  }

  @Override
  public Duration duration(String name) {
    check(name, ValueType.DURATION);
    return (Duration) present(name);
  }

  private Object present(String name) {
    List<Object> found = values.get(name);
    if (found == null) {
      throw new IllegalArgumentException("parameter '" + name + "' has no value; ask has() first");
    }
    return found.get(found.size() - 1);
  }

  private Parameter declared(String name) {
    return declaration
        .parameter(name)
        .orElseThrow(() -> new IllegalArgumentException("parameter '" + name + "' is not declared by " + declaration.name()));
  }

  private void check(String name, ValueType type) {
    if (declared(name).type() != type) {
      throw new IllegalArgumentException("parameter '" + name + "' is declared as " + declared(name).type() + ", not " + type);
    }
  }
}
