package org.pktlab.itests.floors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The floors of the house, read from the manifests of the bundles that were built: bnd writes into them what the classes really use. */
class FloorsTest {
  private static final String OURS = "org.pktlab.";

  // Left out of the build where no JDK 22 or later is found.
  private static final String NEWER_JDK = "transport.raw.linux";

  // Lowest first. A bundle may use packages of its own floor and of those below.
  private static final List<List<String>> FLOORS =
      List.of(
          List.of("protocol", "rendezvous", "program"),
          List.of("cert.api", "cert.bc"),
          List.of("link.api", "link.netty"),
          List.of(
              "transport.api",
              "transport.tcp",
              "transport.udp",
              "transport.raw.pcap4j",
              NEWER_JDK,
              "filter.api",
              "filter.ebpf",
              "filter.pcap4j",
              "schedule.api",
              "schedule.send"),
          List.of("role.api", "endpoint.core", "controller.api", "controller.core", "broker.core"),
          List.of(
              "mlet.api",
              "mlet.host",
              "result.text",
              "result.pcapng",
              "result.warts",
              "mlet.httpget",
              "mlet.dns",
              "mlet.ping",
              "mlet.traceroute",
              "mlet.uplink",
              "mlet.capture"),
          List.of("config.reference", "shell.commands", "shell.local", "launcher"));

  private static final List<String> WORDS = FLOORS.get(0);
  private static final Pattern CLAUSE = Pattern.compile("([a-zA-Z0-9_.]+)(?:;(?:[^,\"]|\"[^\"]*\")*)?(?:,|$)");

  private static final Map<String, List<String>> imports = new TreeMap<>();
  private static final Map<String, List<String>> exports = new TreeMap<>();
  private static final Map<String, List<String>> contents = new TreeMap<>();

  @BeforeAll
  static void readManifests() throws IOException {
    Path dist = Path.of(System.getProperty("pktlab.dist"));
    try (Stream<Path> files = Files.walk(dist)) {
      for (Path file : files.filter(path -> path.getFileName().toString().matches("org\\.pktlab\\..*\\.jar")).toList()) {
        try (JarFile jar = new JarFile(file.toFile())) {
          String name = jar.getManifest().getMainAttributes().getValue("Bundle-SymbolicName").substring(OURS.length());
          imports.put(name, packages(jar, "Import-Package"));
          exports.put(name, packages(jar, "Export-Package"));
          contents.put(name, packages(jar, "Private-Package"));
        }
      }
    }
  }

  private static List<String> packages(JarFile jar, String header) throws IOException {
    List<String> packages = new ArrayList<>();
    String value = jar.getManifest().getMainAttributes().getValue(header);
    if (value != null) {
      Matcher matcher = CLAUSE.matcher(value);
      while (matcher.find()) {
        if (matcher.group(1).startsWith(OURS)) {
          packages.add(matcher.group(1));
        }
      }
    }
    return packages;
  }

  private static int floor(String bundle) {
    for (int i = 0; i < FLOORS.size(); i++) {
      if (FLOORS.get(i).contains(bundle)) {
        return i;
      }
    }
    throw new AssertionError("bundle " + bundle + " stands on no floor: add it to the list here and to the design");
  }

  @Test
  void shouldHaveBuiltEveryBundleOfEveryFloor() {
    boolean newer = System.getenv("PKTLAB_JDK22") != null;
    List<String> all = FLOORS.stream().flatMap(List::stream).filter(name -> newer || !name.equals(NEWER_JDK)).sorted().toList();
    assertEquals(all, new ArrayList<>(imports.keySet()));
  }

  @Test
  void shouldNotLetALowerFloorUseAnUpperOne() {
    Map<String, String> exporter = new HashMap<>();
    exports.forEach((bundle, packages) -> packages.forEach(name -> exporter.put(name, bundle)));
    Map<String, String> owner = new HashMap<>(exporter);
    contents.forEach((bundle, packages) -> packages.forEach(name -> owner.put(name, bundle)));
    List<String> broken = new ArrayList<>();
    imports.forEach(
        (bundle, packages) ->
            packages.forEach(
                name -> {
                  // The launcher is a program with a class path and no bundle of a container: it may look inside of what it stands on.
                  String from = (bundle.equals("launcher") ? owner : exporter).get(name);
                  if (from == null) {
                    broken.add(bundle + " imports " + name + ", which no bundle exports");
                  } else if (floor(from) > floor(bundle)) {
                    broken.add(bundle + " uses " + name + " of " + from + ", which is above it");
                  }
                }));
    assertEquals(List.of(), broken);
  }

  @Test
  void shouldExportPackagesOnlyFromWordsAndApis() {
    List<String> broken = new ArrayList<>();
    exports.forEach(
        (bundle, packages) -> {
          boolean may = WORDS.contains(bundle) || bundle.endsWith(".api");
          if (may == packages.isEmpty()) {
            broken.add(bundle + (may ? " exports nothing" : " exports " + packages));
          }
        });
    assertEquals(List.of(), broken);
  }

  @Test
  void shouldHaveAReadmeInEveryRoom() throws IOException {
    Path root = Path.of(System.getProperty("pktlab.root"));
    List<Path> rooms = new ArrayList<>();
    for (String parent : List.of("bundles", "mlets")) {
      try (Stream<Path> folders = Files.list(root.resolve(parent))) {
        folders.filter(Files::isDirectory).forEach(rooms::add);
      }
    }
    for (String room : List.of("features", "itests", "runtime-endpoint", "runtime-controller", "runtime-broker")) {
      rooms.add(root.resolve(room));
    }
    assertTrue(rooms.size() > 20, "only " + rooms.size() + " rooms found");
    assertEquals(List.of(), rooms.stream().filter(room -> !Files.isRegularFile(room.resolve("README.md"))).map(Path::toString).sorted().toList());
  }
}
