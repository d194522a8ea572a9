package org.pktlab.cert.bc;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.crypto.BlockCipher;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.PBEParametersGenerator;
import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.crypto.digests.SHA224Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.engines.DESedeEngine;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.generators.SCrypt;
import org.bouncycastle.crypto.modes.CBCBlockCipher;
import org.bouncycastle.crypto.paddings.PaddedBufferedBlockCipher;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;

/**
 * PBES2 of PKCS#8: reads PBKDF2 with any SHA-1 or SHA-2, and scrypt, with AES or three-key DES in CBC mode; writes PBKDF2 with HMAC-SHA256
 * and AES-256. The work that a file can demand is bounded.
 */
final class KeyEncryption {
  private static final byte[] PBES2 = oid("06092a864886f70d01050d");
  private static final byte[] PBKDF2 = oid("06092a864886f70d01050c");
  private static final byte[] SCRYPT = oid("06092b06010401da47040b");
  private static final byte[] HMAC_SHA256 = oid("06082a864886f70d0209");
  private static final byte[] AES_256_CBC = oid("060960864801650304012a");
  private static final byte[] NULL = oid("0500");

  private static final int WRITTEN_ITERATIONS = 100_000;
  private static final int SALT_OCTETS = 16;
  private static final int MAX_ITERATIONS = 5_000_000;
  private static final long MAX_SCRYPT_OCTETS = 64L << 20;
  private static final int MAX_SCRYPT_PARALLEL = 16;

  private KeyEncryption() {}

