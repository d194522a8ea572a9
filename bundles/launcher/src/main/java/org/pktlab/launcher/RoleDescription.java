package org.pktlab.launcher;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What makes a container a role, from {@code runtime-ROLE/container.json}. Read with the parser that feature documents need anyway: another one would cost a role a
 * third of a second at its start.
 *
 * @param role the role, as it announces itself
 * @param pid PID of its configuration
 * @param features what it needs
 * @param shell what it needs besides for {@code ./pktlab shell}
 * @param terminal what it needs besides for {@code --shell}
 */
record RoleDescription(String role, String pid, List<String> features, List<String> shell, List<String> terminal) {
  static RoleDescription read(Distribution distribution, String role) throws CommandFailure {
    Path file = distribution.container(role);
    if (file == null) {
      throw CommandFailure.usage("no role '" + role + "'");
    }
    try (Reader text = Files.newBufferedReader(file);
        JsonReader reader = Json.createReader(text)) {
      JsonObject description = reader.readObject();
      return new RoleDescription(
          description.getString("role"), description.getString("pid"), names(description, "features"), names(description, "shell"), names(description, "terminal"));
    } catch (IOException | JsonException | NullPointerException | ClassCastException e) {
      throw new CommandFailure(file + " is not a container description: " + e.getMessage());
    }
  }

  private static List<String> names(JsonObject description, String member) {
    JsonArray names = description.getJsonArray(member);
    return names == null ? List.of() : names.getValuesAs(JsonString.class).stream().map(JsonString::getString).toList();
  }
}
