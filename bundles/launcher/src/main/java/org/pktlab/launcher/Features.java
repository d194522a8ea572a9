package org.pktlab.launcher;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.felix.feature.impl.FeatureServiceImpl;
import org.osgi.service.feature.Feature;
import org.osgi.service.feature.FeatureBundle;
import org.osgi.service.feature.FeatureService;
import org.osgi.service.feature.ID;

/** Reads feature documents (OSGi Compendium, chapter 159) and adds up what they name. */
final class Features {
  /** Bundle metadata: when the bundle starts; from 1, 1 where it is missing. */
  static final String START_LEVEL = "start-level";

  /** Bundle metadata: true for one that is left out where it is not there, or not resolved, such as for want of a newer Java. */
  static final String OPTIONAL = "optional";

  /**
   * A bundle to install.
   *
   * @param id its Maven coordinates
   * @param startLevel when it starts, from 1
   * @param optional whether the container does without it where it must
   */
  record Entry(ID id, int startLevel, boolean optional) {}

  private Features() {}

  /** The bundles of these documents in their order, each once. */
  static List<Entry> read(List<Path> documents) throws CommandFailure {
    FeatureService service = new FeatureServiceImpl();
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (Path document : documents) {
      Feature feature;
      try (Reader reader = Files.newBufferedReader(document)) {
        feature = service.readFeature(reader);
      } catch (IOException | RuntimeException e) {
        throw new CommandFailure("feature " + document + " cannot be read: " + e.getMessage());
      }
      for (FeatureBundle bundle : feature.getBundles()) {
        Entry entry = new Entry(bundle.getID(), startLevel(document, bundle), Boolean.parseBoolean(String.valueOf(bundle.getMetadata().get(OPTIONAL))));
        Entry earlier = entries.putIfAbsent(bundle.getID().toString(), entry);
        if (earlier != null && earlier.startLevel() != entry.startLevel()) {
          throw new CommandFailure("feature " + document + " starts " + bundle.getID() + " at another level than an earlier feature");
        }
      }
    }
    return new ArrayList<>(entries.values());
  }

  private static int startLevel(Path document, FeatureBundle bundle) throws CommandFailure {
    Object level = bundle.getMetadata().getOrDefault(START_LEVEL, 1);
    try {
      int value = Integer.parseInt(level.toString());
      if (value >= 1) {
        return value;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new CommandFailure("feature " + document + ": " + START_LEVEL + " of " + bundle.getID() + " is '" + level + "', expected a number from 1");
  }
}
