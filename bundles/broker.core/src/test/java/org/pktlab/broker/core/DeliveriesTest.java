package org.pktlab.broker.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pktlab.cert.KeyId;

class DeliveriesTest {
  private static final KeyId ENDPOINT = KeyId.of(new byte[32]);

  @TempDir Path folder;
  private final BrokerCounters counters = new BrokerCounters();

  private Deliveries open(long nowNs) {
    return Deliveries.open(folder, 1_000, counters, () -> nowNs);
  }

  private static ByteBuffer key(int number) {
    byte[] hash = new byte[32];
    ByteBuffer.wrap(hash).putInt(number);
    return Deliveries.key(ENDPOINT, hash);
  }

  private List<String> names() throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString().replaceAll("[0-9]{6,}", "N")).sorted().toList();
    }
  }

  @Test
  void shouldRememberAcrossReopening() {
    Deliveries first = open(10);
    first.remember(key(1), 100);
    first.remember(key(2), -1);
    first.remember(key(3), 100);
    first.forget(key(3));
    first.commit();
    first.close();
    Deliveries second = open(20);
    assertTrue(second.contains(key(1)));
    assertTrue(second.contains(key(2)));
    assertFalse(second.contains(key(3)));
    assertEquals(2, counters.remembered.get());
    assertTrue(second.state().startsWith("file "), second.state());
    second.close();
    Deliveries third = open(100);
    assertFalse(third.contains(key(1)));
    assertTrue(third.contains(key(2)));
    third.close();
  }

  @Test
  void shouldRememberWhatWasCommittedWhenNotClosed() throws Exception {
    Deliveries crashed = open(10);
    crashed.remember(key(1), 100);
    crashed.commit();
    Path copy = Files.createDirectory(folder.resolve("copy"));
    Files.copy(folder.resolve(Deliveries.FILE), copy.resolve(Deliveries.FILE));
    Deliveries after = Deliveries.open(copy, 1_000, counters, () -> 20);
    assertTrue(after.contains(key(1)));
    after.close();
    crashed.close();
  }

  @Test
  void shouldPruneInPortions() {
    Deliveries deliveries = Deliveries.open(null, 20_000, counters, () -> 0);
    for (int i = 0; i < 12_000; i++) {
      deliveries.remember(key(i), i % 2 == 0 ? 50 : 500);
    }
    assertEquals(12_000, counters.remembered.get());
    for (int i = 0; i < 3; i++) {
      deliveries.prune(50);
    }
    assertEquals(6_000, counters.remembered.get());
    deliveries.close();
  }

  @Test
  void shouldForgetArbitraryOnesWhenFull() {
    Deliveries deliveries = open(0);
    for (int i = 0; i < 1_500; i++) {
      deliveries.remember(key(i), 50);
    }
    assertEquals(1_000, counters.remembered.get());
    assertTrue(deliveries.contains(key(1_499)));
    deliveries.close();
  }

  @Test
  void shouldMoveDamagedFileAside() throws Exception {
    byte[] garbage = new byte[20_000];
    new Random(1).nextBytes(garbage);
    Files.write(folder.resolve(Deliveries.FILE), garbage);
    Deliveries deliveries = open(0);
    assertTrue(deliveries.state().startsWith("file "), deliveries.state());
    deliveries.remember(key(1), 50);
    deliveries.commit();
    deliveries.close();
    assertEquals(List.of("broker.mv.db", "broker.mv.db.damaged-N"), names());
    Deliveries again = open(1);
    assertTrue(again.contains(key(1)));
    again.close();
  }

  @Test
  void shouldGoOnWithFileDamagedInTheMiddle() throws Exception {
    Deliveries first = open(0);
    for (int i = 0; i < 1_000; i++) {
      first.remember(key(i), 50);
    }
    first.close();
    byte[] octets = Files.readAllBytes(folder.resolve(Deliveries.FILE));
    Arrays.fill(octets, 4_096, octets.length, (byte) 0x55);
    Files.write(folder.resolve(Deliveries.FILE), octets);
    Deliveries second = open(1);
    second.remember(key(5_000), 50);
    second.commit();
    assertTrue(second.contains(key(5_000)));
    assertTrue(second.state().startsWith("file "), second.state());
    second.close();
  }

  @Test
  void shouldStayInMemoryWhenFolderIsFile() throws Exception {
    Path file = Files.writeString(folder.resolve("occupied"), "x");
    Deliveries deliveries = Deliveries.open(file, 10, counters, () -> 0);
    deliveries.remember(key(1), 50);
    deliveries.commit();
    assertTrue(deliveries.contains(key(1)));
    assertTrue(deliveries.state().startsWith("in memory only ("), deliveries.state());
    deliveries.close();
    assertEquals("x", Files.readString(file));
  }

  @Test
  void shouldLeaveFileOfAnotherBrokerAlone() throws Exception {
    Deliveries first = open(0);
    first.remember(key(1), 50);
    first.commit();
    Deliveries second = open(0);
    assertTrue(second.state().startsWith("in memory only ("), second.state());
    second.remember(key(2), 50);
    second.close();
    assertTrue(first.contains(key(1)));
    first.close();
    assertEquals(List.of("broker.mv.db"), names());
  }

  @Test
  void shouldTakeOverToMemoryWhenFileFails() {
    Deliveries deliveries = open(0);
    deliveries.remember(key(1), 50);
    deliveries.commit();
    deliveries.remember(key(2), 50);
    Thread.currentThread().interrupt(); // closes the file under the store, as a failing disk would
    deliveries.commit();
    Thread.interrupted();
    deliveries.remember(key(3), 50);
    deliveries.commit();
    assertTrue(deliveries.contains(key(1)));
    assertTrue(deliveries.contains(key(2)));
    assertTrue(deliveries.contains(key(3)));
    assertTrue(deliveries.state().startsWith("in memory only ("), deliveries.state());
    deliveries.close();
  }
}