  private static byte[] oid(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  /** A cipher by its OBJECT IDENTIFIER. */
  private enum Cipher {
    AES_128("0609608648016503040102", 16, 16),
    AES_192("0609608648016503040116", 24, 16),
    AES_256("060960864801650304012a", 32, 16),
    TRIPLE_DES("06082a864886f70d0307", 24, 8);

    private final byte[] id;
    private final int keyOctets;
    private final int blockOctets;

    Cipher(String id, int keyOctets, int blockOctets) {
      this.id = oid(id);
      this.keyOctets = keyOctets;
      this.blockOctets = blockOctets;
    }

    PaddedBufferedBlockCipher start(boolean encrypt, byte[] key, byte[] iv) {
      BlockCipher engine = this == TRIPLE_DES ? new DESedeEngine() : AESEngine.newInstance();
      PaddedBufferedBlockCipher cipher = new PaddedBufferedBlockCipher(CBCBlockCipher.newInstance(engine));
      cipher.init(encrypt, new ParametersWithIV(new KeyParameter(key), iv));
      return cipher;
    }

    static Cipher of(DerReader.Element element) throws MalformedDerException {
      for (Cipher cipher : values()) {
        if (element.is(cipher.id)) {
          return cipher;
        }
      }
      throw new MalformedDerException("the key is encrypted with a cipher that is not supported");
    }
  }

  /**
   * Decrypts an EncryptedPrivateKeyInfo.
   *
   * @return the PrivateKeyInfo, or null if the pass-phrase is wrong; right padding by chance is not detected
   */
  static byte[] decrypt(byte[] der, char[] passphrase) throws MalformedDerException {
    DerReader info = new DerReader(der).only(DerReader.SEQUENCE).open();
    DerReader algorithm = info.next(DerReader.SEQUENCE).open();
    byte[] encrypted = info.next(DerReader.OCTET_STRING).content();
    info.end();
    if (!algorithm.next(DerReader.OID).is(PBES2)) {
      throw new MalformedDerException("the key is encrypted in another way than PBES2");
    }
    DerReader schemes = algorithm.only(DerReader.SEQUENCE).open();
    DerReader.Element derivation = schemes.next(DerReader.SEQUENCE);
    DerReader encryption = schemes.next(DerReader.SEQUENCE).open();
    schemes.end();
    Cipher cipher = Cipher.of(encryption.next(DerReader.OID));
    byte[] iv = encryption.only(DerReader.OCTET_STRING).content();
    if (iv.length != cipher.blockOctets) {
      throw new MalformedDerException("the initial vector has " + iv.length + " octets");
    }
    byte[] key = deriveKey(derivation.open(), cipher.keyOctets, passphrase);
    try {
      return run(cipher.start(false, key, iv), encrypted);
    } catch (CryptoException e) {
      return null;
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  static byte[] encrypt(byte[] privateKeyInfo, char[] passphrase, SecureRandom random) {
    byte[] salt = new byte[SALT_OCTETS];
    random.nextBytes(salt);
    byte[] iv = new byte[Cipher.AES_256.blockOctets];
    random.nextBytes(iv);
    byte[] key = pbkdf2(new SHA256Digest(), passphrase, salt, WRITTEN_ITERATIONS, Cipher.AES_256.keyOctets);
    byte[] encrypted;
    try {
      encrypted = run(Cipher.AES_256.start(true, key, iv), privateKeyInfo);
    } catch (CryptoException e) {
      throw new IllegalStateException("encryption does not fail", e);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
    byte[] derivation =
        DerWriter.sequence(
            PBKDF2,
            DerWriter.sequence(
                DerWriter.octetString(salt), DerWriter.unsignedInteger(WRITTEN_ITERATIONS), DerWriter.sequence(HMAC_SHA256, NULL)));
    byte[] encryption = DerWriter.sequence(AES_256_CBC, DerWriter.octetString(iv));
    return DerWriter.sequence(
        DerWriter.sequence(PBES2, DerWriter.sequence(derivation, encryption)), DerWriter.octetString(encrypted));
  }

  private static byte[] deriveKey(DerReader derivation, int keyOctets, char[] passphrase) throws MalformedDerException {
    DerReader.Element id = derivation.next(DerReader.OID);
    DerReader parameters = derivation.only(DerReader.SEQUENCE).open();
    byte[] salt = parameters.next(DerReader.OCTET_STRING).content();
    if (id.is(PBKDF2)) {
      int iterations = bounded(parameters, MAX_ITERATIONS);
      if (parameters.isNext(DerReader.INTEGER) && bounded(parameters, 64) != keyOctets) {
        throw new MalformedDerException("the key length does not suit the cipher");
      }
      Digest digest = parameters.hasMore() ? digest(parameters.next(DerReader.SEQUENCE).open()) : new SHA1Digest();
      parameters.end();
      return pbkdf2(digest, passphrase, salt, iterations, keyOctets);
    }
    if (id.is(SCRYPT)) {
      int cost = bounded(parameters, 1 << 24);
      int block = bounded(parameters, 1 << 16);
      int parallel = bounded(parameters, MAX_SCRYPT_PARALLEL);
      if (Integer.bitCount(cost) != 1 || cost < 2 || 128L * cost * block > MAX_SCRYPT_OCTETS) {
        throw new MalformedDerException("scrypt would need too much memory");
      }
      byte[] password = PBEParametersGenerator.PKCS5PasswordToUTF8Bytes(passphrase);
      try {
        return SCrypt.generate(password, salt, cost, block, parallel, keyOctets);
      } finally {
        Arrays.fill(password, (byte) 0);
      }
    }
    throw new MalformedDerException("the key is derived in a way that is not supported");
  }

  private static byte[] pbkdf2(Digest digest, char[] passphrase, byte[] salt, int iterations, int keyOctets) {
    byte[] password = PBEParametersGenerator.PKCS5PasswordToUTF8Bytes(passphrase);
    try {
      PKCS5S2ParametersGenerator generator = new PKCS5S2ParametersGenerator(digest);
      generator.init(password, salt, iterations);
      return ((KeyParameter) generator.generateDerivedParameters(keyOctets * 8)).getKey();
    } finally {
      Arrays.fill(password, (byte) 0);
    }
  }

  private static Digest digest(DerReader algorithm) throws MalformedDerException {
    byte[] id = algorithm.next(DerReader.OID).whole();
    byte[] family = Arrays.copyOf(id, id.length - 1);
    if (Arrays.equals(family, Arrays.copyOf(HMAC_SHA256, HMAC_SHA256.length - 1))) {
      switch (id[id.length - 1]) {
        case 7:
          return new SHA1Digest();
        case 8:
          return new SHA224Digest();
        case 9:
          return new SHA256Digest();
        case 10:
          return new SHA384Digest();
        case 11:
          return new SHA512Digest();
        default:
          break;
      }
    }
    throw new MalformedDerException("the key is derived with a digest that is not supported");
  }

  private static int bounded(DerReader reader, int most) throws MalformedDerException {
    byte[] content = reader.next(DerReader.INTEGER).integer();
    long value = content[0];
    for (int i = 1; i < Math.min(content.length, 5); i++) {
      value = value << 8 | content[i] & 0xff;
    }
    if (content.length > 5 || value < 1 || value > most) {
      throw new MalformedDerException("a number that is not between 1 and " + most);
    }
    return (int) value;
  }

  private static byte[] run(PaddedBufferedBlockCipher cipher, byte[] input) throws CryptoException {
    byte[] output = new byte[cipher.getOutputSize(input.length)];
    int length = cipher.processBytes(input, 0, input.length, output, 0);
    length += cipher.doFinal(output, length);
    byte[] result = Arrays.copyOf(output, length);
    Arrays.fill(output, (byte) 0);
    return result;
  }
}
