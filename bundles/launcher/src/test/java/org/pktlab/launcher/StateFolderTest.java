package org.pktlab.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class StateFolderTest {
  @Test
  void shouldTellTheRoleFromTheFolder() {
    assertEquals("endpoint", StateFolder.name(Path.of("/run/endpoint-4711")));
    assertEquals("web-front", StateFolder.name(Path.of("/run/web-front-1")));
    assertEquals("odd", StateFolder.name(Path.of("/run/odd")));
  }
}
