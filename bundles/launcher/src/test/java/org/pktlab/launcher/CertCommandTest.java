package org.pktlab.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code pktlab cert} beside its batch. */
class CertCommandTest {
  private static final JsonNode INDEX = Vectors.read("certs/index.json");

  private static final Map<String, JsonNode> SHOWN = new HashMap<>();
  private static String table;

  @TempDir private Path folder;

  private static String key(String name) {
    return Vectors.file("certs/keys/" + name).toString();
  }

  private static String certificate(String name) {
    return Vectors.file("certs/certs/" + name + ".pem").toString();
  }

  private String out(String name) {
    return folder.resolve(name).toString();
  }

  private Invocation sign(String... options) {
    List<String> arguments = new ArrayList<>(List.of("cert", "sign", "-k", key("k_exper.pub")));
    arguments.addAll(List.of(options));
    arguments.addAll(List.of("exppriv", key("k_eop"), out("made.cert")));
    return Invocation.of(arguments.toArray(new String[0]));
  }

  private static JsonNode shown(String file) {
    Invocation run = Invocation.of("cert", "show", "--json", file);
    assertEquals(0, run.status(), run.err());
    return Vectors.parse(run.out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "exppriv_exper.csr | exppriv k_exper |",
        "delpriv_exp_exper.csr | delpriv k_exper | --del_exppriv",
        "delpriv_rep_eop.csr | delpriv k_eop | --del_reppriv",
        "subcmd_ep.csr | subcmd k_ep | -c=endpoint one",
        "exppriv_full.csr | exppriv k_exper2 | --pathlen=2 ~-c=full request ~--monitor_digest=0x93d659ec4b6276f29ac84ed8143fdf7f3b154a40519db9eb1f55f1a1c31505e5"
            + " ~--max_num_priority=5 ~--valid_dest=192.0.2.0/24",
      })
  void shouldAskOctetForOctetAsTheReferenceToolDoes(String name, String what, String options) {
    List<String> arguments = new ArrayList<>(List.of("cert", "request"));
    if (options != null) {
      arguments.addAll(List.of(options.split(" ?~")));
    }
    arguments.addAll(List.of(what.split(" ")[0], key(what.split(" ")[1]), out(name)));
    Invocation run = Invocation.of(arguments.toArray(new String[0]));
    assertEquals(0, run.status(), run.err());
    assertEquals(INDEX.get("csrs").get(name).get("sha256_of_der"), shown(out(name)).get("sha256_of_der"));
  }

  static Stream<String> readable() {
    List<String> names = new ArrayList<>();
    INDEX.get("certificates").properties().forEach(
        entry -> {
          if (entry.getValue().get("reference_decode").get("outcome").asText().equals("accept")) {
            names.add(entry.getKey());
          }
        });
    return names.stream();
  }

  @BeforeAll
  static void showAll() {
    List<String> arguments = new ArrayList<>(List.of("cert", "show", "--json"));
    readable().forEach(name -> arguments.add(certificate(name)));
    Invocation run = Invocation.of(arguments.toArray(new String[0]));
    assertEquals(0, run.status(), run.err());
    run.lines().forEach(line -> SHOWN.put(Vectors.parse(line).get("file").asText(), Vectors.parse(line)));
    arguments.remove("--json");
    table = Invocation.of(arguments.toArray(new String[0])).out();
  }

  @ParameterizedTest
  @MethodSource("readable")
  void shouldShowTheFieldsThatTheReferenceSees(String name) {
    JsonNode expected = INDEX.get("certificates").get(name).get("reference_decode");
    JsonNode seen = SHOWN.get(certificate(name));
    for (String field : List.of("serial", "not_before_ns", "not_after_ns", "publickey", "aki", "ski", "pathlen", "cert_info")) {
      assertEquals(expected.get(field).asText(), seen.get(field).asText(), field);
    }
    ObjectNode fields = expected.get("fields").deepCopy();
    for (String list : List.of("max_burst_rate_byte", "max_burst_rate_pkt", "valid_dest")) {
      if (fields.get(list).isNull()) {
        fields.set(list, fields.arrayNode());
      }
    }
    assertEquals(fields, seen.get("fields"));
    assertTrue(table.contains(expected.get("serial").asText()), table);
  }

