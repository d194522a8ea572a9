package org.pktlab.launcher;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.osgi.service.feature.ID;

/**
 * The folder that the build assembles: {@code launcher/*.jar}, {@code features/*.json}, {@code repository/} in Maven layout, {@code runtime-ROLE/}, {@code
 * jvm.options}.
 *
 * @param root the folder
 */
record Distribution(Path root) {
  private static final String HOME = "pktlab.home";

  /** The distribution this program was started from: the system property {@value #HOME}, or the folder above the launcher's jar. */
  static Distribution here() throws CommandFailure {
    String home = System.getProperty(HOME);
    Path root;
    if (home != null) {
      root = Path.of(home);
    } else {
      try {
        root = Path.of(Distribution.class.getProtectionDomain().getCodeSource().getLocation().toURI()).getParent().getParent();
      } catch (URISyntaxException e) {
        throw new CommandFailure("the launcher does not know where it is; set -D" + HOME);
      }
    }
    if (!Files.isDirectory(root.resolve("features"))) {
      throw new CommandFailure("no distribution in " + root + ": build it with mvn package");
    }
    return new Distribution(root.toAbsolutePath().normalize());
  }

  /** The document of a feature. */
  Path feature(String name) throws CommandFailure {
    Path file = root.resolve("features").resolve(name + ".json");
    if (name.contains("/") || !Files.isRegularFile(file)) {
      throw CommandFailure.usage("no feature '" + name + "'; there are: " + String.join(", ", features()));
    }
    return file;
  }

  /** The names of all features. */
  List<String> features() {
    String[] files = root.resolve("features").toFile().list((folder, name) -> name.endsWith(".json"));
    return files == null ? List.of() : Stream.of(files).map(name -> name.substring(0, name.length() - 5)).sorted().toList();
  }

  /** The description of a role's container, or null when there is no such role. */
  Path container(String role) {
    Path file = root.resolve("runtime-" + role).resolve("container.json");
    return Files.isRegularFile(file) ? file : null;
  }

  /** The file of a bundle in the repository. */
  Path bundle(ID id) {
    String name = id.getArtifactId() + "-" + id.getVersion() + id.getClassifier().map(classifier -> "-" + classifier).orElse("") + "." + id.getType().orElse("jar");
    Path folder = root.resolve("repository");
    for (String part : Arrays.asList(id.getGroupId().split("\\."))) {
      folder = folder.resolve(part);
    }
    return folder.resolve(id.getArtifactId()).resolve(id.getVersion()).resolve(name);
  }
}
