package org.pktlab.link.netty;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals and opens small records of zeros for some tens of milliseconds, so that the JVM compiles the cipher before a link needs it. Without this each of the first
 * full records of a process takes 2 to 5 ms on either side, which is what the first answers under a flood then wait for. No key and no data of anyone are used.
 */
final class CipherWarmUp implements Runnable {
  private static final int ROUNDS = 128;
  private static final int RECORD = 512;
  private static final int TAG = 16;
  private static final int TAG_BITS = 8 * TAG;
  private static final int NONCE = 12;
  private static final int KEY = 16;
  private static final int HEADER = 5;

  private CipherWarmUp() {}

  /** Begins on a thread of its own, which ends by itself. */
  static void begin() {
    Thread thread = new Thread(new CipherWarmUp(), "pktlab-cipher-warm-up");
    thread.setDaemon(true);
    thread.setPriority(Thread.MIN_PRIORITY);
    thread.start();
  }

  @Override
  public void run() {
    ByteBuffer sealed = ByteBuffer.allocateDirect(RECORD + TAG);
    ByteBuffer opened = ByteBuffer.allocate(RECORD + TAG);
    SecretKeySpec key = new SecretKeySpec(new byte[KEY], "AES");
    byte[] header = new byte[HEADER];
    ByteBuffer nonce = ByteBuffer.allocate(NONCE);
    try {
      Cipher seal = Cipher.getInstance("AES/GCM/NoPadding");
      Cipher open = Cipher.getInstance("AES/GCM/NoPadding");
      for (int round = 0; round < ROUNDS; round++) {
        GCMParameterSpec parameters = new GCMParameterSpec(TAG_BITS, nonce.putInt(0, round).array());
        seal.init(Cipher.ENCRYPT_MODE, key, parameters);
        seal.updateAAD(header);
        sealed.clear();
        seal.doFinal(sealed.duplicate().limit(RECORD), sealed); // in place, as the platform's TLS does
        open.init(Cipher.DECRYPT_MODE, key, parameters);
        open.updateAAD(header);
        open.doFinal(sealed.flip(), opened.clear());
      }
    } catch (GeneralSecurityException e) {
      // Then links are slow at first, or use another cipher.
      return;
    }
  }
}