  @Test
  void shouldSignWithEveryLimit() {
    Invocation run =
        sign(
            "--pathlen", "3", "-c", "lab (two)", "--aux_info_str", "note=a b;", "--monitor_digest", "ab".repeat(32), "--max_num_priority", "7",
            "--max_socket_count", "8", "--max_exp_period", "60000000000", "--max_send_byte", "18446744073709551615", "--max_send_pkt", "1",
            "--max_recv_byte", "2", "--max_recv_pkt", "3", "--max_burst_rate_byte", "10/20,30/40", "--max_burst_rate_pkt", "5/6",
            "--valid_dest", "192.0.2.0/24,2001:db8::1", "--src_ip_spoofing", "1", "--aux_limit_str", "*new=1;", "--opt_filter_digest", "cd".repeat(32),
            "--not-before", "0", "--not-after", "2030-01-31T12:00:00+01:00");
    assertEquals(0, run.status(), run.err());
    JsonNode made = shown(out("made.cert"));
    assertEquals("cert_type=exppriv;cert_desc=lab (two);note=a b;", made.get("cert_info").asText());
    assertEquals(
        "*filter=" + "cd".repeat(32) + ";monitor=" + "ab".repeat(32)
            + ";max_num_priority=7;max_socket_count=8;max_exp_period=60000000000;max_send_byte=18446744073709551615;max_send_pkt=1;max_recv_byte=2;"
            + "max_recv_pkt=3;max_burst_rate_byte=10/20,30/40;max_burst_rate_pkt=5/6;valid_dest=192.0.2.0/24,2001:db8::1;src_ip_spoofing=1;*new=1;",
        made.get("cert_limit").asText());
    assertEquals(3, made.get("pathlen").intValue());
    assertEquals(0, made.get("not_before_ns").longValue());
    assertEquals(1_896_087_600_000_000_000L, made.get("not_after_ns").longValue());
  }

