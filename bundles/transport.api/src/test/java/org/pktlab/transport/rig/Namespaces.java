package org.pktlab.transport.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** Two network namespaces, a and b, joined by a pair of virtual devices, and loops whose threads live in one of them. Needs root; tests are skipped without. */
public final class Namespaces implements AutoCloseable {
  public static final long SECONDS = 10;

  private static final int CLONE_NEWNET = 0x40000000;
  private static final int VERSION_OF_CAPABILITIES = 0x20080522;

  private final String suffix = Integer.toHexString(new Random().nextInt(0x100000) + 0x100000).substring(0, 5);
  private final List<Loop> loops = new ArrayList<>();
  private final List<String> names = new ArrayList<>();

  public Namespaces() throws Exception {
    Assumptions.assumeTrue(isRoot(), "skipped: network namespaces need root");
    add("a");
    add("b");
    try {
      ip("link", "add", "va" + suffix, "netns", full("a"), "type", "veth", "peer", "name", "vb" + suffix, "netns", full("b"));
      for (String name : List.of("a", "b")) {
        ip("-n", full(name), "address", "add", address4(name) + "/24", "dev", device(name));
        ip("-n", full(name), "address", "add", address6(name) + "/64", "dev", device(name), "nodad");
        in(name, "sh", "-c", "echo 0 > /proc/sys/net/ipv6/conf/" + device(name) + "/accept_dad");
        ip("-n", full(name), "link", "set", "lo", "up");
        ip("-n", full(name), "link", "set", device(name), "up");
      }
      ping("-4", address4("b")); // the first packet of a test finds neighbours known
      ping("-6", address6("b"));
    } catch (Exception | Error e) {
      close();
      throw e;
    }
  }

  /** Makes another namespace that is joined to none. */
  public void add(String name) throws Exception {
    ip("netns", "add", full(name));
    names.add(name);
  }

  /** Joins two namespaces; the devices are {@code name} in both. */
  public void join(String one, String other, String name) throws Exception {
    ip("link", "add", name, "netns", full(one), "type", "veth", "peer", "name", name, "netns", full(other));
    for (String each : List.of(one, other)) {
      in(each, "sh", "-c", "echo 0 > /proc/sys/net/ipv6/conf/" + name + "/accept_dad");
      ip("-n", full(each), "link", "set", name, "up");
    }
  }

  private void ping(String family, String to) throws Exception {
    in("a", "ping", family, "-c", "1", "-W", "5", to);
  }

  private static boolean isRoot() throws Exception {
    return "root".equals(System.getProperty("user.name")) && new ProcessBuilder("ip", "netns").start().waitFor() == 0;
  }

  public static String address4(String name) {
    return name.equals("a") ? "192.0.2.1" : "192.0.2.2";
  }

  public static String address6(String name) {
    return name.equals("a") ? "2001:db8::1" : "2001:db8::2";
  }

  public static InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (java.net.UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  public String device(String name) {
    return "v" + name + suffix;
  }

  private String full(String name) {
    return "pkt" + name + suffix;
  }

  /** Runs a command in a namespace; gives back what it printed. */
  public String in(String name, String... command) throws Exception {
    return command(inside(name, command));
  }

  /** The words of a command that is to run in a namespace. */
  public List<String> inside(String name, String... command) {
    List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", full(name)));
    whole.addAll(Arrays.asList(command));
    return whole;
  }

  /** The address of a device that every link has. */
  public InetAddress linkLocal(String name) throws Exception {
    String output = in(name, "ip", "-6", "-o", "address", "show", "dev", device(name), "scope", "link");
    return address(output.replaceAll("(?s).*inet6 ([0-9a-f:]+)/.*", "$1"));
  }

  private static void ip(String... arguments) throws Exception {
    List<String> whole = new ArrayList<>(List.of("ip"));
    whole.addAll(Arrays.asList(arguments));
    command(whole);
  }

  private static String command(List<String> whole) throws Exception {
    Process process = new ProcessBuilder(whole).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), () -> whole + ": " + output);
    return output;
  }

  /** A loop whose thread lives in a namespace. */
  public Loop loop(String name) throws Exception {
    Loop loop = new Loop();
    loops.add(loop);
    loop.on(
        () -> {
          enter("/var/run/netns/" + full(name));
          return null;
        });
    return loop;
  }

  private static int call(String name, Object... arguments) {
    return Function.getFunction("c", name).invokeInt(arguments);
  }

  private static void enter(String path) {
    int fd = call("open", path, 0);
    assertEquals(0, call("setns", fd, CLONE_NEWNET), "setns " + path);
    call("close", fd);
  }

  /** One thread that owns sockets. */
  public static final class Loop {
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "loop"));

    public ScheduledExecutorService executor() {
      return executor;
    }

    public <T> T on(Callable<T> task) throws Exception {
      try {
        return executor.submit(task).get(SECONDS, TimeUnit.SECONDS);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof Exception) {
          throw (Exception) e.getCause();
        }
        throw e;
      }
    }

    public void run(Runnable task) throws Exception {
      on(
          () -> {
            task.run();
            return null;
          });
    }

    /** Takes all privileges from the thread. */
    public void dropPrivileges() throws Exception {
      on(
          () -> {
            Memory head = new Memory(8);
            head.setInt(0, VERSION_OF_CAPABILITIES);
            head.setInt(4, 0);
            Memory none = new Memory(24);
            none.clear();
            assertEquals(0, call("capset", head, none));
            return null;
          });
    }
  }

  @Override
  public void close() throws Exception {
    for (Loop loop : loops) {
      loop.executor.shutdownNow();
    }
    for (String name : names) {
      new ProcessBuilder("ip", "netns", "del", full(name)).start().waitFor();
    }
  }
}
