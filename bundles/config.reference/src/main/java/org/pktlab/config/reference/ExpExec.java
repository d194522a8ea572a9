package org.pktlab.config.reference;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pktlab.rendezvous.Channel;
import org.pktlab.rendezvous.Channels;
import org.pktlab.rendezvous.Descriptor;
import org.pktlab.rendezvous.RendezvousException;
import org.pktlab.rendezvous.SniKey;

/**
 * One experiment entry of a manager (packetlab-rendezvous.md section 13.3).
 *
 * @param isDefault whether it serves endpoints that send no server name
 * @param sniKey its server name; empty means a random one at each start
 * @param chain files of its certificate chain, any order, never empty
 * @param trusted files of the operators it trusts; empty means any
 * @param channels where it is published, in order; an empty item is its own private channel
 * @param overrides pairs for its descriptor, in the order of the file
 */
public record ExpExec(
    boolean isDefault,
    Optional<SniKey> sniKey,
    List<Path> chain,
    List<Path> trusted,
    List<Optional<Channel>> channels,
    Descriptor overrides) {
  private static final int FIELDS = 6;

  public ExpExec {
    chain = List.copyOf(chain);
    trusted = List.copyOf(trusted);
    channels = List.copyOf(channels);
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("an entry has a certificate chain");
    }
    if (trusted.isEmpty() && needsOperator(channels)) {
      throw new IllegalArgumentException("a private channel needs a trusted operator");
    }
  }

  /**
   * Reads a value as {@link ReferenceConfig#values()} holds it under {@code ExpExec}.
   *
   * @param value six fields
   * @param folder where relative file names start; the names in the result are resolved against it
   * @throws ReferenceConfigException when a field is not what it should be, a file does not exist, or a trusted operator is missing
   */
  public static ExpExec read(String value, Path folder) throws ReferenceConfigException {
    try {
      return parse(value, folder);
    } catch (Rejected e) {
      String reason = "ExpExec " + Shown.quoted(value) + ": expected " + e.getMessage();
      throw new ReferenceConfigException("configuration", 0, "ExpExec", value, reason);
    }
  }

  static ExpExec parse(String value, Path folder) throws Rejected {
    String[] fields = value.split(":", FIELDS);
    if (fields.length != FIELDS) {
      throw new Rejected("six fields between colons, not " + fields.length + ": " + ValueKind.EXP_EXEC.words());
    }
    if (!fields[0].equals("0") && !fields[0].equals("1")) {
      throw new Rejected("0 or 1 as IS_DEFAULT, not " + Shown.quoted(fields[0]));
    }
    if (fields[2].isEmpty()) {
      throw new Rejected("at least one file as EXPPRIVCHAIN_PATH");
    }
    List<Path> chain = files("EXPPRIVCHAIN_PATH", fields[2], folder);
    List<Path> trusted = fields[3].isEmpty() ? List.of() : files("TRUSTEDEOP_PATH", fields[3], folder);
    String field = "SNIKEY";
    try {
      Optional<SniKey> sniKey = fields[1].isEmpty() ? Optional.empty() : Optional.of(SniKey.parse(fields[1]));
      field = "PUB_CHANNEL";
      List<Optional<Channel>> channels = Channels.parseConfigured(fields[4]);
      if (trusted.isEmpty() && needsOperator(channels)) {
        throw new Rejected("a TRUSTEDEOP_PATH, because PUB_CHANNEL has an empty or a 64-digit item");
      }
      field = "OVERRIDE_XDESCRNVP";
      Descriptor overrides = Descriptor.parse(fields[5]);
      // The builder knows which names may be overridden and by what.
      Descriptor.builder().overrides(overrides).build();
      return new ExpExec(fields[0].equals("1"), sniKey, chain, trusted, channels, overrides);
    } catch (RendezvousException e) {
      throw new Rejected("a good " + field + "; " + e.getMessage());
    }
  }

  private static boolean needsOperator(List<Optional<Channel>> channels) {
    return channels.stream().anyMatch(item -> item.isEmpty() || item.get().isPrivate());
  }

  private static List<Path> files(String field, String value, Path folder) throws Rejected {
    try {
      Checks.files(value, folder);
      List<Path> files = new ArrayList<>();
      for (String item : Checks.items(value)) {
        files.add(Checks.resolve(item, folder));
      }
      return files;
    } catch (Rejected e) {
      throw new Rejected("as " + field + " " + e.getMessage());
    }
  }
}
