package org.pktlab.config.reference;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder with a few files, and complete configurations that name them. */
final class Fixture {
  static final String PRIVATE_CHANNEL = "ee40381f348edf9142e065f024a01b83a1c7f4839c4b831852bfe763c9630cd1";

  static final String ENDPOINT =
      """
      TransprotoSup tcp,udp
      VMemLocalAddrStrIPv4 127.0.0.1/8
      BrokerAddr 127.0.0.1
      EndpointAgentCertPath agent.cert
      BrokerChainRootPath root.pub
      SubPrivCertChainPath sub.cert,rep.cert
      ControllerCertChainPath sub.cert,rep.cert
      EndpointPrivKey e.key
      """;

  static final String MANAGER =
      """
      EnableExpPublication 1
      BrokerAddr 127.0.0.1:20556
      PubAgentCertPath agent.cert
      ControllerPrivkeyPath e.key
      ExpExec 1:one:sub.cert,rep.cert:root.pub::
      """;

  static final String BROKER = "PrivKey e.key\nCertChainPath agent.cert\n";

  private final Path folder;

  Fixture(Path folder) throws IOException {
    this.folder = folder;
    for (String name : new String[] {"agent.cert", "root.pub", "sub.cert", "rep.cert", "e.key"}) {
      Files.createFile(folder.resolve(name));
    }
    Files.createDirectory(folder.resolve("programs"));
  }

  Path folder() {
    return folder;
  }

  ReferenceConfig endpoint(String lines) throws ReferenceConfigException {
    return parse(lines + ENDPOINT, EndpointDirectives.TABLE);
  }

  ReferenceConfig manager(String lines) throws ReferenceConfigException {
    return parse(MANAGER + lines, ManagerDirectives.TABLE);
  }

  ReferenceConfig broker(String lines) throws ReferenceConfigException {
    return parse(BROKER + lines, BrokerDirectives.TABLE);
  }

  ReferenceConfig parse(String content, DirectiveTable table) throws ReferenceConfigException {
    return ReferenceConfig.parse("x.conf", content.getBytes(StandardCharsets.UTF_8), table, folder);
  }

  ReferenceConfigException refusal(String content, DirectiveTable table) {
    return assertThrows(ReferenceConfigException.class, () -> parse(content, table));
  }
}
