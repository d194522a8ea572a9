package org.pktlab.shell.commands;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.pktlab.role.Refusal;
import org.pktlab.role.RoleStatus;
import org.pktlab.role.SessionStatus;

/**
 * What the running roles tell of themselves. The commands print, because a value that is only returned is not shown in every kind of Gogo session; each takes the
 * name of a role to look at that one only. Any thread may call them.
 */
@Component(
    service = RoleCommands.class,
    property = {
      "osgi.command.scope=pktlab",
      "osgi.command.function=roles",
      "osgi.command.function=info",
      "osgi.command.function=sessions",
      "osgi.command.function=why",
      "osgi.command.function=stats"
    })
public final class RoleCommands {
  private static final int LATEST = 20;

  private final List<RoleStatus> roles = new CopyOnWriteArrayList<>();

  /** A role has come. */
  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void addRole(RoleStatus role) {
    roles.add(role);
  }

  void removeRole(RoleStatus role) {
    roles.remove(role);
  }

  /** The command {@code roles}: the roles of this container. */
  public void roles() {
    TextTable table = new TextTable("ROLE", "SESSIONS", "REFUSALS", "KEY");
    for (RoleStatus role : chosen()) {
      table.row(role.role(), Integer.toString(role.sessions().size()), Integer.toString(role.refusals().size()), role.info().getOrDefault("key", "-"));
    }
    print(table, "no role runs in this container");
  }

  /** The command {@code info}: what a role is and how it is configured. */
  public void info(String... names) {
    List<RoleStatus> chosen = chosen(names);
    for (RoleStatus role : chosen) {
      Map<String, String> info = role.info();
      int width = info.keySet().stream().mapToInt(String::length).max().orElse(0);
      if (chosen.size() > 1 && !info.containsKey("role")) {
        System.out.println(role.role() + ":");
      }
      info.forEach((name, value) -> System.out.println(name + " ".repeat(width - name.length() + 2) + value));
    }
  }

  /** The command {@code sessions}: connections and experiments that are served now. */
  public void sessions(String... names) {
    TextTable table = new TextTable("ROLE", "ID", "KIND", "STATE", "FOR", "PEER", "DETAIL");
    Instant now = Instant.now();
    for (RoleStatus role : chosen(names)) {
      for (SessionStatus session : role.sessions()) {
        table.row(
            role.role(), Long.toString(session.id()), session.kind(), session.state(), age(session.since(), now), session.peer(), session.detail());
      }
    }
    print(table, "no sessions");
  }

  /** The command {@code why}: the latest refusals, newest first, with the reasons in words. */
  public void why(String... names) {
    TextTable table = new TextTable("WHEN", "ROLE", "WHO", "WHAT", "WHY NOT");
    chosen(names).stream()
        .flatMap(role -> role.refusals().stream().map(refusal -> Map.entry(role.role(), refusal)))
        .sorted(Comparator.comparing((Map.Entry<String, Refusal> entry) -> entry.getValue().at()).reversed())
        .limit(LATEST)
        .forEach(
            entry -> {
              Refusal refusal = entry.getValue();
              table.row(refusal.at().truncatedTo(ChronoUnit.MILLIS).toString(), entry.getKey(), refusal.who(), refusal.what(), refusal.reason());
            });
    print(table, "nothing was refused");
  }

  /** The command {@code stats}: counters since the role started. */
  public void stats(String... names) {
    TextTable table = new TextTable("ROLE", "COUNTER", "VALUE");
    for (RoleStatus role : chosen(names)) {
      role.stats().forEach((name, value) -> table.row(role.role(), name, Long.toString(value)));
    }
    print(table, "no counters");
  }

  private List<RoleStatus> chosen(String... names) {
    List<RoleStatus> chosen =
        roles.stream()
            .filter(role -> names.length == 0 || List.of(names).contains(role.role()))
            .sorted(Comparator.comparing(RoleStatus::role))
            .toList();
    if (names.length > 0 && chosen.isEmpty()) {
      throw new IllegalArgumentException(
          "no role " + String.join(" ", names) + " runs here; there are: " + String.join(", ", roles.stream().map(RoleStatus::role).sorted().toList()));
    }
    return chosen;
  }

  private static void print(TextTable table, String whenEmpty) {
    if (table.isEmpty()) {
      System.out.println(whenEmpty);
    } else {
      System.out.print(table);
    }
  }

  /** How long something lasts: {@code 4.2s}, {@code 3m12s}, {@code 5h03m}, {@code 2d04h}. */
  static String age(Instant since, Instant now) {
    Duration age = Duration.between(since, now);
    if (age.isNegative()) {
      return "0.0s";
    }
    long seconds = age.toSeconds();
    if (seconds < 60) {
      return seconds + "." + age.toMillisPart() / 100 + "s";
    }
    if (seconds < 3600) {
      return String.format("%dm%02ds", seconds / 60, seconds % 60);
    }
    if (seconds < 86_400) {
      return String.format("%dh%02dm", seconds / 3600, seconds / 60 % 60);
    }
    return String.format("%dd%02dh", seconds / 86_400, seconds / 3600 % 24);
  }
}