  @Test
  void shouldSignARequestAndReplaceWhatTheCommandLineSays() {
    Invocation run =
        Invocation.of(
            "cert", "sign", "-r", Vectors.file("certs/csrs/exppriv_full.csr").toString(), "--max_num_priority", "2", "exppriv", key("k_eop"), out("made.cert"));
    assertEquals(0, run.status(), run.err());
    JsonNode made = shown(out("made.cert"));
    assertEquals(2, made.get("fields").get("max_num_priority").intValue());
    assertEquals("full request", made.get("fields").get("cert_desc").asText());
    assertEquals(2, made.get("pathlen").intValue());
    assertEquals(INDEX.get("keys").get("k_exper2").get("public_raw_hex"), made.get("publickey"));
    assertEquals(365L * 86_400_000_000_000L, made.get("not_after_ns").longValue() - made.get("not_before_ns").longValue());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--max_num_priority=-1 | 2 | --max_num_priority must be a decimal number below 2^64, not '-1'",
        "--max_send_pkt=18446744073709551616 | 2 | --max_send_pkt must be a decimal number below 2^64, not '18446744073709551616'",
        "--max_burst_rate_pkt=1/0 | 2 | --max_burst_rate_pkt: the nanoseconds of a rate must not be 0",
        "--max_burst_rate_byte=1 | 2 | --max_burst_rate_byte must be COUNT/NANOSECONDS, not '1'",
        "--valid_dest=192.0.2.0/33 | 2 | --valid_dest must be a numeric address, with or without /LEN, not '192.0.2.0/33'",
        "--valid_dest=192.0.2.1/24 | 1 | the destination 192.0.2.1/24 has bits set behind its prefix and would never match",
        "--monitor_digest=ab | 2 | --monitor_digest must be digests of 64 hexadecimal digits each, not 'ab'",
        "--src_ip_spoofing=2 | 2 | --src_ip_spoofing must be 0 or 1",
        "--aux_limit_str=x | 2 | --aux_limit_str must be NAME=VALUE pairs with a semicolon between them, not 'x'",
        "--aux_limit_str=max_send_pkt=1; | 1 | the auxiliary pair 'max_send_pkt' has a reserved name or occurs twice",
        "-c=a;b | 1 | the description has characters that a certificate cannot carry",
        "--pathlen=-1 | 2 | --pathlen must not be negative",
        "--del_exppriv | 1 | delpriv, and nothing else, delegates at least one privilege",
        "--not-after=0 | 2 | ",
        "--not-before=tomorrow | 2 | --not-before: 'tomorrow' is no time: give Unix seconds, or RFC 3339 such as 2027-01-31T12:00:00Z",
        "--opt_max_send_pkt=1 | 2 | ",
      })
  void shouldRefuseInOneLineWhatMakesNoGoodCertificate(String option, int status, String why) {
    Invocation run = sign(option);
    assertEquals(status, run.status(), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
    if (why != null) {
      assertEquals("pktlab: " + why + "\n", run.err());
    }
    assertFalse(Files.exists(folder.resolve("made.cert")));
  }

  @Test
  void shouldRefuseUnknownKindsAndExistingFiles() throws IOException {
    Invocation kind = Invocation.of("cert", "sign", "-k", key("k_ep.pub"), "root", key("k_eop"), out("x.cert"));
    assertEquals(2, kind.status());
    assertTrue(kind.err().contains("subcmd, pubcmd, exppriv, delpriv, agent"), kind.err());
    Files.writeString(folder.resolve("made.cert"), "mine");
    assertEquals(1, sign().status());
    assertEquals("mine", Files.readString(folder.resolve("made.cert")));
    assertEquals(0, sign("--force").status());
    assertEquals(2, Invocation.of("cert", "sign", "subcmd", key("k_eop"), out("x.cert")).status());
    assertEquals(2, Invocation.of("cert").status());
  }

  @Test
  void shouldVerifyAChainAndNameItsParts() {
    Invocation run = Invocation.of("cert", "verify", "--root", key("k_eop.pub"), certificate("pubcmd_exper_xc"), certificate("exppriv_exper"));
    assertEquals(0, run.status(), run.err());
    assertTrue(run.out().startsWith("accepted: chain of a controller\n"), run.out());
    assertTrue(run.out().contains(certificate("exppriv_exper") + ": exppriv on key "), run.out());
    assertTrue(run.out().contains("root " + key("k_eop.pub")), run.out());
    Invocation unchecked = Invocation.of("cert", "verify", certificate("pubcmd_exper_xc"), certificate("exppriv_exper"));
    assertTrue(unchecked.out().contains("the signature of the last certificate was not checked"), unchecked.out());
  }

  @Test
  void shouldSayInWordsWhyAChainIsRefused() {
    Invocation wrongOrder = Invocation.of("cert", "verify", "--mode", "controller", certificate("exppriv_exper"), certificate("pubcmd_exper_xc"));
    assertEquals(1, wrongOrder.status());
    assertTrue(wrongOrder.out().startsWith("refused: UNEXPECTED_CERT (5): "), wrongOrder.out());
    assertTrue(wrongOrder.out().contains("(taken as the leaf, because it is first)"), wrongOrder.out());
    Invocation late = Invocation.of("cert", "verify", "--at", "2200-01-01T00:00:00Z", certificate("subcmd_eop_ep"));
    assertEquals(1, late.status());
    assertTrue(late.out().contains("EXPIRED_CERT (6)") && late.out().contains("is valid from 1970-01-01T00:00:00Z to 2099-12-31T23:59:59Z"), late.out());
    Invocation bad = Invocation.of("cert", "verify", "--mode", "agent", certificate("bad_ext_san"));
    assertTrue(bad.out().contains("because of a certificate: USING_UNUSED_FIELD (5): "), bad.out());
    Invocation json = Invocation.of("cert", "verify", "--json", "--root", key("k_xc.pub"), certificate("subcmd_eop_ep"));
    assertEquals(1, json.status());
    assertEquals("NO_MATCHING_SIGN_KEY", Vectors.parse(json.out()).get("name").asText());
  }

  @Test
  void shouldRefuseUnusableArgumentsOfVerify() {
    assertEquals(2, Invocation.of("cert", "verify").status());
    assertEquals(2, Invocation.of("cert", "verify", "--mode", "any", certificate("subcmd_eop_ep")).status());
    assertEquals(2, Invocation.of("cert", "verify", "--at", "1960-01-01T00:00:00Z", certificate("subcmd_eop_ep")).status());
    assertEquals(2, Invocation.of("cert", "verify", "--batch", certificate("subcmd_eop_ep")).status());
    assertEquals(1, Invocation.of("cert", "verify", out("nothing.cert")).status());
  }

  @Test
  void shouldShowTheFilesThatAreFineAndTellOfTheOthers() {
    Invocation run = Invocation.of("cert", "show", certificate("bad_ext_san"), out("nothing"), certificate("agent_broker"));
    assertEquals(1, run.status());
    assertEquals(2, run.err().lines().count(), run.err());
    assertTrue(run.err().contains("USING_UNUSED_FIELD"), run.err());
    assertTrue(run.out().startsWith(certificate("agent_broker") + ":\n"), run.out());
  }
}
