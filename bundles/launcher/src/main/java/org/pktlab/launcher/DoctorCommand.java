package org.pktlab.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/** {@code pktlab doctor}: what this machine gives an endpoint, what is missing, and what to type. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = "Says what an endpoint can do on this machine, what is missing, and what to type.",
    footer = {"", "Exit status: 0 an endpoint can do everything here, 1 something is missing."})
final class DoctorCommand implements Callable<Integer> {
  private static final int RELEASE_WITH_FOREIGN_FUNCTIONS = 22;
  private static final int CAP_NET_ADMIN = 12;
  private static final int CAP_NET_RAW = 13;
  private static final int CAP_BPF = 39;
  private static final Pattern VERSION = Pattern.compile("JAVA_VERSION=\"([0-9]{1,3})[.0-9_]*\"");
  private static final Path JDKS = Path.of("/usr/lib/jvm");
  private static final Path PROCESS = Path.of("/proc/self/status");
  private static final List<Path> LIBRARIES = List.of(Path.of("/usr/lib"), Path.of("/usr/lib64"), Path.of("/lib"), Path.of("/usr/local/lib"));

  private final List<Finding> findings = new ArrayList<>();

  /**
   * What was looked at.
   *
   * @param good whether it is as it should be
   * @param advice what to type when it is not, may be empty
   */
  private record Finding(String what, boolean good, String found, String advice) {}

  @Override
  public Integer call() throws CommandFailure {
    int release = Runtime.version().feature();
    boolean foreign = release >= RELEASE_WITH_FOREIGN_FUNCTIONS;
    boolean built = isBuilt("org.pktlab.transport.raw.linux");
    boolean libpcap = hasLibrary("libpcap.so");
    boolean linux = System.getProperty("os.name").equals("Linux");
    long capabilities = linux ? capabilities() : -1;
    boolean raw = has(capabilities, CAP_NET_RAW);
    add("tcp and udp sockets", true, "yes", "");
    add("Java", true, "release " + release, "");
    add(
        "raw sockets by foreign functions",
        linux && foreign && built,
        !linux ? "on Linux only" : !foreign ? "need Java " + RELEASE_WITH_FOREIGN_FUNCTIONS + " or later" : built ? "yes" : "left out of this build",
        !linux ? "" : newerJava(built));
    add("raw sockets by libpcap", libpcap, libpcap ? "yes" : "no libpcap", "sudo apt-get install libpcap0.8");
    add(
        "privilege for raw sockets (CAP_NET_RAW)",
        raw,
        raw ? "yes" : "no",
        "sudo setpriv --reuid=$(id -u) --regid=$(id -g) --init-groups --inh-caps=+net_raw --ambient-caps=+net_raw ./pktlab endpoint ...; in a systemd unit:"
            + " AmbientCapabilities=CAP_NET_RAW");
    boolean consume = has(capabilities, CAP_NET_ADMIN) && has(capabilities, CAP_BPF);
    add(
        "privilege for hiding captured packets from the host (CAP_NET_ADMIN, CAP_BPF)",
        consume,
        consume ? "yes" : "no",
        "the same with +net_raw,+net_admin,+bpf, if experiments may do that");
    findings.forEach(DoctorCommand::print);
    return findings.stream().allMatch(Finding::good) ? 0 : CommandFailure.FAILED;
  }

  /** What to type to get one: a JDK that is there already is pointed at. */
  private static String newerJava(boolean built) {
    String again = built ? "" : " PKTLAB_BUILD=always";
    try (Stream<Path> folders = Files.list(JDKS)) {
      for (Path folder : folders.filter(each -> release(each) >= RELEASE_WITH_FOREIGN_FUNCTIONS).sorted().toList()) {
        return "export JAVA_HOME=" + folder + (built ? "" : "; PKTLAB_BUILD=always ./pktlab doctor");
      }
    } catch (IOException e) {
      // JDKs are elsewhere on this system
    }
    return "install a JDK of release " + RELEASE_WITH_FOREIGN_FUNCTIONS + " or later, then: JAVA_HOME=FOLDER" + again + " ./pktlab doctor";
  }

  private static int release(Path jdk) {
    try {
      for (String line : Files.readAllLines(jdk.resolve("release"))) {
        Matcher version = VERSION.matcher(line);
        if (version.matches()) {
          return Integer.parseInt(version.group(1));
        }
      }
    } catch (IOException e) {
      // no JDK
    }
    return 0;
  }

  private void add(String what, boolean good, String found, String advice) {
    findings.add(new Finding(what, good, found, advice));
  }

  private static void print(Finding finding) {
    System.out.println((finding.good() ? "ok       " : "missing  ") + finding.what() + ": " + finding.found());
    if (!finding.good() && !finding.advice().isEmpty()) {
      System.out.println("         type: " + finding.advice());
    }
  }

  private static boolean isBuilt(String bundle) throws CommandFailure {
    return Files.isDirectory(Distribution.here().root().resolve("repository/org/pktlab").resolve(bundle));
  }

  private static boolean hasLibrary(String name) {
    for (Path folder : LIBRARIES) {
      try (Stream<Path> files = Files.find(folder, 2, (file, attributes) -> file.getFileName().toString().startsWith(name))) {
        if (files.findAny().isPresent()) {
          return true;
        }
      } catch (IOException | java.io.UncheckedIOException e) {
        // A folder that is not there, or not for us: look in the next one.
      }
    }
    return false;
  }

  /** The effective capabilities of this process, a bit each; those of a role that it starts are the same. */
  private static long capabilities() throws CommandFailure {
    try {
      for (String line : Files.readAllLines(PROCESS)) {
        if (line.startsWith("CapEff:")) {
          return Long.parseUnsignedLong(line.substring("CapEff:".length()).strip(), 16);
        }
      }
    } catch (IOException | NumberFormatException e) {
      throw new CommandFailure("cannot read " + PROCESS + ": " + e.getMessage());
    }
    return 0;
  }

  private static boolean has(long capabilities, int capability) {
    return (capabilities & 1L << capability) != 0;
  }
}
