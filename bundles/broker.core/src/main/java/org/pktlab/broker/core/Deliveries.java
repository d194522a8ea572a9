package org.pktlab.broker.core;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.LongDataType;
import org.pktlab.cert.KeyId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which text was delivered to which endpoint, and until when that matters (rendezvous specification, section 15). Kept in one file, so
 * that a restart does not make endpoints hear a text twice. Whatever happens to the file, the broker goes on: a file that is damaged is
 * moved aside, and one that cannot be written is replaced by memory, which takes over what is known. Owned by the conductor.
 */
final class Deliveries {
  /** Name of the file in the store folder. */
  static final String FILE = "broker.mv.db";

  private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);
  private static final String MAP = "deliveries";
  private static final int HASH = 32;
  private static final int PRUNED_AT_ONCE = 5_000;
  private static final int CACHE_MIB = 16;
  private static final int RETENTION_MS = 10_000; // space given up is used again after so long
  private static final int COMPACTION_MS = 500;

  private final Path file;
  private final int most;
  private final BrokerCounters counters;

  // What was changed since the last commit: it survives a file that fails. A null value means forgotten.
  private final Map<ByteBuffer, Long> uncommitted = new HashMap<>();
  private MVStore store;
  private boolean onFile;
  private MVMap<byte[], Long> map;
  private volatile String state;
  private byte[] pruneFrom;

  private Deliveries(Path file, int most, BrokerCounters counters) {
    this.file = file;
    this.most = most;
    this.counters = counters;
  }

  /**
   * Opens the store; never fails.
   *
   * @param folder where the file is, made if missing; null for memory only
   * @param most entries kept; of more, arbitrary ones are forgotten
   */
  static Deliveries open(Path folder, int most, BrokerCounters counters, LongSupplier epochNs) {
    Deliveries deliveries = new Deliveries(folder == null ? null : folder.resolve(FILE), most, counters);
    if (folder == null) {
      deliveries.useMemory("in memory only (no StoreDir)");
    } else {
      deliveries.openFile(epochNs.getAsLong());
    }
    deliveries.count();
    return deliveries;
  }

  /** The key of one delivery, 64 octets: SHA-256 of the text, then the endpoint's key id. So what is written together lies together. */
  static ByteBuffer key(KeyId endpoint, byte[] textHash) {
    byte[] key = new byte[2 * HASH];
    System.arraycopy(textHash, 0, key, 0, HASH);
    System.arraycopy(endpoint.octets(), 0, key, HASH, HASH);
    return ByteBuffer.wrap(key);
  }

  /** Where the memory is, in words. Any thread. */
  String state() {
    return state;
  }

  boolean contains(ByteBuffer key) {
    try {
      return map.containsKey(key.array());
    } catch (RuntimeException e) {
      degrade(e);
      return map.containsKey(key.array());
    }
  }

  /**
   * @param untilNs nanoseconds since 1970, unsigned
   */
  void remember(ByteBuffer key, long untilNs) {
    uncommitted.put(key, untilNs);
    try {
      if (map.sizeAsLong() >= most) {
        makeRoom();
      }
      map.put(key.array(), untilNs);
    } catch (RuntimeException e) {
      degrade(e);
    }
    count();
  }

  void forget(ByteBuffer key) {
    uncommitted.put(key, null);
    try {
      map.remove(key.array());
    } catch (RuntimeException e) {
      degrade(e);
    }
    count();
  }

  /** Hands all changes to the operating system. */
  void commit() {
    try {
      if (store.hasUnsavedChanges()) {
        store.commit();
      }
    } catch (RuntimeException e) {
      degrade(e);
    }
    uncommitted.clear();
  }

  /** Forgets some of what no longer matters; called again and again it gets round to everything. */
  void prune(long nowNs) {
    try {
      pruneFrom = prune(nowNs, pruneFrom, PRUNED_AT_ONCE);
    } catch (RuntimeException e) {
      degrade(e);
      pruneFrom = null;
    }
    count();
  }

  void close() {
    try {
      store.close();
    } catch (RuntimeException e) {
      LOG.error("store={} did not close properly: {}", file, e.getMessage());
      store.closeImmediately();
    }
  }

  private byte[] prune(long nowNs, byte[] from, int count) {
    Iterator<byte[]> keys = map.keyIterator(from);
    byte[] last = null;
    for (int i = 0; i < count && keys.hasNext(); i++) {
      byte[] key = keys.next();
      Long until = map.get(key);
      if (until != null && Long.compareUnsigned(until, nowNs) <= 0) {
        map.remove(key);
      }
      last = key;
    }
    return keys.hasNext() ? last : null;
  }

  private void makeRoom() {
    byte[] random = new byte[2 * HASH];
    ThreadLocalRandom.current().nextBytes(random);
    byte[] victim = map.ceilingKey(random);
    map.remove(victim == null ? map.firstKey() : victim);
  }

  private void count() {
    counters.remembered.set(map.sizeAsLong());
  }

  private void openFile(long nowNs) {
    try {
      Files.createDirectories(file.getParent() == null ? Path.of("") : file.getParent());
    } catch (IOException e) {
      unusable("the folder cannot be made (" + e.getClass().getSimpleName() + ")");
      return;
    }
    boolean existed = Files.exists(file);
    try {
      openAndCheck(nowNs);
    } catch (RuntimeException e) {
      closeQuietly();
      if (!existed || !isDamage(e) || !moveAside()) {
        unusable(reason(e));
        return;
      }
      try {
        openAndCheck(nowNs);
      } catch (RuntimeException again) {
        closeQuietly();
        unusable(reason(again));
      }
    }
  }

  private void openAndCheck(long nowNs) {
    // Without automatic commits there are no threads behind the scenes: a commit that returns is with the operating system, one that fails
    // says so here.
    store = new MVStore.Builder().fileName(file.toString()).cacheSize(CACHE_MIB).autoCommitDisabled().open();
    store.setRetentionTime(RETENTION_MS);
    map = openMap(store);
    prune(nowNs, null, Integer.MAX_VALUE); // reads every page: damage shows now
    if (store.isReadOnly()) {
      Map<ByteBuffer, Long> known = known(store);
      closeQuietly();
      unusable("the file is read-only");
      known.forEach((key, until) -> map.put(key.array(), until));
      return;
    }
    store.commit();
    store.compactFile(COMPACTION_MS);
    onFile = true;
    state = "file " + file;
  }

  /** The file failed while in use: what is known moves to memory. */
  private void degrade(RuntimeException failure) {
    if (!onFile) {
      throw failure; // memory does not fail; this is a fault of ours
    }
    boolean interrupted = Thread.interrupted(); // an interrupted thread cannot read files
    closeQuietly();
    Map<ByteBuffer, Long> known = Map.of();
    try (MVStore readable = new MVStore.Builder().fileName(file.toString()).readOnly().open()) {
      known = known(readable);
    } catch (RuntimeException e) {
      LOG.error("store={} cannot be read any more: {}", file, reason(e));
      if (isDamage(e)) {
        moveAside();
      }
    }
    unusable(reason(failure));
    known.forEach((key, until) -> map.put(key.array(), until));
    uncommitted.forEach(
        (key, until) -> {
          if (until == null) {
            map.remove(key.array());
          } else {
            map.put(key.array(), until);
          }
        });
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static Map<ByteBuffer, Long> known(MVStore source) {
    Map<ByteBuffer, Long> known = new HashMap<>();
    MVMap<byte[], Long> entries = openMap(source);
    for (Iterator<byte[]> keys = entries.keyIterator(null); keys.hasNext(); ) {
      byte[] key = keys.next();
      known.put(ByteBuffer.wrap(key), entries.get(key));
    }
    return known;
  }

  private static MVMap<byte[], Long> openMap(MVStore store) {
    return store.openMap(MAP, new MVMap.Builder<byte[], Long>().keyType(ByteArrayDataType.INSTANCE).valueType(LongDataType.INSTANCE));
  }

  private void unusable(String why) {
    LOG.error("store={} cannot be used: {}; deliveries are remembered in memory only and are lost with the next restart", file, why);
    useMemory("in memory only (" + file + " cannot be used: " + why + ")");
  }

  private void useMemory(String words) {
    onFile = false;
    store = new MVStore.Builder().open();
    map = openMap(store);
    state = words;
  }

  private boolean moveAside() {
    Path aside = file.resolveSibling(FILE + ".damaged-" + System.currentTimeMillis());
    try {
      Files.move(file, aside);
      LOG.error("store={} is damaged; it was moved to {} and a new one begun: endpoints may hear of experiments twice", file, aside);
      return true;
    } catch (IOException e) {
      LOG.error("store={} is damaged and cannot be moved aside: {}", file, reason(e));
      return false;
    }
  }

  private void closeQuietly() {
    if (store != null) {
      try {
        store.closeImmediately();
      } catch (RuntimeException e) {
        LOG.debug("store={} closes with: {}", file, e.getMessage());
      }
    }
  }

  private static boolean isDamage(RuntimeException e) {
    if (e instanceof MVStoreException known) {
      int code = known.getErrorCode();
      return code != DataUtils.ERROR_FILE_LOCKED && code != DataUtils.ERROR_WRITING_FAILED && code != DataUtils.ERROR_CLOSED;
    }
    return true; // the reader of a garbled file may stumble in any way
  }

  private static String reason(Exception e) {
    String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    String cause = e.getCause() == null ? null : e.getCause().getMessage();
    return cause == null || message.contains(cause) ? message : message + " (" + cause + ")";
  }
}
