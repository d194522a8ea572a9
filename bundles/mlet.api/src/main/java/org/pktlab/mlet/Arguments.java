package org.pktlab.mlet;

import java.time.Duration;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The values of an mlet's parameters for one run, checked against its declaration. Asking for a name or type that was not declared is a
 * fault of the mlet and throws {@link IllegalArgumentException}.
 */
@ProviderType
public interface Arguments {
  /** Whether the parameter has a value: one that was given, or a default. */
  boolean has(String name);

  /** A text value, or null. */
  String text(String name);

  /** Every value of a repeatable text parameter, in the order given. */
  List<String> texts(String name);

  /** A whole number; the parameter must have a value. */
  long integer(String name);

  /** A decimal; the parameter must have a value. */
  double decimal(String name);

  /** Whether a flag was given. */
  boolean flag(String name);

  /** A duration; the parameter must have a value. */
  Duration duration(String name);
}
