package org.pktlab.config.reference;

import java.util.List;
import org.pktlab.config.reference.DirectiveTable.Need;

/** The directives of our broker, whose file has the syntax of the other two. */
public final class BrokerDirectives {
  /** All of them. */
  public static final DirectiveTable TABLE =
      new DirectiveTable(
          "broker",
          List.of(
              d("Publish", ValueKind.ADDRESS, "127.0.0.1:20556", "", "Where to listen for managers, default port 20556"),
              d("Subscribe", ValueKind.ADDRESS, "127.0.0.1:20557", "", "Where to listen for endpoints, default port 20557"),
              d("PrivKey", ValueKind.FILE, "", "always", "Private key of the broker"),
              d("CertChainPath", ValueKind.FILES, "", "always", "Agent certificate of the broker and its chain, leaf first"),
              d("ClientRootPath", ValueKind.FILES, "", "", "Public keys that a client's agent certificate may end in; none: any"),
              d("StoreDir", ValueKind.NEW_FOLDER, "", "", "Where the broker remembers which endpoint was told of what")),
          List.of(
              new Need(List.of("PrivKey"), config -> true, "always"), new Need(List.of("CertChainPath"), config -> true, "always")));

  private BrokerDirectives() {}

  private static Directive d(String name, ValueKind kind, String defaultValue, String need, String meaning) {
    return new Directive(name, kind, defaultValue, Repeat.LAST, need, meaning);
  }
}
