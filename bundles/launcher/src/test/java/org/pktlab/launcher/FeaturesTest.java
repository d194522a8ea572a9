package org.pktlab.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeaturesTest {
  @TempDir Path folder;

  private Path feature(String name, String bundles) throws IOException {
    Path file = folder.resolve(name + ".json");
    Files.writeString(file, "{\"feature-resource-version\": \"1.0\", \"id\": \"org.example:" + name + ":1\", \"bundles\": [" + bundles + "]}");
    return file;
  }

  @Test
  void shouldAddUpBundlesInOrderEachOnce() throws Exception {
    Path one = feature("one", "{\"id\": \"g:a:1\", \"start-level\": 2}, {\"id\": \"g:b:jar:linux:1.0\"}");
    Path two = feature("two", "{\"id\": \"g:c:1\", \"start-level\": 5}, {\"id\": \"g:a:1\", \"start-level\": 2}");
    List<Features.Entry> entries = Features.read(List.of(one, two));
    assertEquals(List.of("g:a:1", "g:b:jar:linux:1.0", "g:c:1"), entries.stream().map(entry -> entry.id().toString()).toList());
    assertEquals(List.of(2, 1, 5), entries.stream().map(Features.Entry::startLevel).toList());
  }

  @Test
  void shouldRefuseTwoStartLevelsForOneBundle() throws Exception {
    Path one = feature("one", "{\"id\": \"g:a:1\", \"start-level\": 2}");
    Path two = feature("two", "{\"id\": \"g:a:1\", \"start-level\": 3}");
    CommandFailure failure = assertThrows(CommandFailure.class, () -> Features.read(List.of(one, two)));
    assertTrue(failure.getMessage().contains("g:a:1"), failure.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"id\": \"g:a:1\", \"start-level\": \"soon\"}", "{\"id\": \"g:a:1\", \"start-level\": 0}", "{\"id\": \"nonsense\"}", "{"})
  void shouldRefuseADocumentThatIsWrong(String bundles) throws Exception {
    Path file = feature("wrong", bundles);
    CommandFailure failure = assertThrows(CommandFailure.class, () -> Features.read(List.of(file)));
    assertTrue(failure.getMessage().contains(file.toString()), failure.getMessage());
  }

  @Test
  void shouldFindBundlesByTheirMavenCoordinates() throws Exception {
    Path file = feature("one", "{\"id\": \"org.example.group:a.b:1.2\"}, {\"id\": \"g:b:jar:linux-x86_64:1.0\"}");
    List<Features.Entry> entries = Features.read(List.of(file));
    Distribution distribution = new Distribution(Path.of("/dist"));
    assertEquals(Path.of("/dist/repository/org/example/group/a.b/1.2/a.b-1.2.jar"), distribution.bundle(entries.get(0).id()));
    assertEquals(Path.of("/dist/repository/g/b/1.0/b-1.0-linux-x86_64.jar"), distribution.bundle(entries.get(1).id()));
  }

  @Test
  void shouldReadTheProjectsOwnDocuments() throws Exception {
    Path features = Path.of("../../features");
    for (String name : List.of("base", "endpoint", "controller", "broker", "mlets", "shell", "terminal")) {
      assertTrue(Files.readString(features.resolve(name + ".json")).contains("org.pktlab:org.pktlab.feature." + name + ":"), name);
    }
    for (String role : List.of("endpoint", "controller", "broker")) {
      RoleDescription description = RoleDescription.read(new Distribution(Path.of("../..").toRealPath()), role);
      assertEquals(role, description.role());
      assertEquals("org.pktlab." + role, description.pid());
      assertEquals(List.of("shell"), description.shell());
      for (String feature : description.features()) {
        assertTrue(Files.exists(features.resolve(feature + ".json")), feature);
      }
    }
  }
}
