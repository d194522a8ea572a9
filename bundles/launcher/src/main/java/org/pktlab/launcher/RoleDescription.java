package org.pktlab.launcher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What makes a container a role, from {@code runtime-ROLE/container.json}.
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
    try {
      JsonNode node = new ObjectMapper().readTree(file.toFile());
      return new RoleDescription(
          node.required("role").asText(), node.required("pid").asText(), names(node, "features"), names(node, "shell"), names(node, "terminal"));
    } catch (IOException | IllegalArgumentException e) {
      throw new CommandFailure(file + " is not a container description: " + e.getMessage().lines().findFirst().orElse(""));
    }
  }

  private static List<String> names(JsonNode node, String member) {
    List<String> names = new ArrayList<>();
    node.path(member).forEach(name -> names.add(name.asText()));
    return List.copyOf(names);
  }
}
