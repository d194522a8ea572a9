package org.pktlab.launcher;

import java.math.BigInteger;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A count in C number syntax: {@code 10}, {@code 0x0a}, {@code 012}; from 1 to 2^64 - 1, of which everything above {@link Long#MAX_VALUE} means no limit. */
final class Count implements ITypeConverter<Long> {
  private static final BigInteger END = BigInteger.ONE.shiftLeft(64);

  @Override
  public Long convert(String text) {
    try {
      BigInteger value;
      if (text.startsWith("0x") || text.startsWith("0X")) {
        value = unsigned(text.substring(2), 16);
      } else if (text.length() > 1 && text.startsWith("0")) {
        value = unsigned(text.substring(1), 8);
      } else {
        value = unsigned(text, 10);
      }
      if (value.signum() > 0 && value.compareTo(END) < 0) {
        return value.bitLength() < 64 ? value.longValue() : Long.MAX_VALUE;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new TypeConversionException("'" + text + "' is not a count from 1 to 18446744073709551615");
  }

  private static BigInteger unsigned(String digits, int radix) {
    if (digits.isEmpty() || digits.length() > 64 || !Character.isLetterOrDigit(digits.charAt(0))) {
      throw new NumberFormatException(digits);
    }
    return new BigInteger(digits, radix);
  }
}
