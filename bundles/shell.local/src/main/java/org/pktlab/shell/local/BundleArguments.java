package org.pktlab.shell.local;

import org.apache.felix.service.command.Converter;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Lets arguments of commands such as {@code stop} and {@code headers} name bundles, by number or by symbolic name. Gogo itself leaves that to its shells. */
@Component(service = Converter.class, property = Converter.CONVERTER_CLASSES + "=org.osgi.framework.Bundle")
public final class BundleArguments implements Converter {
  private final BundleContext system;

  /** Made by the component runtime. */
  @Activate
  public BundleArguments(BundleContext context) {
    system = context.getBundle(0).getBundleContext();
  }

  /** The bundle of that number or name; null, which is Gogo's word for "not mine", for everything else. */
  @Override
  public Object convert(Class<?> wanted, Object argument) {
    if (wanted != Bundle.class || !(argument instanceof CharSequence)) {
      return null;
    }
    String text = argument.toString();
    Bundle numbered = text.matches("[0-9]{1,18}") ? system.getBundle(Long.parseLong(text)) : null;
    if (numbered != null) {
      return numbered;
    }
    for (Bundle bundle : system.getBundles()) {
      if (text.equals(bundle.getSymbolicName())) {
        return bundle;
      }
    }
    return null;
  }

  @Override
  public CharSequence format(Object target, int level, Converter others) {
    return level == Converter.INSPECT || !(target instanceof Bundle bundle) ? null : bundle.getBundleId() + " " + bundle.getSymbolicName() + " " + bundle.getVersion();
  }
}
